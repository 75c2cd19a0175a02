"""로또: the numbers that somebody names stand in each line, or in none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.commands.lotto import draw
from bot.router import Router
from tests.bot.memory import heard
from tests.bot.test_commands import answered, scene

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


def lines(said: str) -> list[set[int]]:
    """The six numbers of each line that is answered."""
    told = answered(ROUTER.read(said, NOW).call, replace(scene(), incoming=heard(said))).text
    rows = [row.removeprefix("🎱 ").split(" + ")[0] for row in told.splitlines() if row.startswith("🎱")]
    return [{int(one) for one in row.split(", ")} for row in rows]


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("7이랑 13 넣어서 로또 번호 뽑아줘", {7, 13}),
        ("로또 번호 7번은 꼭 포함해서 뽑아줘", {7}),
        ("로또 번호 1, 2, 3, 4, 5, 6 고정해서 뽑아줘", {1, 2, 3, 4, 5, 6}),
    ],
)
def test_a_number_that_is_to_be_in_stands_in_the_line(said: str, held: set[int]) -> None:
    (six,) = lines(said)
    assert held <= six
    assert len(six) == 6


def test_a_number_that_is_left_out_is_in_no_line() -> None:
    assert all(4 not in six and len(six) == 6 for _ in range(20) for six in lines("4 빼고 로또 번호 뽑아줘"))
    without = set(range(1, 39))
    six, bonus = draw(Random(1), (), without)
    assert {*six, bonus} == set(range(39, 46))


def test_numbers_are_kept_and_left_out_in_each_of_several_lines() -> None:
    found = lines("7은 넣고 4랑 44는 빼고 로또 5게임 뽑아줘")
    assert len(found) == 5
    assert all(7 in six and not six & {4, 44} for six in found)


@pytest.mark.parametrize(
    "said",
    [
        "46 넣어서 로또 번호 뽑아줘",
        "7 넣고 7 빼고 로또 번호 뽑아줘",
        "로또 번호 1, 2, 3, 4, 5, 6, 7 넣어서 뽑아줘",
    ],
)
def test_what_no_line_can_have_is_told(said: str) -> None:
    assert lines(said) == []
    assert "1부터 45까지" in answered(ROUTER.read(said, NOW).call, replace(scene(), incoming=heard(said))).text


@pytest.mark.parametrize("said", ["로또 번호 6개 뽑아줘", "로또 5게임 부탁", "번호 6개 넣어서 로또 뽑아줘"])
def test_a_count_is_no_number_of_a_line(said: str) -> None:
    assert lines(said)
