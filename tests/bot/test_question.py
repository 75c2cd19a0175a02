"""What becomes of a question that is edited, deleted or asked again, before and after its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.app import Bot
from bot.config import Settings
from bot.forms import Form
from bot.knowledge import Knowledge
from bot.messages import Address, Body, Key, MessageRef
from bot.ports import Clock
from bot.question import Question
from bot.store import Store
from bot.surroundings import world
from bot.underway import UnderWay
from bot.world import World
from tests.stage import YUNA, Script, Stage, on_stage, open_settings


@pytest.fixture(params=[True, False], ids=["idempotent", "placeholder"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(idempotent=request.param)


async def states(bot: Bot) -> list[tuple[str, str]]:
    """Every turn's question and state."""
    return await bot.core.store.run(lambda db: db.execute("select said, state from turns order by id").fetchall())


async def all_done(bot: Bot) -> None:
    """Wait until nothing waits for an answer any more."""

    def waits(db: Database) -> bool:
        return db.execute("select 1 from inbox where state = 'new'").fetchone() is not None

    async with asyncio.timeout(20):
        while await bot.core.store.run(waits):  # noqa: ASYNC110 a row's end is shown to nobody
            await asyncio.sleep(0.005)


# ---- edits -----------------------------------------------------------------------------------------


async def test_a_shortened_question_is_answered_anew(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        question = await stage.say("안 좋아해?")
        await stage.settled("답: 안 좋아해?")
        await stage.edit_question(question, "좋아해?")
        await stage.settled("답: 좋아해?")


async def test_an_edit_that_is_taken_back_while_it_is_answered_is_answered_as_it_says_now(
    tmp_path: Path, stage: Stage
) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model) as bot:
        question = await stage.say("서울?")
        await stage.settled("답: 서울?")
        model.gate.clear()
        await stage.edit_question(question, "부산?")
        await stage.until(lambda: len(model.prompts) == 2)
        await stage.edit_question(question, "서울?")
        await stage.until(lambda: len(model.prompts) == 3)
        model.gate.set()
        await stage.settled("답: 서울?")
        await all_done(bot)
        assert await states(bot) == [("서울?", "superseded"), ("서울?", "live")]


async def test_an_edit_that_changes_no_word_disturbs_no_answer_under_way(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "하나 둘")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model) as bot:
        question = await stage.say("https://example.org 어때?")
        await stage.until(lambda: "하나" in stage.texts())
        await stage.edit_question(question, "https://example.org 어때?")  # Discord shows a preview
        await stage.say("끝")
        model.gate.set()
        await stage.until(lambda: stage.texts() == ["하나 둘", "하나 둘"])
        await all_done(bot)
    assert len(model.prompts) == 2


async def test_a_question_deleted_while_its_edit_is_answered_takes_both_answers_along(
    tmp_path: Path, stage: Stage
) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model) as bot:
        question = await stage.say("서울?")
        await stage.settled("답: 서울?")
        model.gate.clear()
        await stage.edit_question(question, "부산?")
        await stage.until(lambda: len(model.prompts) == 2)
        await stage.delete_question(question)
        await stage.until(lambda: not stage.texts())
        await all_done(bot)
        assert await states(bot) == [("서울?", "retracted")]


