"""Opening irang.db: looked at before SQLite touches it; a damaged one is replaced by the newest good backup."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal

from sqlite_utils import Database

from bot import backups, restoring, wal
from bot.errors import InUse, StoreError
from bot.exclusive import Held, hold
from bot.pages import Sums, sync
from bot.tables import migrations, newer

log = logging.getLogger(__name__)

NAME = "irang.db"
SUMS = "irang.sums"

# What opening a database may fail with that says nothing about the file: https://sqlite.org/rescode.html
_NO_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of a damaged database.

    how    "restored" from a backup; "begun" anew, since there was none; "shortened": its last transactions are gone
    why    what was found, for an operator
    aside  where the damaged file lies now
    since  from when on everything is lost; None: from the beginning, or for "shortened" nobody knows
    until  up to when the bot may have answered what it does not know any more
    """

    how: Literal["restored", "begun", "shortened"]
    why: str
    aside: Path
    since: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A database ready for its one writer."""

    connection: sqlite3.Connection
    sums: Sums
    recovery: Recovery | None


class _Damaged(Exception):
    pass


def lock(folder: Path) -> IO[str]:
    """One writing process per data folder: SQLite before 3.51.3 can corrupt a WAL with two. Raises InUse."""
    try:
        return hold(folder / "irang.lock")
    except Held as held:
        raise InUse(
            f"{folder}: another irang (process {held.holder}) runs here: stop it or set another [bot] data"
        ) from None


def opened(folder: Path) -> Opened:
    """The database of a folder whose lock is held. Raises StoreError, OSError, sqlite3.Error when it can't be used."""
    found = _Found.of(folder)
    try:
        return _as_it_is(folder, found)
    except _Damaged as damage:
        recovery = _recovered(folder, str(damage), found)
    try:
        return _as_it_is(folder, _Found.of(folder), recovery)
    except _Damaged as damage:
        raise StoreError(f"{folder}: what was just written is damaged ({damage}): look at the disk") from None


# ---- before SQLite touches it --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """What lies there.

    until     when it was last written to
    fault     why it can't be right, "" when nothing tells
    doubtful  pages differ, but another program may have closed it in good order after a crash
    frames    that SQLite has to find in the log again
    folded    frames of the log that lie in the database already
    """

    until: datetime
    fault: str = ""
    doubtful: bool = False
    frames: int = 0
    folded: int = 0

    @classmethod
    def of(cls, folder: Path) -> _Found:
        path, sums = folder / NAME, Sums.read(folder / SUMS)
        until = last_write(path)
        if not path.exists() or not path.stat().st_size:
            return cls(until, fault="it is empty or gone" if sums and len(sums) else "")
        log, index = wal.read(path), wal.index(path)
        frames, folded = _expected(log, index)
        differing = sums.differing(path, log) if sums else 0
        if sums and not sums.closed and not path.with_name(f"{NAME}-wal").exists() and index is None:
            # After a crash: another program folded the log in, as SQLite's own does, or the log was lost.
            return cls(until, doubtful=True) if differing else cls(until, frames=1)
        return cls(
            until, f"{differing} pages of it changed while no bot ran" if differing else "", False, frames, folded
        )


def _expected(log: wal.Log, index: wal.Index | None) -> tuple[int, int]:
    """How many frames must be found again, and how many of them were folded in.

    The index knows best. Without one, every transaction whose end can be seen counts.
    """
    if index and (not log.salts or index.salts == log.salts):
        return (index.frames if index.folded < index.frames else 0), index.folded
    return (1 if log.broken else log.last), 0


def last_write(path: Path) -> datetime:
    """When a database or its log was last written to; now, when nothing is there."""
    files = [path, path.with_name(f"{path.name}-wal")]
    times = [file.stat().st_mtime for file in files if file.exists()]
    now = datetime.now(UTC)
    return min(now, datetime.fromtimestamp(max(times), UTC)) if times else now


# ---- opening -------------------------------------------------------------------------------------


def _as_it_is(folder: Path, found: _Found, recovery: Recovery | None = None) -> Opened:
    if found.fault:
        raise _Damaged(found.fault)
    connection = _connect(folder / NAME)
    try:
        _check(connection, thoroughly=found.doubtful)
        shortened = _is_shortened(folder / NAME, found)
        if shortened:
            recovery = _shortened(folder, found)
        bring_up_to_date(folder, connection)
        if shortened:
            restoring.settled(Database(connection), found.until, datetime.now(UTC))
        return Opened(connection, _noted(folder, connection), recovery)
    except sqlite3.DatabaseError as error:
        connection.close()
        if _says_nothing(error):
            raise
        raise _Damaged(f"SQLite: {error}") from None
    except BaseException:
        connection.close()
        raise


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    os.chmod(path, 0o600)  # people's conversations
    connection.text_factory = _text
    return connection


def _text(stored: bytes) -> str:
    return stored.decode(errors="replace")  # a disk that spoilt one letter does not silence a conversation


def _check(connection: sqlite3.Connection, *, thoroughly: bool) -> None:
    """Set the connection up and let SQLite look for damage. Raises _Damaged, sqlite3.DatabaseError."""
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")  # a commit survives a power cut
        connection.execute("pragma secure_delete = on")  # what is forgotten leaves the pages too
        connection.execute("pragma wal_autocheckpoint = 0")  # the store does that, and notes what it changes
        check = "integrity_check" if thoroughly else "quick_check"
        verdict = connection.execute(f"pragma {check}").fetchone()[0]
    except UnicodeDecodeError:  # SQLite's complaint quotes what was spoilt
        raise _Damaged("SQLite can't read it") from None
    if verdict != "ok":
        raise _Damaged("SQLite's own check fails")
    if thoroughly:
        log.warning("%s was opened by another program after a crash: its pages can't be compared", NAME)


def _is_shortened(path: Path, found: _Found) -> bool:
    """Whether SQLite did not find all of the log again. Raises _Damaged when what it found undoes what is folded in."""
    now = wal.index(path)
    there = now.frames if now else 0
    if there < found.folded and (there or found.frames):
        raise _Damaged("its log is cut short, and parts of it lie in the file already")
    return there < found.frames


def _shortened(folder: Path, found: _Found) -> Recovery:
    """Keep what is whole: a state that the database had, up to some transaction."""
    path = folder / NAME
    aside = _aside(path)
    if (wal_file := path.with_name(f"{NAME}-wal")).exists():
        shutil.copyfile(wal_file, f"{aside}-wal")
        os.chmod(f"{aside}-wal", 0o600)
    log.error("%s: its log is damaged: the last transactions are lost", path)
    return Recovery("shortened", "its log is damaged", Path(f"{aside}-wal"), None, found.until)


def bring_up_to_date(folder: Path, connection: sqlite3.Connection) -> list[str]:
    """Apply what is pending, after a backup; the names of it. Raises StoreError for a newer program's database."""
    db = Database(connection)
    if ahead := newer(db):
        raise StoreError(f"{folder}: the database was made by a newer irang ({ahead}): update this one")
    pending = [migration.name for migration in migrations.pending(db)]
    if pending and "turns" in db.table_names():
        backup = backups.before_migration(folder, datetime.now(UTC))
        log.info("%s: backed up to %s before %s", NAME, backup.name, ", ".join(pending))
    migrations.apply(db)
    return pending


