"""Sums in words and signs; what is no sum stays one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simpleeval import SimpleEval  # type: ignore[import-untyped]

from bot.korean.arithmetic import expression


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("3 곱하기 7", 21),
        ("만오천원 나누기 3", 5000),
        ("백이십에서 삼십오 빼면", 85),
        ("2의 10제곱", 1024),
        ("루트 144", 12),
        ("45,000원의 15퍼센트", 6750),
        ("39800 에서 20% 할인하면", 31840),
        ("58000원 3명이서 나누면", 58000 / 3),
        ("7 더하기 8 더하기 9", 24),
        ("(12+8)*5", 100),
        ("8x7", 56),
        ("9900원짜리 3개면", 29700),
        ("5000+3500+12000 다 더하면", 20500),
        ("3.5 빼기 1.75", 1.75),
        ("1000 ÷ 8 = ?", 125),
        ("-3 + 5", 2),
        ("9팩토리얼", 362_880),
        ("오 팩토리얼은", 120),
        ("팩토리얼 6", 720),
        ("6분의 1 더하기 삼분의 일", 0.5),
        ("(12+7)x3", 57),
        ("6의 세제곱", 216),
        ("15퍼센트 of 42000", 6300),
    ],
)
def test_a_sum_is_read_as_it_is_meant(said: str, value: float) -> None:
    found = expression(said)
    assert found
    assert SimpleEval().eval(found) == pytest.approx(value)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "3",
        "삼",
        "010-1234-5678입니다",
        "계산적인 사람",
        "곱하기",
        "3 곱하기",
        "__import__('os')",
        "a+b",
        "사람 더하기 사랑",
        "1팩토리얼",
        "99999999팩토리얼",
        "2.5팩토리얼",
    ],
)
def test_what_is_no_sum_is_none(said: str) -> None:
    assert expression(said) is None


@given(st.text(max_size=60))
def test_an_expression_holds_digits_and_signs_only(said: str) -> None:
    found = expression(said)
    assert found is None or set(found) <= set("0123456789.+-*/()%")
