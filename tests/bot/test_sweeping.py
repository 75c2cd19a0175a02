"""Once an hour the bot lets go of what is too old, and a full disk does not end it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import outbox, sweeping
from bot.app import SystemClock
from bot.messages import Address, Body, Incoming, MessageRef
from bot.outbox import Bubble
from tests.bot.memory import NOON, arrive, ask
from tests.bot.test_turns import press, ratings, show
from tests.stage import HOME, MINSU, YUNA, Script, Stage, on_stage, open_settings


def test_a_sweep_takes_ratings_and_deliveries_along_and_leaves_what_is_undone(db: Database) -> None:
    turn = ask(db, "하나")
    show(db, turn, "a")
    press(db, "a", "👍")
    waiting = Bubble(0, arrive(db, "w"), 0, "lane", Address("telegram", "10"), None, None, "open")
    outbox.ready(db, outbox.add(db, waiting, NOON).id, Body("아직"), None)
    db.execute("update inbox set state = 'done' where key != 'w'")
    assert sweeping.sweep(db, NOON + timedelta(days=31), 30) == 1
    assert ratings(db) == []
    assert [row["state"] for row in db.query("select state from outbox")] == ["ready"]
    assert [row["key"] for row in db.query("select key from inbox")] == ["w"]


async def test_old_conversations_go_and_young_ones_stay(tmp_path: Path) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script()) as bot:
        for text in ("오래된 말", "요즘 말"):
            await stage.say(text)
            await stage.until(lambda text=text: f"답: {text}" in stage.texts() and not stage.unfinished("home"))  # type: ignore[misc]
        long_ago = (SystemClock().now() - timedelta(days=31)).isoformat()
        await bot.core.store.run(lambda db: db.execute("update turns set at = ? where id = 1", [long_ago]))
        await bot.sweeper.work()
        assert await bot.core.store.run(lambda db: [row["said"] for row in db.query("select said from turns")]) == [
            "요즘 말"
        ]


async def test_conversations_that_are_kept_for_ever_are_not_swept(tmp_path: Path) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script(), open_settings(memory={"keep_days": 0})) as bot:
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await bot.core.store.run(lambda db: db.execute("update turns set at = '1970-01-01T00:00:00+00:00'"))
        await bot.sweeper.work()
        assert await bot.core.store.run(lambda db: db.table("turns").count) == 1


async def test_a_sweep_that_fails_is_logged_and_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script()) as bot:
        await bot.core.store.run(lambda db: db.execute("alter table ratings rename to elsewhere"))
        sweeping = asyncio.create_task(bot.sweeper.run())
        async with asyncio.timeout(5):
            while "could not be deleted" not in caplog.text:  # noqa: ASYNC110 a log tells nobody
                await asyncio.sleep(0.005)
        assert not sweeping.done()
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


async def test_quotas_of_people_who_went_silent_are_dropped(tmp_path: Path) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script()) as bot:
        usage, now = bot._dialogue._admission._usage, SystemClock().now()
        for person, chat, hours in ((MINSU, HOME, 25), (YUNA, Address("stage", "home2"), 23)):
            ref = MessageRef("stage", chat.chat, "1")
            usage.count(Incoming(chat, ref, person, "안녕", now, True, True), now - timedelta(hours=hours))
        bot._dialogue.sweep()
        assert set(usage._times) == {("person", "stage", "2"), ("chat", "stage", "home2")}
