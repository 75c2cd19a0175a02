"""The desk over a working bot: what it tells is what happened, and what it does is done."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app import Bot, running
from bot.errors import BackendDown, ModelRefused, Refused, Throttled
from bot.messages import Address
from bot.operating.desk import Desk
from bot.overview import Change, ModelVersion
from bot.ports import Pulse
from tests.stage import HOME, Script, Stage, on_stage, open_settings


class Heard(Stage):
    """A stage that tells when it was last heard from."""

    heard_at: datetime | None = None

    def pulse(self) -> Pulse:
        return Pulse(self.heard_at, 0.125)


class TwoModels:
    """Models "a" and "b"; changing waits at `gate`, and refuses what is called "bad"."""

    def __init__(self) -> None:
        self.current = "a"
        self.swaps = 0
        self.gate = asyncio.Event()
        self.told = ""

    async def expositions(self) -> Sequence[str]:
        return (self.told,)

    def changes(self) -> tuple[int, int]:
        return self.swaps, 0

    def versions(self) -> Sequence[ModelVersion]:
        return [ModelVersion(name, name == self.current) for name in ("a", "b", "bad")]

    async def use(self, name: str) -> None:
        await self.gate.wait()
        if name == "bad":
            raise ModelRefused("bad: no weights")
        self.current, self.swaps = name, self.swaps + 1


@asynccontextmanager
async def served(folder: Path, stage: Stage, models: TwoModels) -> AsyncIterator[Bot]:
    async with running(open_settings(), folder, [stage], Script(), models=models) as bot:
        task = asyncio.create_task(bot.run([stage]))
        try:
            yield bot
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], Any]) -> Any:
    """Wait until something is so, or until what it awaits is; gives that."""
    async with asyncio.timeout(5):
        while not (found := (await asked if inspect.isawaitable(asked := true()) else asked)):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return found


async def rows(bot: Bot, query: str) -> list[tuple[Any, ...]]:
    return await bot.core.store.run(lambda db: [tuple(row) for row in db.execute(query).fetchall()])


async def test_answers_are_counted_by_kind(tmp_path: Path) -> None:
    stage, model = Stage(), Script()
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await stage.say("지금 몇 시야")
        await stage.until(lambda: len(stage.finished) >= 2 and len(stage.texts()) == 2)
        model.failures = [BackendDown("down")] * 100
        await stage.say("거기 있어?")
        await until(lambda: bot.core.figures.answers["excuse"])
        overview = await bot.desk.overview()
    assert overview.answers == {"talk": 1, "command": 1, "excuse": 1, "apology": 0, "reminder": 0}
    assert sum(overview.latency.counts) == 1
    assert overview.latency.median is not None


async def test_a_chat_that_a_429_keeps_waiting_is_parked(tmp_path: Path) -> None:
    stage = Heard()
    stage.heard_at = datetime.now(UTC)
    async with on_stage(tmp_path, stage, Script()) as bot:
        stage.faults = [Throttled(30.0)]
        await stage.say("안녕")
        await until(lambda: bot.core.couriers["stage"].pacer.parked())
        state = (await bot.desk.overview()).platforms[0]
    assert (state.name, state.watched, state.last, state.latency) == ("stage", True, stage.heard_at, 0.125)
    assert state.parked == 1
    assert 25 < state.parked_for <= 30
    assert not state.everywhere


async def test_lanes_at_work_and_behind_are_sampled(tmp_path: Path) -> None:
    stage, model = Stage(), Script()
    async with on_stage(tmp_path, stage, model) as bot:
        model.gate.clear()
        for text in ("하나", "둘", "셋"):
            await stage.say(text)
        await until(lambda: bot.core.lanes.load() == (1, 2) and model.running)
        await bot.desk.recorder.take()
        await bot.desk.recorder.take()
        sample = (await bot.desk.overview()).samples[-1]
        assert (sample.batch, sample.lanes, sample.waiting) == (1, 1, 2)
        later = await bot.desk.overview(since=sample.at)
        model.gate.set()
    assert later.samples == ()


async def test_what_the_model_s_process_tells_is_in_the_samples_and_in_the_metrics(tmp_path: Path) -> None:
    models = TwoModels()
    async with served(tmp_path, Stage(), models) as bot:
        for tokens in (100, 160):
            models.told = f"irang_model_running 3\nirang_model_waiting 2\nirang_model_tokens_total {tokens}\n"
            models.told += "irang_model_kept_hits 7\nirang_model_kept_misses 1\nprocess_cpu_seconds_total 5\n"
            await bot.desk.recorder.take()
        overview, metrics = await bot.desk.overview(), await bot.desk.metrics()
    sample = overview.samples[-1]
    assert (sample.batch, sample.queue) == (3, 2)
    assert sample.tokens > 0
    assert (overview.model.hits, overview.model.misses) == (7, 1)
    found = {
        sample.name: sample.value for family in text_string_to_metric_families(metrics) for sample in family.samples
    }
    assert found["irang_model_tokens_total"] == 160
    assert "process_cpu_seconds_total" not in found


async def test_the_metrics_are_what_happened(tmp_path: Path) -> None:
    stage = Heard()
    stage.heard_at = datetime.now(UTC) - timedelta(seconds=5)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await until(lambda: bot.core.figures.answers["talk"])
        logging.getLogger("bot.test").warning("look")
        text = await bot.desk.metrics()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["irang_answers_total", "talk"] == 1
    assert found["irang_answer_seconds_count", "talk"] == 1
    assert found["irang_answer_seconds_bucket", "talk", "+Inf"] == 1
    assert 5 <= found["irang_platform_age_seconds", "stage"] < 60
    assert found["irang_dead_letters", "inbox"] == 0
    assert found["irang_log_lines_total", "WARNING"] == 1
    assert found[("irang_database_bytes",)] > 0
    assert found[("irang_pieces_total",)] == 3


# ---- dead letters -----------------------------------------------------------------------------------


async def test_a_message_that_was_set_aside_is_answered_after_all(tmp_path: Path) -> None:
    stage, model = Stage(), Script()
    async with on_stage(tmp_path, stage, model) as bot:
        model.failures = [RuntimeError("broken")]
        await stage.say("내 비밀")
        await stage.until(lambda: stage.finished)
        assert "죄송" in stage.texts()[0]
        letter = (await bot.desk.letters())[0]
        assert (letter.box, letter.platform, letter.reason) == ("inbox", "stage", "an error, see the log")
        assert "비밀" not in str(letter)
        assert (await bot.desk.overview()).counts.aside == 1
        assert await bot.desk.letter_text("inbox", letter.id) == json.dumps(0)
        assert await bot.desk.retry("inbox", letter.id)
        await stage.settled("답: 내 비밀")
        assert await bot.desk.letters() == ()
        assert not await bot.desk.retry("inbox", letter.id)
        assert await rows(bot, "select state, payload from inbox") == [("done", "")]


async def test_an_answer_that_was_never_taken_is_sent_again(tmp_path: Path) -> None:
    stage = Stage(idempotent=True)
    async with on_stage(tmp_path, stage, Script(lambda said: "늦은 답")) as bot:
        stage.faults = [Refused("bot was blocked by the user")] * 3
        await stage.say("안녕")
        letters = await until(bot.desk.letters)
        assert [(letter.box, letter.reason, letter.readable) for letter in letters] == [
            ("outbox", "bot was blocked by the user", True)
        ]
        assert await bot.desk.letter_text("outbox", letters[0].id) == "늦은 답"
        stage.faults = []
        assert await bot.desk.retry("outbox", letters[0].id)
        await stage.settled("늦은 답")
        assert await rows(bot, "select state, body, reason from outbox") == [("sent", None, "")]


async def test_a_discarded_letter_is_gone_with_what_was_in_it(tmp_path: Path) -> None:
    stage, model = Stage(), Script()
    async with on_stage(tmp_path, stage, model) as bot:
        model.failures = [RuntimeError("broken")]
        await stage.say("안녕")
        await stage.until(lambda: stage.finished)
        letter = (await bot.desk.letters())[0]
        assert await bot.desk.discard("inbox", letter.id)
        assert await bot.desk.letters() == ()
        assert await bot.desk.letter_text("inbox", letter.id) == ""
        assert not await bot.desk.discard("inbox", letter.id)
        assert await rows(bot, "select state, payload from inbox") == [("done", "")]


async def test_a_letter_of_a_platform_that_is_off_waits(tmp_path: Path) -> None:
    async with on_stage(tmp_path, Stage(), Script()) as bot:
        columns = "platform, key, payload, state, at"
        values = "'telegram', 'k', 'x', 'aside', '2999'"
        [(id,)] = await rows(bot, f"insert into inbox ({columns}) values ({values}) returning id")  # noqa: S608
        assert not await bot.desk.retry("inbox", id)
        assert await rows(bot, "select state from inbox") == [("aside",)]


# ---- reminders, history -----------------------------------------------------------------------------


async def test_reminders_are_listed_without_their_words_and_cancelled(tmp_path: Path) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("30분 뒤에 약 먹으라고 알려줘")
        await stage.until(lambda: stage.finished)
        found = await bot.desk.reminders()
        assert [(each.platform, each.chat, each.kind, each.repeats) for each in found] == [
            ("stage", HOME.chat, "remind", False)
        ]
        assert timedelta(minutes=29) < found[0].due - datetime.now(UTC) <= timedelta(minutes=30)
        assert "약" not in str(asdict(found[0]))
        assert (await bot.desk.overview()).counts.reminders == 1
        assert await bot.desk.cancel(found[0].id)
        assert await bot.desk.reminders() == ()
        assert not await bot.desk.cancel(found[0].id)


async def test_what_was_said_today_is_in_the_last_hour(tmp_path: Path) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await stage.say("응", to=Address("stage", "home2"))
        await stage.until(lambda: stage.texts("home2") and not stage.unfinished("home2"))
        await stage.press(stage.last(), "👍")
        await until(lambda: rows(bot, "select 1 from ratings where value = '👍'"))
        day = await bot.desk.history("day")
        month = await bot.desk.history("month")
    assert len(day) == 24
    assert (day[-1].messages, day[-1].conversations, day[-1].answers) == ({"stage": 3}, 2, 2)
    assert (day[-1].up, day[-1].down) == (1, 0)
    assert len(month) == 30
    assert str(day[-1].at.tzinfo) == "Asia/Seoul"


async def ended(desk: Desk) -> Change | None:
    """The last change of models, once it came to an end."""
    change = (await desk.overview()).change
    return change if change and change.state != "changing" else None


# ---- models -----------------------------------------------------------------------------------------


async def test_a_change_of_models_tells_how_it_went(tmp_path: Path) -> None:
    models = TwoModels()
    async with served(tmp_path, Stage(), models) as bot:
        desk = bot.desk
        assert [version.name for version in await desk.versions()] == ["a", "b", "bad"]
        await desk.use("b")
        change = (await desk.overview()).change
        assert change
        assert (change.to, change.state) == ("b", "changing")
        with pytest.raises(ModelRefused, match="being loaded"):
            await desk.use("a")
        models.gate.set()
        await until(lambda: models.current == "b")
        assert (await until(lambda: ended(desk))).state == "done"
        await desk.use("bad")
        refused = await until(lambda: ended(desk))
        assert (refused.state, refused.fault, models.current) == ("refused", "bad: no weights", "b")
        with pytest.raises(ModelRefused, match="no model version"):
            await desk.use("../etc")


async def test_a_change_under_way_ends_with_the_bot(tmp_path: Path) -> None:
    models = TwoModels()
    async with served(tmp_path, Stage(), models) as bot:
        await bot.desk.use("b")
        await asyncio.sleep(0)
    assert models.current == "a"