def _noted(folder: Path, connection: sqlite3.Connection) -> Sums:
    """Fold the log in, and write down what every page of the file says now."""
    connection.execute("pragma wal_checkpoint(truncate)")
    sums = Sums.of(folder / NAME)
    sums.take(folder / NAME, wal.read(folder / NAME))  # empty, unless somebody reads an older state
    sums.write(folder / SUMS)
    return sums


def _says_nothing(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _NO_DAMAGE


# ---- recovering ----------------------------------------------------------------------------------


def _recovered(folder: Path, why: str, found: _Found) -> Recovery:
    """Put the newest good backup, or a new database, in the place of a damaged one."""
    path = folder / NAME
    fresh, backup = _replacement(folder, found.until)
    aside = replaced(folder, fresh, "damaged")
    if backup:
        log.error("%s was damaged (%s): it lies at %s now, and %s was restored", path, why, aside, backup.path.name)
        lost = "what was said since %s is lost; if you changed it yourself, stop the bot and: irang restore %s"
        log.error(lost, backup.at.isoformat(timespec="seconds"), aside)
        return Recovery("restored", why, aside, backup.at, found.until)
    log.error("%s was damaged (%s): it lies at %s now; no good backup, so a new database was begun", path, why, aside)
    return Recovery("begun", why, aside, None, found.until)


def _replacement(folder: Path, until: datetime) -> tuple[Path, backups.Backup | None]:
    for backup in backups.newest_first(folder):
        try:
            return restoring.prepared(folder, backup, until).path, backup
        except (StoreError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.DatabaseError) and _says_nothing(error):
                raise
            log.error("%s can't be restored: %s", backup.path.name, error)
    return restoring.prepared(folder, None, until).path, None


def replaced(folder: Path, fresh: Path, why: str = "replaced") -> Path:
    """Put another database in the place of the present one, and that aside; returns its new name.

    The checksums of the old file go last: until then a start finds that something is wrong, and restores a backup.
    """
    path = folder / NAME
    aside = _put_aside(path, why)
    fresh.replace(path)
    sync(folder)
    (folder / SUMS).unlink(missing_ok=True)
    return aside


def _put_aside(path: Path, why: str) -> Path:
    aside = _aside(path, why)
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    return aside


def _aside(path: Path, why: str = "damaged") -> Path:
    return path.with_name(f"{path.name}.{why}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
