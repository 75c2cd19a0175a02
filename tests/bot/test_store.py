"""The database under attack: damage, full disks, second processes, works that fail, and many callers at once."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import InUse, StoreError
from bot.store import Store


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    store = Store.open(folder)
    try:
        yield store
    finally:
        await asyncio.to_thread(store.close)


def note(value: str) -> Callable[[Database], str]:
    """A work that writes one row and returns its value."""

    def work(db: Database) -> str:
        db.execute("insert into cursors (platform, name, value) values ('test', ?, ?)", [value, value])
        return value

    return work


def notes(db: Database) -> list[str]:
    return [row["value"] for row in db.query("select value from cursors where platform = 'test' order by rowid")]


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        assert await store.run(note("하나")) == "하나"
    async with opened(tmp_path) as store:
        assert await store.run(notes) == ["하나"]


async def test_conversations_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    async with opened(folder) as store:
        await store.run(note("비밀"))
        assert folder.stat().st_mode & 0o777 == 0o700
        files = {file.name: file.stat().st_mode & 0o777 for file in folder.glob("irang.db*")}
    assert files == dict.fromkeys(files, 0o600)
    assert "irang.db" in files


async def test_a_second_process_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        with pytest.raises(InUse, match=f"process {os.getpid()}"):
            Store.open(tmp_path)
        await store.run(note("still here"))
    async with opened(tmp_path):
        pass  # and free again afterwards


async def test_a_file_in_the_folder_s_place_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(StoreError, match="no place for the database") as told:
        Store.open(tmp_path / "data")
    assert "\n" not in str(told.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    with pytest.raises(StoreError, match="check its owner"):
        Store.open(tmp_path / "data")


async def test_an_opening_that_fails_lets_the_folder_go(tmp_path: Path) -> None:
    (tmp_path / "irang.db").mkdir()
    with pytest.raises(StoreError):
        Store.open(tmp_path)
    (tmp_path / "irang.db").rmdir()
    async with opened(tmp_path) as store:
        await store.run(note("now"))


# ---- works -----------------------------------------------------------------------------------------


class Gate:
    """A work that holds the writer until it is opened, so that what comes after it shares a commit."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._open = asyncio.Event()

    def __call__(self, db: Database) -> None:
        self._loop.call_soon_threadsafe(self.begun.set)
        asyncio.run_coroutine_threadsafe(self._open.wait(), self._loop).result(timeout=10)

    def open(self) -> None:
        self._open.set()


@asynccontextmanager
async def one_commit(store: Store) -> AsyncIterator[None]:
    """What is begun inside shares one commit."""
    gate = Gate()
    holding = asyncio.create_task(store.run(gate))
    await gate.begun.wait()
    yield
    await asyncio.sleep(0)  # the works begun inside are queued now
    gate.open()
    await holding


async def test_a_work_that_raises_is_undone_alone(tmp_path: Path) -> None:
    def bad(db: Database) -> None:
        note("bad")(db)
        raise ZeroDivisionError("mine")

    async with opened(tmp_path) as store:
        async with one_commit(store):
            works = [asyncio.create_task(store.run(work)) for work in (note("a"), bad, note("b"))]
        results = await asyncio.gather(*works, return_exceptions=True)
        assert (results[0], results[2]) == ("a", "b")
        assert isinstance(results[1], ZeroDivisionError)
        assert await store.run(notes) == ["a", "b"]


