"""An owner or admin writes what the answer should have been; nobody else does, and nothing said on Discord is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot import consents, corrections, forgetting, turns
from bot.app import Bot
from bot.belongings import belongings
from bot.command import Reply, all_commands
from bot.corrections import LONGEST, Correct, meant
from bot.effects import Moment
from bot.messages import Call, Person, Quote
from bot.people import make_owner
from bot.router import Router
from bot.turns import sweep
from tests.bot.memory import HOME, MINSU, NOON, YUNA, ask, heard
from tests.bot.test_commands import THREE, scene
from tests.stage import OWNER, Script, Stage, on_stage

KEPT = "고마워요, 다음에 배울 때 그렇게 배울게요."


@asynccontextmanager
async def owned(folder: Path) -> AsyncIterator[tuple[Bot, Stage]]:
    stage = Stage()
    async with on_stage(folder, stage, Script()) as bot:
        await bot.core.store.run(lambda db: make_owner(db, Person("stage", "9", ""), NOON))
        yield bot, stage


async def kept(bot: Bot) -> list[dict[str, Any]]:
    query = "select said, text from corrections join turns on id = turn"
    return await bot.core.store.run(lambda db: list(db.query(query)))


async def test_a_reply_corrects_that_very_answer(tmp_path: Path) -> None:
    async with owned(tmp_path) as (bot, stage):
        for said in ("하나", "둘"):
            await stage.say(said, person=OWNER)
            await stage.until(lambda said=said: f"답: {said}" in stage.texts())  # type: ignore[misc]
        first = next(shown for shown in stage.messages.values() if shown.body.text == "답: 하나")
        quote = Quote("이랑", "답: 하나", ours=True, id=first.id)
        await stage.say("/correct 하나예요", person=OWNER, quote=quote)
        await stage.until(lambda: any("적어 뒀어요" in text for text in stage.texts()))
        assert await kept(bot) == [{"said": "하나", "text": "하나예요"}]
        await stage.say("/correct 둘이에요", person=OWNER)
        await stage.until(lambda: sum("적어 뒀어요" in text for text in stage.texts()) == 2)
        assert {"said": "둘", "text": "둘이에요"} in await kept(bot)


async def test_without_words_it_asks_for_them_and_takes_what_comes_next(tmp_path: Path) -> None:
    async with owned(tmp_path) as (bot, stage):
        await stage.say("안녕", person=OWNER)
        await stage.until(lambda: "답: 안녕" in stage.texts())
        await stage.say("/고쳐줘", person=OWNER)
        await stage.until(lambda: "어떻게 답했으면 좋았을까요?" in stage.texts())
        await stage.say("반가워요", person=OWNER)
        await stage.until(lambda: any("적어 뒀어요" in text for text in stage.texts()))
        assert await kept(bot) == [{"said": "안녕", "text": "반가워요"}]


async def test_nobody_else_can_correct(tmp_path: Path) -> None:
    async with owned(tmp_path) as (bot, stage):
        await stage.say("안녕")
        await stage.until(lambda: "답: 안녕" in stage.texts())
        await stage.say("/correct 다른 답")
        await stage.until(lambda: any("주인과 관리자만" in text for text in stage.texts()))
        assert await kept(bot) == []


@pytest.mark.parametrize(("platform", "text", "said"), [("discord", "x", "Discord"), ("telegram", "x" * 3000, "2000")])
async def test_nothing_of_discord_and_nothing_endless_is_kept(platform: str, text: str, said: str) -> None:
    here = scene()
    address = replace(here.incoming.address, platform=platform)
    here = replace(here, standing="owner", incoming=replace(here.incoming, address=address))
    command = next(each for each in all_commands() if each.name == "correct")
    reply: Any = command.answer(here, Call("correct", {"text": text}))
    answered = await reply
    assert isinstance(answered, Reply)
    assert (said in answered.text, answered.effects) == (True, ())


def agree(db: Database, person: Person) -> None:
    consents.Agree("train", "on", "1-ko").apply(db, Moment(1, heard("x", by=person), HOME, NOON))


def test_it_can_be_learnt_only_when_both_agreed(db: Database) -> None:
    turn = ask(db, "안녕")
    for person, usable in ((MINSU, False), (YUNA, True)):
        agree(db, person)
        assert meant(db, heard("/correct x", by=YUNA), HOME) == corrections.Meant(turn, usable)


def test_a_message_that_is_not_ours_or_is_gone_can_not_be_corrected(db: Database) -> None:
    assert meant(db, heard("/correct x"), HOME) is None
    ask(db, "안녕")
    assert meant(db, heard("/correct x", quote=Quote("유나", "아무 말", id="404")), HOME) is None


def test_a_correction_goes_with_its_turn_its_writer_and_its_time(db: Database) -> None:
    def correct(said: str) -> None:
        turn = ask(db, said, by=MINSU)
        Correct(turn, "반가워요").apply(db, Moment(9, heard("x", by=YUNA), HOME, NOON))
        assert db.table("corrections").count == 1

    correct("안녕")
    assert [row["text"] for row in belongings(db, YUNA)["corrections"]] == ["반가워요"]
    forgetting.erase(db, "telegram", MINSU.id)
    assert db.table("corrections").count == 0
    correct("또 안녕")
    forgetting.erase(db, "telegram", YUNA.id)
    assert db.table("corrections").count == 0
    assert turns.recent(db, HOME, 5), "the turn is Minsu's"


def test_old_corrections_are_swept_with_their_turns(db: Database) -> None:
    Correct(ask(db, "안녕"), "반가워요").apply(db, Moment(9, heard("x"), HOME, NOON))
    sweep(db, NOON + timedelta(days=31), 30)
    assert db.table("corrections").count == 0


@pytest.mark.parametrize("said", ["방금 답 고칠게", "그 답변은 내가 바로잡을게요", "let me correct your last answer"])
def test_words_for_it(said: str) -> None:
    assert Router(all_commands()).find(said, THREE) == Call("correct", {})


@pytest.mark.parametrize(
    "said", ["이 문장 고쳐줘: 나는 학교를 간다", "답 고쳐줘", "고쳐줘", "숙제 답을 고쳤어", "correct this sentence"]
)
def test_what_is_no_correction_stays_what_it_is(said: str) -> None:
    call = Router(all_commands()).find(said, THREE)
    assert call is None or call.name != "correct"


def test_the_longest_is_a_message(db: Database) -> None:
    assert LONGEST <= 4096
