"""What every command answers, in both languages."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.command import Again, Claim, Command, Consult, Effect, Forget, Reply, Scene, Stop, all_commands
from bot.korean.clock import clock as told
from bot.locale import LANGUAGES, load
from bot.messages import Call
from bot.preferences import Preferences
from bot.world import World
from tests.bot.memory import heard, tables

T = TypeVar("T")

COMMANDS = {command.name: command for command in all_commands()}
SEOUL = ZoneInfo("Asia/Seoul")
THREE = datetime(2026, 11, 21, 6, 4, tzinfo=UTC).astimezone(SEOUL)
CODE = "K7QP-3XW2-MN"


async def _looked_up(work: Callable[[Database], T]) -> T:
    with tables() as db:
        return work(db)


def scene(language: str = "ko", *, writing: bool = False, code: str | None = CODE, now: datetime = THREE) -> Scene:
    return Scene(
        incoming=heard("안녕"),
        conversation="telegram:10:",
        now=now,
        locale=load(language),
        standing="guest",
        writing=writing,
        commands=tuple(COMMANDS.values()),
        bot_name="이랑",
        preferences=Preferences(),
        world=World(read=_looked_up),
        claim_code=code,
    )


def reply(name: str, language: str = "ko", *, writing: bool = False, code: str | None = CODE, **args: str) -> Reply:
    return answered(Call(name, args), scene(language, writing=writing, code=code))


def answered(call: Call | None, here: Scene | None = None) -> Reply:
    assert call
    result = COMMANDS[call.name].answer(here or scene(), call)
    assert isinstance(result, Reply)
    return result


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
async def test_every_command_answers_in_every_language(command: Command, language: str) -> None:
    result = command.answer(scene(language), Call(command.name))
    match await result if inspect.isawaitable(result) else result:
        case Reply(text):
            assert text.strip()
            assert "{" not in text
            assert any("가" <= letter <= "힣" for letter in text) or language == "en"
        case other:
            assert isinstance(other, Again | Consult)


@pytest.mark.parametrize(
    ("name", "writing", "korean", "english", "effects"),
    [
        ("new", False, "지금까지 한 이야기는 잊었어요. 새로 시작해요!", "forgotten what we talked about", (Forget(),)),
        ("stop", True, "네, 여기까지 할게요.", "leave it at that", (Stop(),)),
        ("stop", False, "지금은 쓰고 있는 답이 없어요.", "not writing anything", (Stop(),)),
        ("time", False, "지금은 오후 3시 4분이에요.", "It is 3:04 pm.", ()),
        ("start", False, "안녕하세요! 저는 이랑이에요.", "Hello! I'm 이랑.", ()),
    ],
)
def test_the_words_and_what_comes_of_them(
    name: str, writing: bool, korean: str, english: str, effects: tuple[Effect, ...]
) -> None:
    assert korean in reply(name, writing=writing).text
    assert english in reply(name, "en", writing=writing).text
    assert reply(name, writing=writing).effects == effects


def test_a_button_stops_without_a_word() -> None:
    assert reply("stop", writing=True, id="12") == Reply("", (Stop(),))


# ---- start -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [CODE, CODE.lower(), CODE.replace("-", "")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_makes_an_owner(shown: str, language: str) -> None:
    made = reply("start", language, text=shown)
    assert made.effects == (Claim(),)
    assert "민수" in made.text


@pytest.mark.parametrize(
    ("shown", "code"), [("WRONG", CODE), ("", CODE), (CODE, None), ("", None), ("x" * 10_000, CODE)]
)
def test_any_other_code_is_a_plain_hello(shown: str, code: str | None) -> None:
    assert reply("start", text=shown, code=code) == reply("start")


# ---- retry -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "again"),
    [
        ({}, Again()),
        ({"id": "12"}, Again(12, here=True)),
        ({"id": "twelve"}, Again()),
        ({"id": "-1"}, Again()),
        ({"id": "²"}, Again()),
        ({"id": ""}, Again()),
        ({"text": "제발"}, Again()),
    ],
)
def test_again_means_the_last_answer_or_the_one_under_the_button(args: dict[str, str], again: Again) -> None:
    assert COMMANDS["retry"].answer(scene(), Call("retry", args)) == again


# ---- help ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_has_a_line_for_every_command(language: str) -> None:
    lines = reply("help", language).text.splitlines()
    for command in (each for each in COMMANDS.values() if not each.hidden):
        line = next(line for line in lines if f" /{command.name}: " in line)
        assert command.about[language] in line


def test_the_help_fits_one_message_of_the_smallest_platform() -> None:
    assert all(len(reply("help", language).text) <= 2000 for language in LANGUAGES)


# ---- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "korean", "english"),
    [
        ("00:00", "오전 12시", "12:00 am"),
        ("00:30", "오전 12시 30분", "12:30 am"),
        ("01:05", "오전 1시 5분", "1:05 am"),
        ("11:59", "오전 11시 59분", "11:59 am"),
        ("12:00", "오후 12시", "12:00 pm"),
        ("12:01", "오후 12시 1분", "12:01 pm"),
        ("23:59", "오후 11시 59분", "11:59 pm"),
    ],
)
def test_the_clock_is_read_as_people_read_it(clock: str, korean: str, english: str) -> None:
    now = datetime.combine(THREE, time.fromisoformat(clock), SEOUL)
    assert (told(now, "ko"), told(now, "en")) == (korean, english)


def test_every_minute_of_a_day_is_told_apart() -> None:
    day = [datetime.combine(THREE, time(minute // 60, minute % 60), SEOUL) for minute in range(24 * 60)]
    assert len({told(now, "ko") for now in day}) == len({told(now, "en") for now in day}) == 24 * 60


# ---- about -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_answers_come_about_is_said_for_the_small_model_and_for_another(language: str) -> None:
    small = replace(scene(language), world=replace(scene(language).world, able=lambda: False))
    here, other = (COMMANDS["about"].answer(each, Call("about", {})) for each in (small, scene(language)))
    assert isinstance(here, Reply)
    assert isinstance(other, Reply)
    assert ("지어내" if language == "ko" else "makes one up") in here.text
    assert here.text != other.text
    assert "/privacy" in other.text
