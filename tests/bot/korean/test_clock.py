"""Times and days as people say them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.korean.clock import day, span, spoken

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("at", "korean", "english"),
    [
        (date(2026, 11, 21), "오늘", "today"),
        (date(2026, 11, 23), "모레", "Monday, November 23"),
        (date(2026, 12, 25), "12월 25일 금요일", "Friday, December 25"),
        (date(2027, 1, 1), "2027년 1월 1일 금요일", "Friday, January 1, 2027"),
    ],
)
def test_a_day_is_named_as_near_as_it_is(at: date, korean: str, english: str) -> None:
    assert (day(at, TODAY, "ko"), day(at, TODAY, "en")) == (korean, english)


def test_a_moment_has_its_day_and_time() -> None:
    at, now = datetime(2026, 11, 22, 8), datetime(2026, 11, 21, 10)
    assert (spoken(at, now, "ko"), spoken(at, now, "en")) == ("내일 오전 8시", "tomorrow at 8:00 am")


@pytest.mark.parametrize(
    ("seconds", "korean"), [(0, "0초"), (59.9, "59초"), (5400, "1시간 30분"), (90061, "1일 1시간 1분 1초")]
)
def test_a_length_is_told_in_its_parts(seconds: float, korean: str) -> None:
    assert span(seconds, "ko") == korean
