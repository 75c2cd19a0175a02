"""A start tells damage from all else, restores what is newest and good, and says so."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import backups, opening, people, restoring
from bot.errors import StoreError
from bot.messages import Person
from bot.store import Store

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


async def fill(store: Store, *names: str) -> None:
    for name in names:
        await store.run(lambda db, name=name: people.make_owner(db, Person("t", name, ""), NOON))  # type: ignore[misc]


def owners(db: Database) -> list[str]:
    return [person for (person,) in db.execute("select person from owners order by person").fetchall()]


async def kept(folder: Path) -> tuple[list[str], opening.Recovery | None]:
    """What a start finds, and what it had to do."""
    store = Store.open(folder)
    try:
        return await store.run(owners), store.recovery
    finally:
        await asyncio.to_thread(store.close)


async def ended(folder: Path, *, well: bool = True) -> None:
    """A folder with two owners in its backup and a third one later, left in good order or by a kill."""
    live = folder if well else folder.with_name("live")
    store = Store.open(live)
    await fill(store, "1", "2")
    await asyncio.to_thread(backups.make, live, NOON)
    await fill(store, "3")
    if not well:
        shutil.copytree(live, folder)
    await asyncio.to_thread(store.close)


async def test_nothing_is_restored_after_a_good_end_or_a_kill(tmp_path: Path) -> None:
    for well in (True, False):
        await ended(tmp_path / str(well), well=well)
        assert await kept(tmp_path / str(well)) == (["1", "2", "3"], None)


async def test_one_changed_letter_is_damage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    await ended(tmp_path)
    assert spoil(tmp_path / "irang.db", b"t3", b"t9")
    found, recovery = await kept(tmp_path)
    assert found == ["1", "2"]
    assert recovery
    assert (recovery.how, recovery.since) == ("restored", NOON)
    assert recovery.aside.exists()
    assert [record.levelno for record in caplog.records if record.name == "bot.opening"] == [logging.ERROR] * 2


def spoil(file: Path, old: bytes, new: bytes) -> bool:
    content = file.read_bytes()
    file.write_bytes(content.replace(old, new))
    return old in content


async def test_an_empty_file_and_a_missing_one_are_damage_when_there_was_a_database(tmp_path: Path) -> None:
    for number in range(2):
        folder = tmp_path / str(number)
        await ended(folder)
        if number:
            (folder / "irang.db").unlink()
        else:
            (folder / "irang.db").write_bytes(b"")
        found, recovery = await kept(folder)
        assert found == ["1", "2"]
        assert recovery
        assert recovery.how == "restored"


async def test_a_spoilt_backup_is_passed_over_for_an_older_one(tmp_path: Path) -> None:
    await ended(tmp_path)
    newer = backups.make(tmp_path, NOON + timedelta(hours=1))
    newer.path.write_bytes(newer.path.read_bytes()[:5000])
    (tmp_path / "irang.db").write_bytes(b"noise" * 2000)
    found, recovery = await kept(tmp_path)
    assert found == ["1", "2"]
    assert recovery
    assert recovery.since == NOON


async def test_without_a_backup_a_new_database_is_begun_and_that_is_said(tmp_path: Path) -> None:
    await ended(tmp_path)
    shutil.rmtree(tmp_path / "backups")
    (tmp_path / "irang.db").write_bytes(b"noise" * 2000)
    found, recovery = await kept(tmp_path)
    assert found == []
    assert recovery
    assert recovery.how == "begun"
    assert await kept(tmp_path) == ([], None)


async def test_a_restored_database_does_not_say_again_what_was_said(tmp_path: Path) -> None:
    await ended(tmp_path)
    (tmp_path / "irang.db").write_bytes(b"noise" * 2000)
    os.utime(tmp_path / "irang.db", (NOON.timestamp() - 600, NOON.timestamp() - 600))
    store = Store.open(tmp_path)
    assert await store.run(restoring.answered_until) == NOON - timedelta(minutes=10)
    await asyncio.to_thread(store.close)


# ---- the log -------------------------------------------------------------------------------------


async def test_a_log_that_was_cut_off_is_noticed_and_the_rest_of_it_kept(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    await ended(folder, well=False)
    log = folder / "irang.db-wal"
    os.truncate(log, log.stat().st_size - 5000)
    found, recovery = await kept(folder)
    assert found == ["1", "2"]
    assert recovery
    assert recovery.how == "shortened"
    assert recovery.aside.exists()


async def test_a_log_that_is_gone_is_noticed(tmp_path: Path) -> None:
    for names in (["irang.db-wal"], ["irang.db-wal", "irang.db-shm"]):
        folder = tmp_path / str(len(names))
        await ended(folder, well=False)
        for name in names:
            (folder / name).unlink()
        _, recovery = await kept(folder)
        assert recovery
        assert recovery.how == "shortened"
        shutil.rmtree(folder.with_name("live"))


async def test_another_programs_look_at_it_after_a_kill_is_no_damage(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    await ended(folder, well=False)
    with closing(sqlite3.connect(folder / "irang.db")) as connection:  # as the sqlite3 program does
        connection.execute("select count(*) from owners").fetchone()
    assert not (folder / "irang.db-wal").exists()
    assert await kept(folder) == (["1", "2", "3"], None)


async def test_folding_a_long_log_keeps_the_checksums_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store._FOLD", 20_000)
    live, copy = tmp_path / "live", tmp_path / "copy"
    store = Store.open(live)
    for number in range(60):
        await fill(store, f"{number:03}")
        if number % 7 == 0:  # a kill at any moment
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(live, copy, ignore=shutil.ignore_patterns("*.new"))  # which come and go
            found, recovery = await kept(copy)
            assert (len(found), recovery) == (number + 1, None)
    await asyncio.to_thread(store.close)
    assert len((await kept(live))[0]) == 60


# ---- what is no damage ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY])
async def test_a_disk_in_trouble_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    await ended(tmp_path)
    before = (tmp_path / "irang.db").read_bytes()

    def trouble(*_: object) -> None:
        error = sqlite3.OperationalError("trouble")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr("bot.opening.bring_up_to_date", trouble)
    with pytest.raises(StoreError, match="check its owner and free space"):
        Store.open(tmp_path)
    assert (tmp_path / "irang.db").read_bytes() == before
    assert not [name for name in os.listdir(tmp_path) if "damaged" in name]


async def test_a_file_that_cannot_be_read_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await ended(tmp_path)

    def refused(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("bot.pages._reckoned", refused)
    with pytest.raises(StoreError, match="Input/output error"):
        Store.open(tmp_path)
    monkeypatch.undo()
    assert await kept(tmp_path) == (["1", "2", "3"], None)


async def test_a_damage_noticed_while_starting_again_after_a_kill_in_recovery_leads_there_again(tmp_path: Path) -> None:
    """Between putting the file aside and putting the backup in its place."""
    await ended(tmp_path)
    (tmp_path / "irang.db").rename(tmp_path / "irang.db.damaged-now")
    found, recovery = await kept(tmp_path)
    assert found == ["1", "2"]
    assert recovery
