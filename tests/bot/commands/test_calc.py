"""계산: what a sum comes to, and that no sum holds everybody else up."""

from __future__ import annotations

from time import perf_counter

import pytest

from bot.command import all_commands
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
    ],
)
def test_a_percentage_is_taken_of_what_stands_before_it(sum: str, answered: str) -> None:
    assert reply("calc", sum=sum).text == answered


@pytest.mark.parametrize(("sum", "answered"), [("17%5", "17 ÷ 5 = 3, 나머지 2"), ("17 나누기 5", "17 ÷ 5 = 3.4")])
def test_a_remainder_is_told_with_what_it_remains_of(sum: str, answered: str) -> None:
    assert reply("calc", sum=sum).text == answered


@pytest.mark.parametrize(
    ("sum", "answered"),
    [
        ("3분의 1 더하기 4분의 1", "1/3 + 1/4 = 7/12 (0.583333)"),
        ("(1/2)+(1/2)", "1/2 + 1/2 = 1"),
        ("(1/2)*(1/3)", "1/2 × 1/3 = 1/6 (0.166667)"),
    ],
)
def test_fractions_come_to_a_fraction(sum: str, answered: str) -> None:
    assert reply("calc", sum=sum).text == answered


@pytest.mark.parametrize(
    ("said", "sum"),
    [
        ("구구단 까먹음 8x7", "8x7"),
        ("100에서 37 빼고 2로 나눠봐", "(100-37)/2"),
        ("4500000의 3.3% 떼면 얼마 남아", "4500000*(1-3.3/100)"),
        ("144fps면 한 프레임당 몇 ms냐 1000/144", "1000/144"),
        ("100의 30% 더하기 50", ""),
        ("220 빼기 38의 80프로면 몇이여", ""),
        ("A4 210x297 비율로 가로 800이면 세로 몇이야", ""),
        ("원주율 곱하기 5제곱 계산해 주세요", ""),
        ("포카 2500×7 + 배송비 3000", ""),
    ],
)
def test_a_sum_is_no_part_of_what_is_asked(said: str, sum: str) -> None:
    command = next(command for command in all_commands() if command.name == "calc")
    assert command.meant
    assert (command.meant(said, "") or {}).get("sum", "") == sum
