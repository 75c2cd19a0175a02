"""Amounts and units as Koreans write them."""

from __future__ import annotations

import pytest

from bot.korean.units import convert, in_korean_cups


@pytest.mark.parametrize(
    ("amount", "unit", "value"),
    [
        ("34평", "제곱미터", 34 * 400 / 121),
        ("84㎡", "평", 84 * 121 / 400),
        ("10마일", "킬로", 16.09344),
        ("150파운드", "kg", 68.0388555),
        ("두 근", "그램", 1200),
        ("한 돈", "그램", 3.75),
        ("6피트 2인치", "센티", 187.96),
        ("화씨 100도", "섭씨", 37.7777778),
        ("섭씨36.5도", "화씨로", 97.7),
        ("영하 40도씨", "화씨", -40),
        ("시속 60마일", "시속 킬로", 96.56064),
        ("2기가", "메가", 2000),
        ("3갤런", "리터", 11.356235),
        ("삼십 평", "헤베", 30 * 400 / 121),
        ("만 미터", "km", 10),
        ("2컵반", "ml", 2.5 * 236.588236),
        ("세 근 반", "그램", 2100),
        ("84.97제곱미터", "평수", 84.97 * 121 / 400),
        ("육백 평", "제곱메타", 600 * 400 / 121),
        ("시속 100km", "초속", 100 / 3.6),
        ("초속 10m", "시속", 36),
        ("3자 6치", "센치", 360 / 3.3),
        ("2시간 45분", "분", 165),
        ("500kcal", "줄", 2_092_000),
        ("200마력", "kW", 147.09975),
        ("1013hPa", "mmHg", 759.8125),
    ],
)
def test_an_amount_is_converted(amount: str, unit: str, value: float) -> None:
    assert convert(amount, unit) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        ("34평", "리터"),
        ("반", "평"),
        ("두 컵 반의반", "리터"),
        ("5 몰라", "평"),
        ("", "평"),
        ("평", "평"),
        ("10마일", ""),
        ("10마일", "사과"),
    ],
)
def test_what_means_nothing_is_none(amount: str, unit: str) -> None:
    assert convert(amount, unit) is None


def test_cups_are_told_by_the_korean_measure_as_well() -> None:
    assert in_korean_cups("1리터", "컵") == pytest.approx(5)
    assert in_korean_cups("2컵", "ml") == pytest.approx(400)
    assert in_korean_cups("1리터", "ml") is None
    assert in_korean_cups("2컵", "그램") is None
