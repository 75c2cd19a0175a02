"""주사위: the limit is told, and who tells of a throw talks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.router import Router
from tests.bot.test_commands import answered, reply

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize("text", ["주사위 1000000개", "주사위 1000000개 굴려줘", "주사위 0개"])
def test_more_than_anybody_rolls_is_answered_with_the_limit(text: str) -> None:
    assert "100개까지" in answered(ROUTER.read(text, NOW).call).text


def test_a_number_without_end_is_answered_with_the_limit() -> None:
    assert "100개까지" in reply("dice", text="9" * 10_000).text


def test_who_tells_of_a_throw_talks() -> None:
    assert ROUTER.read("주사위 던졌는데 6 나왔어", NOW).call is None