async def test_a_constraint_that_is_broken_harms_nobody_else(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        async with one_commit(store):
            works = [asyncio.create_task(store.run(note(value))) for value in ("same", "same", "other")]
        results = await asyncio.gather(*works, return_exceptions=True)
        assert [type(result) for result in results] == [str, sqlite3.IntegrityError, str]
        assert await store.run(notes) == ["same", "other"]


async def test_a_work_that_runs_out_of_rows_tells_its_caller(tmp_path: Path) -> None:
    def work(db: Database) -> object:
        return next(db.query("select * from turns"))

    async with opened(tmp_path) as store:
        with pytest.raises(RuntimeError, match="ran out of rows"):
            async with asyncio.timeout(5):
                await store.run(work)
        assert await store.run(note("next")) == "next"


async def test_when_sqlite_undoes_everything_nobody_is_told_that_it_is_on_disk(tmp_path: Path) -> None:
    def undone(db: Database) -> None:
        db.conn.execute("rollback")  # what SQLite does by itself after some failures of a disk

    async with opened(tmp_path) as store:
        async with one_commit(store):
            works = [asyncio.create_task(store.run(work)) for work in (note("before"), undone, note("after"))]
        results = await asyncio.gather(*works, return_exceptions=True)
        there = await store.run(notes)
        told = [result for result in results if isinstance(result, str)]
        assert told == there == []
        assert await store.run(note("next")) == "next"


async def test_a_full_disk_is_told_and_the_next_work_succeeds(tmp_path: Path) -> None:
    def small(db: Database) -> None:
        pages = db.execute("pragma page_count").fetchone()[0]
        db.execute(f"pragma max_page_count = {pages + 2}")

    async with opened(tmp_path) as store:
        await store.run(small)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await store.run(note("x" * 100_000))
        assert await store.run(notes) == []
        assert await store.run(note("small enough")) == "small enough"
        await store.run(lambda db: db.execute("pragma max_page_count = 1000000"))
        assert len(await store.run(note("y" * 100_000))) == 100_000


async def test_a_thousand_callers_at_once_each_get_their_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        values = [f"v{number}" for number in range(1000)]
        assert await asyncio.gather(*(store.run(note(value)) for value in values)) == values
        assert await store.run(notes) == values


async def test_a_caller_who_gives_up_does_not_undo_the_work(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        async with one_commit(store):
            giving_up = asyncio.create_task(store.run(note("kept")))
            await asyncio.sleep(0)
            giving_up.cancel()
        await asyncio.gather(giving_up, return_exceptions=True)
        assert giving_up.cancelled()
        assert await store.run(notes) == ["kept"]


async def test_closing_finishes_what_is_queued(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    works = [asyncio.create_task(store.run(note(str(number)))) for number in range(300)]
    await asyncio.sleep(0)
    await asyncio.to_thread(store.close)
    assert await asyncio.gather(*works) == [str(number) for number in range(300)]


async def test_after_closing_a_work_is_refused_and_not_left_waiting(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    await asyncio.to_thread(store.close)
    await asyncio.to_thread(store.close)  # twice does no harm
    with pytest.raises(StoreError, match="stopping"):
        async with asyncio.timeout(5):
            await store.run(note("late"))


# ---- damage ----------------------------------------------------------------------------------------


async def filled(folder: Path) -> bytes:
    """A healthy database of many pages, as its file holds it."""
    async with opened(folder) as store:
        for start in range(0, 400, 100):
            values = (f"{number}:" + "가나다" * 60 for number in range(start, start + 100))
            await asyncio.gather(*(store.run(note(value)) for value in values))
    assert not (folder / "irang.db-wal").exists()  # all of it is in the one file
    return (folder / "irang.db").read_bytes()


def damages(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Ways in which disks and people spoil a file."""
    chance = random.Random(7)
    yield "noise", chance.randbytes(len(whole))
    yield "cut in the middle of a page", whole[: len(whole) // 2 + 100]
    yield "only half a header", whole[:50]
    yield "a text", "안녕하세요".encode() * 1000
    yield "another file format version", whole[:18] + b"\xff\xff" + whole[20:]
    yield "another schema format", whole[:44] + b"\0\0\0\x77" + whole[48:]
    yield "an odd page size", whole[:16] + b"\x12\x34" + whole[18:]
    yield "a schema of noise", whole[:100] + chance.randbytes(900) + whole[1000:]
    for number in range(20):
        spoilt = bytearray(whole)
        for page in range(0, len(whole), 4096):  # where each page says what lies in it
            at = page + (100 if page == 0 else 0)
            spoilt[at : at + 12] = chance.randbytes(12)
        yield f"page headers {number}", bytes(spoilt)


async def test_a_damaged_file_is_put_aside_loudly_and_a_new_one_begun(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = await filled(tmp_path / "whole")
    for number, (how, spoilt) in enumerate(damages(whole)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "irang.db").write_bytes(spoilt)
        caplog.clear()
        async with opened(folder) as store:
            assert await store.run(notes) == [], how
            assert await store.run(note("새로")) == "새로", how
        aside = [file for file in folder.glob("irang.db.damaged-*") if file.suffix[-3:] not in ("wal", "shm")]
        assert [file.read_bytes() for file in aside] == [spoilt], how
        assert [record.levelno for record in caplog.records if record.name == "bot.opening"] == [logging.ERROR], how
        assert "가나다" not in caplog.text


def read_everything(db: Database) -> None:
    for table in ("inbox", "cursors", "outbox", "turns", "forgotten", "ratings", "owners", "refusals"):
        db.table(table).count_where("rowid > 0")


async def test_random_damage_never_keeps_the_bot_from_starting(tmp_path: Path) -> None:
    whole, chance = await filled(tmp_path / "whole"), random.Random(11)
    for number in range(150):
        spoilt = bytearray(whole)
        within = chance.choice((120, 4096 * 2, len(whole)))  # the header, the schema, everything
        for _ in range(chance.choice((1, 4, 64))):
            spoilt[chance.randrange(within)] = chance.randrange(256)
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "irang.db").write_bytes(spoilt)
        async with opened(folder) as store:
            await store.run(read_everything)


async def test_a_second_damage_in_the_same_second_loses_neither_file(tmp_path: Path) -> None:
    for text in (b"first " * 100, b"second" * 100):
        (tmp_path / "irang.db").write_bytes(text)
        async with opened(tmp_path):
            pass
    kept = {file.read_bytes() for file in tmp_path.glob("irang.db.damaged-*")}  # noqa: ASYNC240 a test's own folder
    assert {b"first " * 100, b"second" * 100} <= kept


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.run(note("알"))
        await store.run(
            lambda db: db.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at) values ('irang', 'm999_future', '')"
            )
        )
    before = (tmp_path / "irang.db").read_bytes()
    with pytest.raises(StoreError, match="newer irang \\(m999_future\\)"):
        Store.open(tmp_path)
    assert (tmp_path / "irang.db").read_bytes() == before