class SlowStage(Stage):
    """Takes no message before it is `open`."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.sending = asyncio.Event()

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        self.sending.set()
        await self.open.wait()
        return await super().send(to, body, reply_to=reply_to, key=key)


async def comes_to(question: Question, verdict: str) -> None:
    async with asyncio.timeout(20):
        while question._verdict != verdict:  # noqa: ASYNC110 nor is this
            await asyncio.sleep(0.005)


async def test_a_question_deleted_right_after_its_edit_stays_deleted(tmp_path: Path) -> None:
    stage, model = SlowStage(), Script()
    model.gate.clear()
    async with on_stage(tmp_path, stage, model) as bot:
        ref = await stage.say("서울")
        await stage.sending.wait()
        question = UnderWay(bot.core.lanes).about(ref)
        assert question
        await stage.edit_question(ref, "부산")
        await comes_to(question, "redo")
        await stage.delete_question(ref)  # while what was begun for 서울 is still being painted
        await comes_to(question, "drop")
        stage.open.set()
        await all_done(bot)
        await stage.until(lambda: not stage.texts())
        assert await states(bot) == []
    assert len(model.prompts) == 1


# ---- what an edit may not get past -----------------------------------------------------------------


async def test_edits_count_as_messages_do(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model, open_settings(quota={"person_per_minute": 2})):
        question = await stage.say("하나")
        await stage.settled("답: 하나")
        await stage.edit_question(question, "둘")
        await stage.settled("답: 둘")
        await stage.edit_question(question, "셋")
        await stage.until(lambda: len(stage.texts()) == 2 and "조금 쉬었다가" in stage.texts()[1])
        assert stage.texts()[0] == "답: 둘"
    assert len(model.prompts) == 2


async def test_a_question_under_way_can_be_edited_as_often_as_others_may_write(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    model.gate.clear()
    async with on_stage(tmp_path, stage, model, open_settings(quota={"person_per_minute": 2})):
        question = await stage.say("하나")
        await stage.until(lambda: len(model.prompts) == 1)
        await stage.edit_question(question, "둘")
        await stage.until(lambda: len(model.prompts) == 2)
        await stage.edit_question(question, "셋")
        await stage.until(lambda: any("조금 쉬었다가" in text for text in stage.texts()))
        model.gate.set()
        await stage.until(lambda: "답: 둘" in stage.texts())


async def test_whoever_lost_their_access_can_not_go_on_by_editing(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        question = await stage.say("하나")
        await stage.settled("답: 하나")
    stage = Stage(idempotent=stage.limits.idempotent)
    async with on_stage(tmp_path, stage, model, open_settings(access={"open": False})):
        await stage.edit_question(question, "둘")
        await stage.settled("죄송해요, 저는 정해진 분들하고만 이야기해요.")
    assert len(model.prompts) == 1


async def test_a_question_edited_to_bad_words_is_not_put_to_the_model(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model) as bot:
        question = await stage.say("하나")
        await stage.settled("답: 하나")
        await stage.edit_question(question, "씨발")
        await stage.until(lambda: len(stage.texts()) == 2)
        await stage.edit_question(question, "씨발")  # again, as platforms do
        await all_done(bot)
        assert (len(stage.texts()), await states(bot)) == (2, [("하나", "retracted")])
    assert len(model.prompts) == 1


async def test_a_question_edited_to_a_command_stays_as_it_was_answered(tmp_path: Path, stage: Stage) -> None:
    """A command is said, not edited in: each correction of it would be carried out as well."""
    model = Script()
    async with on_stage(tmp_path, stage, model) as bot:
        question = await stage.say("하나")
        await stage.settled("답: 하나")
        await stage.edit_question(question, "내일 9시에 약 알려줘")
        await stage.edit_question(question, "내일 10시에 약 알려줘")
        await all_done(bot)
        assert (stage.texts(), await states(bot)) == (["답: 하나"], [("하나", "live")])
    assert len(model.prompts) == 1


async def test_a_question_taken_away_before_its_turn_can_still_be_edited(tmp_path: Path) -> None:
    stage, model = Stage(), Script()
    model.gate.clear()
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.say("하나")
        await stage.until(lambda: stage.texts())
        second = await stage.say("둘")
        await stage.edit_question(second, "씨발")
        await stage.edit_question(second, "셋")
        model.gate.set()
        await stage.until(lambda: "답: 셋" in stage.texts())
        await all_done(bot)
    assert [prompt.messages[-1].content for prompt in model.prompts] == ["하나", "셋"]


@pytest.mark.parametrize("then", ["bad words", "deleted"])
@pytest.mark.parametrize("part", [0, 1])
async def test_what_the_other_parts_of_a_paste_say_is_answered_without_the_one_that_was_taken_away(
    tmp_path: Path, stage: Stage, then: str, part: int
) -> None:
    model = Script(lambda said: f"{said[0]}, {len(said)}")
    first, second = "가" * 195, "나" * 20
    async with on_stage(tmp_path, stage, model) as bot:
        model.gate.clear()
        refs = [await stage.say(first), await stage.say(second)]
        await stage.until(lambda: len(model.prompts) == 1)
        if then == "deleted":
            await stage.delete_question(refs[part])
        else:
            await stage.edit_question(refs[part], "씨발")
        await stage.until(lambda: len(model.prompts) == 2)
        model.gate.set()
        await all_done(bot)
        left = (second, first)[part]
        await stage.until(lambda: f"{left[0]}, {len(left)}" in stage.texts() and not stage.unfinished("home"))
        assert await states(bot) == [(left, "live")]


async def test_a_part_of_a_paste_that_was_taken_away_is_back_once_it_says_something_else(
    tmp_path: Path, stage: Stage
) -> None:
    model = Script()
    model.gate.clear()
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.say("하나")
        await stage.until(lambda: len(model.prompts) == 1)
        await stage.say("가" * 195)
        second = await stage.say("나")
        await stage.edit_question(second, "씨발")
        await stage.until(lambda: any("씨발" not in text and "하나" not in text for text in stage.texts()))
        await stage.edit_question(second, "다")
        model.gate.set()
        await stage.until(lambda: len(model.prompts) == 2)
        await all_done(bot)
    assert told(model) == "가" * 195 + "\n다"


async def test_somebody_s_edit_of_no_question_of_ours_is_not_counted(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), open_settings(quota={"person_per_minute": 1})):
        await stage.edit_question(MessageRef("stage", "home", "before us"), "안녕", YUNA)
        await stage.say("하나", person=YUNA)
        await stage.settled("답: 하나")


# ---- what a question is answered from --------------------------------------------------------------

DOCUMENTS = {"환불.md": "# 환불\n\n환불은 7일 안에 신청합니다.\n", "배송.md": "# 배송비\n\n배송비는 삼천 원입니다.\n"}


@asynccontextmanager
async def with_documents(
    settings: Settings, root: Path, store: Store, clock: Clock, scenarios: Mapping[str, Form]
) -> AsyncIterator[World]:
    knowledge = Knowledge.open(root / "documents", root / "documents.db")
    for name, text in DOCUMENTS.items():
        (knowledge.folder / name).write_text(text, "utf-8")
    knowledge.refresh()
    async with world(settings, root, store, clock, scenarios) as plain:
        yield replace(plain, knowledge=knowledge)


def told(model: Script) -> str:
    """The last that the model was told."""
    return model.prompts[-1].messages[-1].content


async def test_a_question_edited_under_way_is_looked_up_as_it_says_now(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "찾은 답")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model, surround=with_documents):
        question = await stage.say("환불 규정이 뭐야?")
        await stage.until(lambda: len(model.prompts) == 1)
        assert "7일 안에" in told(model)
        await stage.edit_question(question, "배송비 얼마야?")
        await stage.until(lambda: len(model.prompts) == 2)
        assert "삼천 원" in told(model)
        await stage.edit_question(question, "안녕")
        await stage.until(lambda: len(model.prompts) == 3)
        assert told(model) == "안녕"
        model.gate.set()
        await stage.settled("찾은 답")


async def test_a_question_edited_after_its_answer_is_looked_up_too(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "찾은 답")
    async with on_stage(tmp_path, stage, model, surround=with_documents):
        question = await stage.say("환불 규정이 뭐야?")
        await stage.until(lambda: stage.texts() and "환불.md" in stage.texts()[0])
        await stage.edit_question(question, "배송비 얼마야?")
        await stage.until(lambda: "배송.md" in stage.texts()[0])
        assert "삼천 원" in told(model)


async def test_another_answer_comes_from_the_documents_again(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "찾은 답")
    async with on_stage(tmp_path, stage, model, surround=with_documents):
        await stage.say("환불 규정이 뭐야?")
        await stage.until(lambda: stage.texts() and not stage.unfinished("home"))
        await stage.press(stage.last(), "↻")
        await stage.until(lambda: len(model.prompts) == 2)
        assert "7일 안에" in told(model)


@pytest.mark.parametrize("retry", ["↻", "다시"])
async def test_another_summary_is_made_of_the_conversation_and_not_of_the_wish(
    tmp_path: Path, stage: Stage, retry: str
) -> None:
    model = Script(lambda said: "하나" if len(said) < 20 else "요약")
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.say("비가 올까")
        await stage.settled("하나")
        await stage.say("지금까지 대화 요약해줘")
        await stage.until(lambda: len(stage.texts()) == 2 and not stage.unfinished("home"))
        if retry == "↻":
            await stage.press(stage.last(), retry)
        else:
            await stage.say(retry)
        await stage.until(lambda: len(model.prompts) == 3)
        assert "비가 올까" in told(model)
        await all_done(bot)
        contexts = await bot.core.store.run(lambda db: db.execute("select context from turns where briefed").fetchall())
    assert contexts == [("[]",), ("[]",)]


async def test_another_answer_is_drawn_where_beams_would_find_the_same_one(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model, open_settings(model={"decoding": "beams"})):
        await stage.say("좋아해?")
        await stage.settled("답: 좋아해?")
        await stage.press(stage.last(), "↻")
        await stage.until(lambda: len(model.prompts) == 2)
    assert [prompt.sampling.num_beams for prompt in model.prompts] == [3, None]


async def test_the_parts_of_a_split_paste_are_looked_up_together(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "찾은 답")
    async with on_stage(tmp_path, stage, model, surround=with_documents):
        await stage.say("배송비 " * 49 + "배송비")
        await stage.say("그래서 배송비는 얼마인가요?")
        await stage.until(lambda: len(model.prompts) == 1)
    assert "삼천 원" in told(model)
