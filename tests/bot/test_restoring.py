"""After an older database took the present one's place nothing is said twice, and who was erased stays erased."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import backups, deletions, forgetting, outbox, reminders, restoring
from bot.app import Bot
from bot.effects import Moment
from bot.korean.when import Every
from bot.messages import Address, Body, Incoming, MessageRef
from bot.outbox import Bubble
from bot.reminders import Remind
from bot.store import Store
from tests.bot.memory import HOME, MINSU, NOON, YUNA, arrive, ask, heard
from tests.stage import HOME as HERE
from tests.stage import MINSU as PERSON
from tests.stage import Script, Stage, on_stage

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def bubble(db: Database, inbox: int, state: str) -> int:
    body = Body("답이에요")
    made = outbox.add(db, Bubble(0, inbox, 0, HOME, Address("telegram", "10"), None, None, state, body), NOON)
    return made.id


def test_what_was_unanswered_waits_for_the_operator(db: Database) -> None:
    row = arrive(db, "질문")
    kept = restoring.settled(db, LATER, LATER)
    assert kept.messages == 1
    found = db.execute("select state, reason from inbox where id = ?", [row]).fetchone()
    assert found == ("aside", restoring.REASON)


def test_what_was_on_its_way_is_not_sent_again(db: Database) -> None:
    ready, _, _ = (bubble(db, number, state) for number, state in enumerate(("ready", "open", "surplus"), start=1))
    kept = restoring.settled(db, LATER, LATER)
    assert (kept.answers, outbox.due(db)) == (1, [])
    assert db.execute("select id, state, body is not null from outbox").fetchall() == [(ready, "failed", 1)]


def test_no_id_is_given_twice(db: Database) -> None:
    before = ask(db, "안녕")
    restoring.settled(db, LATER, LATER)
    after = ask(db, "또 안녕")
    assert after > LATER.timestamp() * 1000 > before
    name = Bubble(after, 1, 0, HOME, Address("telegram", "10"), None, None, "open", at=LATER).key
    assert len(name) <= 25  # Discord's nonce


def remind(db: Database, minutes: int, every: Every | None = None) -> int:
    """A reminder that is due so long after noon."""
    moment = Moment(minutes, heard("알려 줘"), HOME, NOON)
    Remind("remind", "약 먹기", NOON + timedelta(minutes=minutes), "Asia/Seoul", every).apply(db, moment)
    return int(db.execute("select max(id) from reminders").fetchone()[0])


def test_reminders_that_were_told_are_not_told_again_and_later_ones_are(db: Database) -> None:
    told, to_come, daily = remind(db, 30), remind(db, 90), remind(db, 10, Every("day"))
    assert restoring.settled(db, LATER, LATER).reminders == 2
    waiting = {each.id: each.due for each in reminders.waiting(db, HOME)}
    assert told not in waiting
    assert waiting == {to_come: NOON + timedelta(minutes=90), daily: NOON + timedelta(days=1, minutes=10)}


def test_up_to_when_it_may_have_answered_is_remembered_and_never_goes_back(db: Database) -> None:
    assert restoring.answered_until(db) == datetime.min.replace(tzinfo=UTC)
    restoring.settled(db, LATER, LATER)
    restoring.settled(db, NOON, LATER)
    assert restoring.answered_until(db) == LATER


async def test_who_was_erased_after_the_backup_is_erased_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    await store.run(
        lambda db: (ask(db, "민수의 말", row=arrive(db, "a")), ask(db, "유나의 말", by=YUNA, row=arrive(db, "b")))
    )
    backup = await asyncio.to_thread(backups.make, tmp_path, NOON)
    await asyncio.to_thread(store.close)
    deletions.note(tmp_path / deletions.LEDGER, {"at": LATER.isoformat(), "platform": "telegram", "person": MINSU.id})
    fresh = restoring.prepared(tmp_path, backup, LATER)
    assert fresh.erased == 1
    with closing(sqlite3.connect(fresh.path)) as connection:
        assert connection.execute("select said from turns").fetchall() == [("유나의 말",)]
    assert "민수의 말".encode() not in fresh.path.read_bytes()


async def test_who_was_erased_in_a_moment_before_the_end_is_erased_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    await store.run(lambda db: ask(db, "민수의 말", row=arrive(db, "a")))
    backup = await asyncio.to_thread(backups.make, tmp_path, NOON)
    await store.run(lambda db: forgetting.erase(db, "telegram", MINSU.id, at=LATER))
    await asyncio.to_thread(store.close)  # before anybody has put it on the list
    fresh = restoring.prepared(tmp_path, backup, LATER)
    assert fresh.erased == 1
    assert [one["person"] for one in deletions.listed(tmp_path / deletions.LEDGER)] == [MINSU.id]
    assert restoring.prepared(tmp_path, backup, LATER).erased == 1
    assert len(deletions.listed(tmp_path / deletions.LEDGER)) == 1


async def test_of_a_damaged_database_who_can_be_read_is_erased_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    await store.run(lambda db: ask(db, "민수의 말", row=arrive(db, "a")))
    backup = await asyncio.to_thread(backups.make, tmp_path, NOON)
    await store.run(lambda db: forgetting.erase(db, "telegram", MINSU.id, at=LATER))
    damaged = [(LATER.isoformat(), b"\xb0\xff"), ("2026-13-", b"3"), (b"\xb0", b"4")]
    row = "insert into erased (at, platform, person, inbox) values (cast(? as text), 'telegram', cast(? as text), 0)"
    await store.run(lambda db: [db.execute(row, one) for one in damaged])
    await asyncio.to_thread(store.close)
    assert restoring.prepared(tmp_path, backup, LATER).erased == 1
    assert [one["person"] for one in deletions.listed(tmp_path / deletions.LEDGER)] == [MINSU.id]


# ---- with the whole bot --------------------------------------------------------------------------


async def test_what_people_wrote_before_is_not_answered_when_it_is_read_again(tmp_path: Path, stage: Stage) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    (tmp_path / "data").mkdir()
    store = Store.open(tmp_path / "data")
    await store.run(lambda db: restoring.settled(db, until, until))
    await asyncio.to_thread(store.close)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("예전 말")
        await aside(bot, 1)
        later = Incoming(
            HERE, MessageRef("stage", "home", "x"), PERSON, "새 말", until + timedelta(seconds=1), True, True
        )
        await stage.happen(later)
        await stage.settled("답: 새 말")


async def test_an_operator_can_have_it_answered_after_all(tmp_path: Path, stage: Stage) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    (tmp_path / "data").mkdir()
    store = Store.open(tmp_path / "data")
    await store.run(lambda db: restoring.settled(db, until, until))
    await asyncio.to_thread(store.close)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("예전 말")
        (row,) = await aside(bot, 1)
        assert await bot.desk.retry("inbox", row)
        await stage.settled("답: 예전 말")


async def aside(bot: Bot, count: int) -> list[int]:
    """Wait for so many messages that are set aside."""
    async with asyncio.timeout(5):
        while len(found := await bot.core.store.run(_set_aside)) < count:  # noqa: ASYNC110 nobody tells of a row
            await asyncio.sleep(0.01)
    return found


def _set_aside(db: Database) -> list[int]:
    rows = db.execute("select id from inbox where state = 'aside' and reason = ?", [restoring.REASON])
    return [id for (id,) in rows.fetchall()]
