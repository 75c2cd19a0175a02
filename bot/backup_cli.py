"""`irang backup`, `irang restore` and `irang migrate`: copies of the database, and its changes between versions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Screen
from sqlite_utils import Database

from bot import backups, control, opening, restoring
from bot.backups import Backup
from bot.errors import InUse, StoreError
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.opening import Recovery
from bot.store import Store
from bot.tables import migrations, newer
from bot.where import ConfigPath, settings_of

LATEST = "latest"

_screen = Screen(highlight=False, soft_wrap=True, emoji=False)


def backup(
    to: Annotated[Path | None, typer.Option("--to", help="A file of its own, instead of one in data/backups.")] = None,
    config: ConfigPath = None,
) -> None:
    """Copy the database, beside the running bot or without one, and check the copy."""
    folder, locale = _folder(config)
    target = to.absolute() if to else None
    if target and target.exists():
        raise StoreError(f"{target}: there is such a file already: choose another name")
    socket = folder / "control.sock"
    answered = asyncio.run(control.ask(socket, "backup", to=str(target or "")))
    path = Path(str(answered["path"])) if answered else _alone(folder, target).path
    _screen.print(locale("backup_made", path=path, size=_megabytes(path)), markup=False)


def restore(
    which: Annotated[str, typer.Argument(help=f"A backup's file, or {LATEST!r}.")],
    config: ConfigPath = None,
) -> None:
    """Put a backup in the database's place. The present one is kept beside it."""
    folder, locale = _folder(config)
    with _holding(folder):
        chosen = _chosen(folder, which)
        until = opening.last_write(folder / opening.NAME)
        fresh = restoring.prepared(folder, chosen, until)
        aside = opening.replaced(folder, fresh.path)
    kept = fresh.settled
    _screen.print(locale("restored", path=chosen.path, at=_local(chosen.at)), markup=False)
    if aside.exists():
        _screen.print(locale("restored_aside", path=aside), markup=False)
    _screen.print(locale("restored_kept", messages=kept.messages, answers=kept.answers), markup=False)
    _screen.print(locale("restored_until", until=_local(until)), markup=False)
    if fresh.erased:
        _screen.print(locale("restored_erased", count=fresh.erased), markup=False)


def migrate(config: ConfigPath = None) -> None:
    """Bring the database up to date now, after a backup. A start does the same by itself."""
    folder, locale = _folder(config)
    with _holding(folder):
        pending = _pending(folder / opening.NAME)
    if not pending:
        return _screen.print(locale("migrate_nothing"), markup=False)
    for name in pending:
        _screen.print(f"- {name}", markup=False)
    Store.open(folder).close()
    before = next(iter(backups.newest_first(folder)), None)
    _screen.print(locale("migrate_done", count=len(pending), path=before.path if before else "-"), markup=False)


def told(recovery: Recovery, locale: Locale) -> str:
    """What became of a damaged database, for the terminal."""
    since = _local(recovery.since) if recovery.since else ""
    return locale(f"recovery_{recovery.how}", path=recovery.aside, since=since)


@contextmanager
def _holding(folder: Path) -> Iterator[None]:
    """The data folder, while no bot runs in it. Raises StoreError that says to stop it."""
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such folder: nothing was ever kept there")
    try:
        lock = opening.lock(folder)
    except InUse as error:
        raise StoreError(f"{error}".replace(": stop it or set another [bot] data", ": stop it first")) from None
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}: check its owner and free space") from None
    with lock:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{folder}: {error}: check its owner and free space") from None


def _alone(folder: Path, to: Path | None) -> Backup:
    with _holding(folder):
        if not (folder / opening.NAME).exists():
            raise StoreError(f"{folder}: there is no database to back up")
        return backups.make(folder, datetime.now(UTC), to)


def _chosen(folder: Path, which: str) -> Backup:
    """The backup that was asked for, checked; the newest good one for "latest"."""
    if which != LATEST:
        return backups.checked(Path(which))
    for each in backups.newest_first(folder):
        try:
            return backups.checked(each.path)
        except StoreError as error:
            _screen.print(str(error), markup=False)
    raise StoreError(f"{folder / backups.FOLDER}: there is no good backup")


def _pending(path: Path) -> list[str]:
    """The changes that a database still needs; none for one that is not there yet."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
        db = Database(connection)
        if ahead := newer(db):
            raise StoreError(f"{path}: made by a newer irang ({ahead}): update this one")
        return [migration.name for migration in migrations.pending(db)]


def _folder(config: Path | None) -> tuple[Path, Locale]:
    settings, root = settings_of(config)
    return root / settings.bot.data, load_locale(settings.bot.language)


def _local(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1_000_000:.1f} MB"
