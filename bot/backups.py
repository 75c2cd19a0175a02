"""Copies of the database: made beside the running bot, checked before they count, the oldest removed."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreError
from bot.pages import sync
from bot.tables import newer

FOLDER = "backups"
_NAMED = re.compile(r"(irang|before-migration)-(\d{8}T\d{6}Z)\.db")
_TIME = "%Y%m%dT%H%M%SZ"
_MIGRATIONS_KEPT = 3  # backups from before a migration
_TRIES = 3  # at a copy whose rows can be counted while others write
MARK = ("irang", "backed_up")  # the row of `cursors` in which a backup keeps its time


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the database; nothing that happened after `at` is surely in it."""

    path: Path
    at: datetime

    @property
    def name(self) -> str:
        return self.path.name


def taken(folder: Path) -> list[Backup]:
    """The backups of a data folder that were made by the clock or by hand, newest first."""
    return [backup for kind, backup in _named(folder) if kind == "irang"]


def newest_first(folder: Path) -> list[Backup]:
    """All of them, those from before a migration as well."""
    return [backup for _, backup in _named(folder)]


def make(folder: Path, at: datetime, to: Path | None = None, *, halt: threading.Event | None = None) -> Backup:
    """Copy the database of a folder, as it is at one moment, and check the copy before it gets its name.

    Works beside a running bot, which goes on writing. Raises StoreError when the copy is not good, OSError or
    sqlite3.Error when it can't be written; in both cases nothing is left behind. `halt` ends it early.
    """
    target = to or folder / FOLDER / f"irang-{at.astimezone(UTC):{_TIME}}.db"
    return _made(folder / "irang.db", target, at, halt or threading.Event())


def before_migration(folder: Path, at: datetime) -> Backup:
    """A copy that the hourly ones don't push out; the last three are kept."""
    backup = make(folder, at, folder / FOLDER / f"before-migration-{at.astimezone(UTC):{_TIME}}.db")
    _remove([each for kind, each in _named(folder) if kind != "irang"][_MIGRATIONS_KEPT:])
    return backup


def prune(folder: Path, keep: int) -> int:
    """Remove all but the newest `keep`; returns how many went."""
    gone = taken(folder)[keep:]
    _remove(gone)
    return len(gone)


def checked(path: Path) -> Backup:
    """A backup that is whole and this program's. Raises StoreError that says what is wrong with it."""
    if not path.is_file():
        raise StoreError(f"{path}: no such file")
    if not _as_noted(path):
        raise StoreError(f"{path}: it is not what it was: its checksum differs")
    try:
        with closing(_reader(path, unchanging=True)) as connection:
            return Backup(path, _sound(path, connection))
    except (sqlite3.DatabaseError, UnicodeDecodeError, ValueError):
        raise StoreError(f"{path}: not a whole database of irang") from None


# ---- making --------------------------------------------------------------------------------------


def _made(source: Path, target: Path, at: datetime, halt: threading.Event) -> Backup:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_name(f".{target.name}.new")
    try:
        for left in reversed(range(_TRIES)):
            if _copied(source, fresh, halt):
                break
            if not left:
                raise StoreError(f"{source}: the copy has other rows than the database: look at the disk")
        _mark(fresh, at)
        checked(fresh)
        _note(fresh, target)
        fresh.replace(target)
        sync(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return Backup(target, at)


def _copied(source: Path, fresh: Path, halt: threading.Event) -> bool:
    """Whether the copy has the rows that the source had around that moment."""
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # people's conversations
    with closing(_reader(source)) as connection:
        connection.set_progress_handler(halt.is_set, 10_000)  # true: SQLite ends with SQLITE_INTERRUPT
        before = _rows(connection)
        connection.execute("vacuum into ?", [str(fresh)])
        after = _rows(connection)
    with closing(_reader(fresh, unchanging=True)) as copy:
        there = _rows(copy)
    return there.keys() == after.keys() and all(
        min(before.get(table, 0), count) <= there[table] <= max(before.get(table, 0), count)
        for table, count in after.items()
    )


def _mark(path: Path, at: datetime) -> None:
    """Put the time into the copy itself, which may be renamed or sent elsewhere."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = memory")  # no second file beside it
        connection.execute("pragma synchronous = full")
        values = [*MARK, at.astimezone(UTC).isoformat()]
        connection.execute("insert or replace into cursors (platform, name, value) values (?, ?, ?)", values)
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    found = connection.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    tables = [name for (name,) in found.fetchall()]
    return {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in tables}  # noqa: S608


# ---- checking ------------------------------------------------------------------------------------


def _sound(path: Path, connection: sqlite3.Connection) -> datetime:
    """When it was made; long ago for a file that does not say."""
    if connection.execute("pragma integrity_check").fetchone()[0] != "ok":
        raise StoreError(f"{path}: damaged: SQLite's own check fails")
    names = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    if not {"inbox", "outbox", "turns", "cursors"} <= names:
        raise StoreError(f"{path}: not a database of irang")
    if ahead := newer(Database(connection)):
        raise StoreError(f"{path}: made by a newer irang ({ahead}): update this one")
    row = connection.execute("select value from cursors where platform = ? and name = ?", MARK).fetchone()
    return datetime.fromisoformat(row[0]) if row else datetime.fromtimestamp(0, UTC)


def _note(path: Path, target: Path) -> None:
    """Beside it, what `sha256sum -c` reads: SQLite's check does not see a letter that the disk spoils later."""
    sum_file = _sum_of(target)
    fresh = sum_file.with_name(f".{sum_file.name}.new")
    fresh.write_text(f"{_digest(path)}  {target.name}\n", encoding="utf-8")
    os.chmod(fresh, 0o600)
    fresh.replace(sum_file)


def _as_noted(path: Path) -> bool:
    sum_file = _sum_of(path)
    return not sum_file.exists() or sum_file.read_text(encoding="utf-8", errors="replace")[:64] == _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _reader(path: Path, *, unchanging: bool = False) -> sqlite3.Connection:
    """`unchanging`: nobody else has it open, so SQLite needs no files beside it."""
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if unchanging else ''}"
    return sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None, check_same_thread=False)


def _named(folder: Path) -> list[tuple[str, Backup]]:
    found = []
    for path in (folder / FOLDER).glob("*.db"):
        if name := _NAMED.fullmatch(path.name):
            at = datetime.strptime(name[2], _TIME).replace(tzinfo=UTC)
            found.append((name[1], Backup(path, at)))
    return sorted(found, key=lambda each: each[1].at, reverse=True)


def _remove(backups: list[Backup]) -> None:
    for backup in backups:
        _sum_of(backup.path).unlink(missing_ok=True)
        backup.path.unlink(missing_ok=True)
