"""계산: what a sum comes to, and that no sum holds everybody else up."""

from __future__ import annotations

from time import perf_counter

import pytest

from tests.bot.test_commands import reply

AT_ONCE = 1.0  # second: the sums below take milliseconds, and took up to a minute


@pytest.mark.parametrize(
    ("sum", "answered"),
    [
        ("2^10", "= 1,024"),
        ("2^-1", "= 0.5"),
        ("(-2)^3", "= -8"),
        ("0^0", "= 1"),
        ("10^40/10^38", "= 100"),
        ("루트 144", "= 12"),
    ],
)
def test_powers_are_reckoned(sum: str, answered: str) -> None:
    assert reply("calc", sum=sum).text.endswith(answered)


@pytest.mark.parametrize(
    "sum", ["3999999^3999999", "9^9^9^9", "(7^999)^999", "2^3999999-2^3999999", "3999999^-3999999.5^9"]
)
def test_a_power_that_nobody_could_read_is_refused_before_it_is_reckoned(sum: str) -> None:
    began = perf_counter()
    assert "계산할 수 없어요" in reply("calc", sum=sum).text
    assert perf_counter() - began < AT_ONCE


@pytest.mark.parametrize(
    ("sum", "answered"),
    [
        ("-3+5", "-3 + 5 = 2"),
        ("-5*2", "-5 × 2 = -10"),
        ("5 - -3", "5 - -3 = 8"),
        ("(-3)+5", "(-3) + 5 = 2"),
        ("2*(3-1)/4", "2 × (3 - 1) ÷ 4 = 1"),
    ],
)
def test_a_sum_is_shown_as_one_writes_it(sum: str, answered: str) -> None:
    assert reply("calc", sum=sum).text == answered


def test_a_sum_is_no_markdown() -> None:
    assert reply("calc", sum="-3+5").literal


@pytest.mark.parametrize(
    ("sum", "answered"),
    [
        ("100-30%", "100 - 30% = 70"),
        ("100+50+10%", "100 + 50 + 10% = 165"),
        ("200*30%", "200 × 30% = 60"),
        ("17%5", "17%5 = 2"),
    ],
)
def test_a_percentage_is_taken_of_what_stands_before_it(sum: str, answered: str) -> None:
    assert reply("calc", sum=sum).text == answered
