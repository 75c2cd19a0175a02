"""A disk at fault is said once; a database that broke ends the process, and nobody is answered twice for that."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import inbox
from bot.app import running
from bot.disk import Disk, lasting, passing
from bot.errors import Unusable
from bot.store import Store
from tests.stage import Script, Stage, on_stage, open_settings


def fault(code: int, text: str = "database or disk is full") -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(text) if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else None
    error = error or sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "waits", "ends"),
    [
        (sqlite3.SQLITE_FULL, True, False),
        (sqlite3.SQLITE_IOERR_WRITE, True, False),
        (sqlite3.SQLITE_READONLY, True, False),
        (sqlite3.SQLITE_READONLY_DBMOVED, False, True),
        (sqlite3.SQLITE_CORRUPT_INDEX, False, True),
        (sqlite3.SQLITE_NOTADB, False, True),
        (sqlite3.SQLITE_CONSTRAINT, False, False),
    ],
)
def test_what_a_fault_means(code: int, waits: bool, ends: bool) -> None:
    assert (passing(fault(code)), lasting(fault(code))) == (waits, ends)


def test_an_operator_reads_once_that_nothing_is_taken_and_once_that_it_is_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    disk = Disk()
    disk.took()
    for _ in range(3):
        disk.failed(fault(sqlite3.SQLITE_FULL))
    disk.took()
    disk.took()
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


async def test_a_full_disk_is_said_once_though_reading_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def full(db: Database) -> None:
        db.execute("insert into cursors (platform, name, value) values ('test', 'x', 'x')")
        raise fault(sqlite3.SQLITE_FULL)

    store = Store.open(tmp_path)
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await store.run(full)
        await store.run(lambda db: db.execute("select 1").fetchone())
    await asyncio.to_thread(store.close)
    assert len([record for record in caplog.records if "takes nothing" in record.getMessage()]) == 1


async def test_to_a_damaged_database_nothing_is_written_any_more(tmp_path: Path) -> None:
    def damaged(db: Database) -> None:
        raise fault(sqlite3.SQLITE_CORRUPT, "database disk image is malformed")

    store = Store.open(tmp_path)
    for work in (damaged, lambda db: db.execute("delete from cursors")):
        with pytest.raises(Unusable, match="malformed"):
            await store.insist(work)
    with pytest.raises(Unusable):
        await store.disk.watch()
    await asyncio.to_thread(store.close)


@pytest.mark.parametrize("said", ["안녕", "지금 몇 시야?"])
async def test_a_database_that_breaks_ends_the_bot_with_one_line_and_the_next_one_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, said: str
) -> None:
    def broken(*_: object) -> int:
        raise fault(sqlite3.SQLITE_CORRUPT, "database disk image is malformed")

    stage = Stage()
    with monkeypatch.context() as patched:
        patched.setattr(inbox, "attempt", broken)
        async with running(open_settings(), tmp_path, [stage], Script()) as bot:
            running_bot = asyncio.create_task(bot.run([stage]))
            await stage.say(said)
            with pytest.raises(ExceptionGroup) as ended:
                await running_bot
    assert ended.group_contains(Unusable, match="malformed")
    assert [record.name for record in caplog.records if record.levelno >= logging.ERROR] == ["bot.disk"]
    assert stage.texts() == []
    async with on_stage(tmp_path, stage, Script()):
        await stage.until(lambda: len(stage.texts()) == 1 and not stage.unfinished("home"))
    assert "문제가 생겼어요" not in stage.texts()[0]
