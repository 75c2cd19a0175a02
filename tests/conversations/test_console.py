"""A conversation in the terminal, piped in as `irang chat` takes it: question, answer, question, answer, the end."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from rich.console import Console as Screen
from sqlite_utils import Database

from adapters.console import Console
from bot.app import running
from tests.stage import Script, open_settings


async def chat(folder: Path, typed: str, model: Script | None = None) -> list[str]:
    """What is printed, line by line, when this is piped in and the bot runs to its end."""
    screen = Screen(file=io.StringIO(), soft_wrap=True, highlight=False)
    console = Console(io.StringIO(typed), screen)
    closed = open_settings(access={"open": False})  # whoever sits at the terminal is no stranger
    async with asyncio.timeout(10), running(closed, folder, [console], model or Script()) as bot:
        await bot.run([console])
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue().splitlines()


async def test_what_is_piped_in_is_answered_line_by_line(tmp_path: Path) -> None:
    first, second = await chat(tmp_path, "안녕\n지금 몇 시야\n")
    assert first == "답: 안녕"
    assert second.startswith("지금은")


async def test_it_remembers_from_one_call_to_the_next(tmp_path: Path) -> None:
    model = Script()
    await chat(tmp_path, "나는 민수야\n", model)
    assert await chat(tmp_path, "내가 누구지?\n다시", model) == ["답: 내가 누구지?", "답: 내가 누구지?"]
    assert model.prompts[-1].messages[0].content == "나는 민수야"


async def test_a_thumb_rates_the_models_answer_and_is_talk_after_a_commands(tmp_path: Path) -> None:
    model = Script()
    lines = await chat(tmp_path, "안녕\n3 곱하기 7은?\n👍\n👍\n", model)
    assert (lines[0], lines[2:]) == ("답: 안녕", ["답: 👍"])
    assert "21" in lines[1]
    (rated,) = Database(tmp_path / "data/irang.db").query("select said, value from ratings join turns on id = turn")
    assert rated == {"said": "👍", "value": "👍"}


@pytest.mark.parametrize("nothing", ["\u200b", "\u3164", "\u2060\u200d", "   ", "/", "\0"])
async def test_a_line_that_says_nothing_does_not_end_the_conversation(tmp_path: Path, nothing: str) -> None:
    lines = await chat(tmp_path, f"{nothing}\n안녕\n")
    assert lines[-1] == "답: 안녕"


async def test_all_that_needs_no_model_works_without_one(tmp_path: Path) -> None:
    lines = await chat(tmp_path, "그만\n초기화\n다시\n/없는명령\n도움말\n")
    assert lines[:2] == ["지금은 쓰고 있는 답이 없어요.", "지금까지 한 이야기는 잊었어요. 새로 시작해요!"]
    assert any("/retry" in line for line in lines)
