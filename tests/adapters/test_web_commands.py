"""Every command over HTTP: each example is answered at once, and none is taken for talk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import filling, forms
from bot.command import Command, all_commands
from bot.locale import load
from tests.adapters.site import Site, site
from tests.outside import Outside
from tests.stage import Hands, Script

SATURDAY = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
COMMANDS = [
    command for command in (*all_commands(), *filling.commands(forms.load(forms.SHIPPED))) if not command.hidden
]
KOREAN = load("ko")
NO_ANSWERS = (KOREAN("apology"), KOREAN("unknown_command"), "…", "")


async def test_every_example_is_answered(tmp_path: Path) -> None:
    hands, model = Hands(SATURDAY), Script()
    outside = Outside(hands)
    unlimited: dict[str, object] = {"chat_per_minute": 0, "requests_per_minute": 0}
    async with site(tmp_path, model, clock=hands, surround=outside.surround, web=unlimited) as web:
        silent = await asyncio.gather(*(_silent(web, command) for command in COMMANDS))
    assert [each for several in silent for each in several] == []
    assert model.prompts == [], "a request was taken for talk"


async def _silent(web: Site, command: Command) -> list[str]:
    """The examples that were not answered, said one after the other in one chat."""
    answers = [(each, await web.said(each, chat=command.name)) for each in command.examples]
    return [f"{example} -> {answer}" for example, answer in answers if answer in NO_ANSWERS]


async def test_a_form_is_filled_in_word_by_word(tmp_path: Path) -> None:
    async with site(tmp_path, clock=Hands(SATURDAY)) as web:
        answers = await _all(web, ["예약하고 싶어", "내일 저녁 7시", "네 명", "김민수"])
    assert "언제로" in answers[0]
    assert len(set(answers)) == len(answers)
    assert not set(answers) & set(NO_ANSWERS)


async def test_a_poll_is_shown_in_words(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        assert "1. 김밥\n2. 라면" in await web.said("/poll 점심 뭐 먹지? 김밥, 라면")


async def _all(web: Site, said: Sequence[str]) -> list[str]:
    return [await web.said(each, chat="home") for each in said]
