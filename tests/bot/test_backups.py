"""A backup is whole, private, in its place at once or not at all, and never more of them than asked for."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import backups, people
from bot.errors import StoreError
from bot.messages import Person
from bot.store import Store

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


async def fill(store: Store, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        await store.run(lambda db, number=number: people.make_owner(db, Person("t", str(number), ""), NOON))  # type: ignore[misc]


def owners(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("select count(*) from owners").fetchone()[0])


async def test_a_backup_beside_a_running_bot_holds_everything_up_to_then(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        await fill(store, 30)
        backup = await asyncio.to_thread(backups.make, tmp_path, NOON)
        await fill(store, 5, 30)
    finally:
        await asyncio.to_thread(store.close)
    assert (backup.path, owners(backup.path)) == (tmp_path / "backups" / "irang-20261121T120000Z.db", 30)
    assert backups.checked(backup.path).at == NOON
    assert owners(tmp_path / "irang.db") == 35


async def test_a_backup_is_made_while_others_write(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        await fill(store, 20)
        writing = asyncio.create_task(fill(store, 200, 20))
        made = [await asyncio.to_thread(backups.make, tmp_path, NOON + timedelta(hours=hour)) for hour in range(3)]
        await writing
    finally:
        await asyncio.to_thread(store.close)
    assert [backups.checked(backup.path).at for backup in made] == [backup.at for backup in made]


async def test_conversations_in_backups_are_for_their_owner_alone(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    backup = backups.make(tmp_path, NOON)
    modes = {file.name: file.stat().st_mode & 0o777 for file in backup.path.parent.iterdir()}
    assert modes == {backup.name: 0o600, f"{backup.name}.sha256": 0o600}
    assert backup.path.parent.stat().st_mode & 0o777 == 0o700


def test_the_oldest_go_and_those_from_before_a_migration_stay(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    backups.before_migration(tmp_path, NOON - timedelta(days=9))
    for hour in range(5):
        backups.make(tmp_path, NOON + timedelta(hours=hour))
    assert backups.prune(tmp_path, 2) == 3
    assert [backup.at.hour for backup in backups.taken(tmp_path)] == [16, 15]
    assert [backup.at.hour for backup in backups.newest_first(tmp_path)] == [16, 15, 12]
    assert len(list((tmp_path / "backups").glob("*.sha256"))) == 3


def test_of_those_from_before_a_migration_the_last_three_stay(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    for day in range(5):
        backups.before_migration(tmp_path, NOON + timedelta(days=day))
    assert [backup.at.day for backup in backups.newest_first(tmp_path)] == [25, 24, 23]


def test_a_copy_that_is_broken_off_leaves_nothing_behind(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "irang.db")) as connection, connection:
        rows = [("t", str(number), "x" * 200) for number in range(20_000)]
        connection.executemany("insert into owners values (?, ?, ?)", rows)
    halt = threading.Event()
    halt.set()
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        backups.make(tmp_path, NOON, halt=halt)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_that_the_disk_spoilt_is_none(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    asyncio.run(fill(store, 50))
    store.close()
    path = backups.make(tmp_path, NOON).path
    content = bytearray(path.read_bytes())
    content[-600] ^= 1  # one letter of a row: SQLite's own check finds nothing wrong with it
    path.write_bytes(content)
    with pytest.raises(StoreError, match="checksum"):
        backups.checked(path)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_backup_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"some\.db: not a") as told:
        backups.checked(tmp_path / "some.db")
    assert "\n" not in str(told.value)


def test_another_programs_database_is_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("create table songs (id integer)")
    with pytest.raises(StoreError, match="not a database of irang"):
        backups.checked(tmp_path / "other.db")
    with pytest.raises(StoreError, match="no such file"):
        backups.checked(tmp_path / "none.db")


def test_a_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    path = backups.make(tmp_path, NOON, tmp_path / "copy.db").path
    (tmp_path / "copy.db.sha256").unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('irang', 'm999_future', '')"
        )
    with pytest.raises(StoreError, match="newer irang \\(m999_future\\)"):
        backups.checked(path)


def test_a_database_from_before_a_migration_is_backed_up_first(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "irang.db")) as connection, connection:
        connection.execute("delete from _sqlite_migrations where name = 'm003_tries'")
        connection.execute("alter table outbox drop column tried")
    (tmp_path / "irang.sums").unlink()  # it was not damage: this test wrote by hand
    Store.open(tmp_path).close()
    (backup,) = backups.newest_first(tmp_path)
    assert backup.name.startswith("before-migration-")
    with closing(sqlite3.connect(backup.path)) as connection:
        columns = {row[1] for row in connection.execute("pragma table_info(outbox)")}
    assert "tried" not in columns


def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    assert backups.newest_first(tmp_path) == []
