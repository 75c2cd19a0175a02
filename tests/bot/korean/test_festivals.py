"""Days with a name; the dates are those of the calendars that were published for these years."""

from __future__ import annotations

from datetime import date

import pytest

from bot.korean.festivals import festival, lunar, next_rest, rest_day, solar

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("설날", date(2027, 2, 7)),
        ("내년 설날", date(2027, 2, 7)),
        ("올해 추석", date(2026, 9, 25)),
        ("2025년 추석", date(2025, 10, 6)),
        ("크리스마스", date(2026, 12, 25)),
        ("이번 어린이날", date(2026, 5, 5)),
        ("작년 한글날", date(2025, 10, 9)),
        ("부처님오신날", date(2027, 5, 13)),
        ("수능", date(2027, 11, 18)),
        ("새해", date(2027, 1, 1)),
    ],
)
def test_a_name_means_its_next_day_or_that_of_its_year(said: str, day: date) -> None:
    assert festival(said, TODAY) == day


@pytest.mark.parametrize("said", ["", "내 생일", "설탕", "추석 선물", "크리스마스 케이크", "2040년 수능"])
def test_other_words_are_no_day(said: str) -> None:
    assert festival(said, TODAY) is None


def test_rest_days_are_told_by_name() -> None:
    assert "한글날" in rest_day(date(2026, 10, 9))
    assert rest_day(date(2026, 10, 12)) == ""
    assert next_rest(TODAY) == date(2026, 12, 25)


def test_the_lunar_calendar_goes_both_ways() -> None:
    assert lunar(date(2026, 9, 25)) == (2026, 8, 15, False)
    assert solar(2026, 8, 15) == date(2026, 9, 25)
    assert solar(2026, 13, 1) is None
    assert solar(9999, 1, 1) is None
