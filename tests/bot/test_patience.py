"""A full disk is waited for: what people said is answered once it is mended, once, and without an apology."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot import disk, inbox, moving, outbox, overheard, patience, turns
from bot.errors import Moved, StoreError
from bot.patience import patiently
from bot.question import Question
from tests.stage import GROUP, HOME, Script, Stage, on_stage


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST", 0.01)
    monkeypatch.setattr(patience, "_LONGEST", 0.05)


@pytest.fixture(params=[True, False], ids=["idempotent", "placeholder"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(idempotent=request.param)


def full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def fail(monkeypatch: pytest.MonkeyPatch, module: Any, step: str, times: int) -> None:
    """So many times the disk is full when this step of a transaction has been done."""
    do, left = getattr(module, step), [None] * times

    def failing(*args: Any, **named: Any) -> Any:
        done = do(*args, **named)
        if left:
            left.pop()
            raise full()
        return done

    monkeypatch.setattr(module, step, failing)


async def soon(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 nobody tells of a job that waits
            await asyncio.sleep(0.01)


# ---- alone -----------------------------------------------------------------------------------------


def giving(*outcomes: Exception | str) -> Callable[[], Any]:
    left = list(outcomes)

    async def work() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return work


async def test_a_full_disk_is_waited_for() -> None:
    assert await patiently(giving(full(), full(), "done")) == "done"


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.IntegrityError("UNIQUE constraint failed"),
        sqlite3.OperationalError("a work ended the transaction of all"),
        StoreError("the database is closed"),
    ],
)
async def test_what_waiting_cannot_mend_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        await patiently(giving(error, "never"))


def test_a_fault_of_the_query_is_not_the_disk_s() -> None:
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect(":memory:").execute("select nothing from nowhere")
    assert not disk.passing(raised.value)


# ---- with the whole bot ----------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["안녕", "지금 몇 시야?"])
async def test_a_message_that_came_to_a_full_disk_is_answered_when_that_is_over(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    fail(monkeypatch, inbox, "attempt", 5)  # more often than a message may fail
    async with on_stage(tmp_path, stage, Script()):
        await stage.say(said)
        await stage.say("고마워")
        await stage.until(lambda: len(stage.texts()) == 2 and not stage.unfinished("home"))
    assert "답: 고마워" in stage.texts()
    assert not any("문제가 생겼어요" in text for text in stage.texts())


@pytest.mark.parametrize("said", ["안녕", "동전 던져줘"])
async def test_an_answer_that_found_no_room_is_kept_until_there_is_some_and_said_once(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    fail(monkeypatch, inbox, "done", 3)
    answer, model = "\n\n".join(f"{n}번째 " + "가나다라 " * 25 for n in range(4)).strip(), Script()
    monkeypatch.setattr(model, "_answer", lambda _: answer)
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.say(said)
        await stage.until(lambda: stage.texts() and not stage.unfinished("home"))
        states = await bot.core.store.run(lambda db: db.execute("select distinct state from outbox").fetchall())
    assert states == [("sent",)]
    if said == "안녕":
        assert "".join("".join(stage.texts()).split()) == "".join(answer.split())
        assert len(model.prompts) == 1
    else:
        assert len(stage.texts()) == 1


async def test_whoever_edits_while_the_disk_is_full_is_answered_for_what_it_says_now(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        with monkeypatch.context() as patched:
            fail(patched, turns, "add", 10**6)
            question = await stage.say("서울?")
            await soon(lambda: len(model.prompts) == 1 and not model.running)
            await stage.edit_question(question, "부산?")
            await soon(lambda: len(model.prompts) == 2)
        await stage.settled("답: 부산?")


@pytest.mark.parametrize(
    ("then", "shown"),
    [("delete", []), ("edit", ["답: 안녕"]), ("stop", ["(멈췄어요)", "네, 여기까지 할게요."])],
)
async def test_a_sentence_of_ours_that_waits_for_the_disk_yields_to_what_its_question_becomes(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch, then: str, shown: list[str]
) -> None:
    waits, mended = asyncio.Event(), asyncio.Event()

    async def pause(_: float) -> None:
        waits.set()
        await mended.wait()

    async with on_stage(tmp_path, stage, Script()) as bot:
        monkeypatch.setattr(patience, "asyncio", SimpleNamespace(sleep=pause))
        fail(monkeypatch, inbox, "done", 1)
        said = await stage.say("지금까지 대화 요약해줘")  # there is nothing to sum up yet
        await waits.wait()
        (question,) = (job for job in bot.core.lanes.all_jobs() if isinstance(job, Question))
        match then:
            case "delete":
                await stage.delete_question(said)
            case "edit":
                await stage.edit_question(said, "안녕")
            case "stop":
                await stage.say("그만")
        await soon(lambda: question._verdict is not None)
        mended.set()
        await stage.until(lambda: sorted(stage.texts()) == shown and not stage.unfinished("home"))
        await soon(lambda: not bot.core.lanes.load()[0])
    assert sorted(stage.texts()) == shown


async def test_a_question_deleted_while_a_commit_fails_is_not_answered_by_the_next_try(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, deleted, do = threading.Event(), threading.Event(), turns.add

    def failing(*args: Any, **named: Any) -> int:
        if not tried.is_set():
            tried.set()
            deleted.wait(5)
            raise full()
        return do(*args, **named)

    monkeypatch.setattr(turns, "add", failing)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("안녕")
        await soon(tried.is_set)
        (question,) = (job for job in bot.core.lanes.all_jobs() if isinstance(job, Question))
        assert not question.halt("drop"), "it may be committed this time"
        deleted.set()
        await soon(lambda: not bot.core.lanes.load()[0])
    assert stage.texts() == []


async def test_what_is_not_for_us_waits_for_the_disk_and_ends_nothing(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, overheard, "keep", 3)
    fail(monkeypatch, turns, "retract", 3)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.delete_question(await stage.say("우리끼리", to=GROUP, addressed=False))
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        states = await bot.core.store.run(lambda db: db.execute("select distinct state from inbox").fetchall())
        assert states == [("done",)]


async def test_a_bot_that_is_stopped_while_the_disk_is_full_answers_after_the_next_start(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        fail(patched, inbox, "attempt", 10**6)
        fail(patched, inbox, "release", 10**6)
        async with on_stage(tmp_path, stage, Script()) as bot:
            await stage.say("안녕")
            await stage.say("지금 몇 시야?")
            await soon(lambda: bot.core.lanes.load() == (2, 0))
    async with on_stage(tmp_path, stage, Script()):
        await stage.until(lambda: len(stage.texts()) == 2 and "답: 안녕" in stage.texts())


async def test_a_chat_that_moves_while_the_disk_is_full_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(idempotent=False)
    fail(monkeypatch, moving, "move", 1)
    async with on_stage(tmp_path, stage, Script()):
        stage.faults = [Moved("home2")] * 3  # the painter's call, and one for each try
        await stage.say("지금 몇 시야?", to=HOME)
        await stage.until(lambda: stage.texts("home2") and not stage.unfinished("home2"))


async def test_an_answer_that_is_given_up_while_the_disk_is_full_holds_up_nobody(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery._FAULTS", 1)
    fail(monkeypatch, outbox, "failed", 1)
    async with on_stage(tmp_path, stage, Script()) as bot:
        stage.faults = [ValueError("a fault of ours")]
        await stage.say("지금 몇 시야?")
        await stage.until(lambda: stage.deliveries)
        states = await bot.core.store.run(lambda db: db.execute("select state from outbox").fetchall())
    assert states == [("failed",)]
