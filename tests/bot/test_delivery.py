"""What was committed reaches people, however long that takes, and is never replaced by an excuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import outbox
from bot.errors import BadToken, Moved, Throttled, Uncertain
from bot.messages import Body, MessageRef
from bot.outbox import Bubble
from bot.ports import Pace
from tests.stage import HOME, Script, Stage, on_stage


@pytest.fixture(params=[True, False], ids=["idempotent", "placeholder"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(idempotent=request.param)


async def test_what_cannot_be_delivered_now_is_tried_again(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()) as bot:
        stage.faults = [BadToken("taken back"), BadToken("taken back")]
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        states = await bot.core.store.run(lambda db: [row["state"] for row in db.query("select state from inbox")])
    assert states == ["done"]


async def test_what_an_earlier_run_could_not_deliver_is_tried_until_it_is_there(tmp_path: Path) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script()) as bot:
        stage.faults = [BadToken("taken back")] * 100
        await stage.say("안녕")
        while not await bot.core.store.run(lambda db: db.table("outbox").count_where("state = 'ready'")):
            pass
    stage._running.clear()
    async with on_stage(tmp_path, stage, Script()):
        stage.faults = [BadToken("still not")]
        await stage.settled("답: 안녕")


async def test_an_answer_that_we_fail_to_deliver_ourselves_does_not_hold_up_the_next(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery._FAULTS", 1)
    async with on_stage(tmp_path, stage, Script()):
        stage.faults = [ValueError("a fault of ours")] * 2
        await stage.say("안녕")
        await stage.until(lambda: stage.deliveries)
        stage.faults = []
        await stage.say("거기?")
        await stage.until(lambda: stage.texts()[-1:] == ["답: 거기?"])
    assert "문제가 생겼어요" not in "".join(stage.texts())


async def test_what_found_no_room_is_shown_when_there_is_some_though_the_model_pauses(tmp_path: Path) -> None:
    stage, model = Stage(idempotent=False), Script()
    stage.limits = replace(stage.limits, chat_pace=lambda _: Pace(1, 0.2))
    model.gate.clear()
    async with on_stage(tmp_path, stage, model):
        await stage.say("안녕")  # "…" takes all the room there is
        await stage.until(lambda: stage.texts() == ["답:"])
        model.gate.set()
        await stage.settled("답: 안녕")


async def test_an_edit_that_was_throttled_is_made_once_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, model = Stage(idempotent=False), Script()
    model.gate.clear()
    throttled = [Throttled(0.1)]
    edit = stage.edit

    async def throttling(ref: MessageRef, body: Body) -> None:
        if throttled:
            raise throttled.pop()
        await edit(ref, body)

    monkeypatch.setattr(stage, "edit", throttling)
    async with on_stage(tmp_path, stage, model):
        await stage.say("안녕")
        await stage.until(lambda: stage.texts() == ["답:"])
        model.gate.set()
        await stage.settled("답: 안녕")


async def test_what_may_have_been_taken_before_the_chat_moved_is_marked_there(tmp_path: Path) -> None:
    stage, body = Stage(idempotent=False), Body("약 먹기", plain=True, again="(또?)")
    async with on_stage(tmp_path, stage, Script()) as bot:
        bubble = Bubble(0, 1, 0, "lane", HOME, None, None, "ready", body)
        await bot.core.store.run(lambda db: outbox.add(db, bubble, bot.core.clock.now()))
        stage.faults = [Uncertain("timeout"), Moved("home2")]
        await bot.core.delivery(1, "lane", HOME, None, [bubble]).deliver()
    assert stage.texts("home2") == ["(또?)\n약 먹기"]
