"""The nth weekday of a month."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.korean.when import Every, following, no_day, read
from bot.korean.when.alternatives import either
from bot.korean.when.ordinals import nth_weekday
from bot.korean.when.values import LAST

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))  # a Saturday


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("셋째 주 월요일 회의", "2026-12-21", "회의"),  # November's third Monday is over
        ("넷째 주 월요일 회의", "2026-11-23", "회의"),
        ("이번 달 마지막 주 금요일에 회식", "2026-11-27", "회식"),
        ("다음 달 둘째 주 수요일", "2026-12-09", ""),
        ("다음 달 첫 번째 토요일", "2026-12-05", ""),
        ("3월 셋째 월요일", "2027-03-15", ""),
        ("이번 달 다섯째 월요일", "2026-11-30", ""),
    ],
)
def test_a_day(text: str, day: str, rest: str) -> None:
    when, left = read(text, NOW)
    assert when is not None
    assert (str(when.day), left) == (day, rest)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("매달 첫째 주 월요일", Every("month", (0,), nth=(1,))),
        ("매월 둘째 일요일마다", Every("month", (6,), nth=(2,))),
        ("마지막 주 금요일마다", Every("month", (4,), nth=(LAST,))),
        ("격월 첫째 월요일", Every("month", (0,), interval=2, nth=(1,))),
        ("매월 둘째 넷째 일요일", Every("month", (6,), nth=(2, 4))),
        ("매월 첫째 주, 셋째 주 화요일", Every("month", (1,), nth=(1, 3))),
        ("매달 셋째 주 월요일과 수요일", Every("month", (0, 2), nth=(3,))),
    ],
)
def test_a_repeat(text: str, every: Every) -> None:
    when, rest = read(f"{text} 9시 점검", NOW)
    assert when is not None
    assert (when.every, when.clock, rest) == (every, time(9), "점검")


def test_a_repeat_comes_on_that_weekday_of_each_month() -> None:
    every, at, days = Every("month", (4,), nth=(LAST,)), NOW, []
    for _ in range(24):
        at = following(every, time(19), at)
        days.append(at.date())
    assert days[:3] == [date(2026, 11, 27), date(2026, 12, 25), date(2027, 1, 29)]
    assert all(later.month == earlier.month % 12 + 1 for earlier, later in pairwise(days))


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5, LAST])
@pytest.mark.parametrize("weekday", range(7))
def test_every_month_has_each(nth: int, weekday: int) -> None:
    for month in range(1, 13):
        day = nth_weekday(2027, month, nth, weekday)
        assert (day.month, day.weekday()) == (month, weekday)
        assert nth > 4 or nth == LAST or (day.day - 1) // 7 == nth - 1


@pytest.mark.parametrize(
    "text",
    [
        "이번 달 첫째 주",
        "매달 첫 번째 평일",
        "여섯째 월요일",
        "5월 둘째 일요일부터",
        "5분마다",
        "100년 뒤에",
        "2월 30일에",
    ],
)
def test_what_can_not_be_kept_is_named(text: str) -> None:
    assert no_day(f"{text} 알려줘", NOW) == text


def test_midnight_is_the_end_of_that_day() -> None:
    when, _ = read("매달 마지막 금요일 자정", NOW)
    assert when is not None
    assert (when.every, when.clock) == (Every("month", (4,), nth=(LAST,)), time(23, 59))


@pytest.mark.parametrize(
    "words", ["둘째 ", "둘째주,", "월요일 ", "첫 번 째 ", "매달 첫째 ", "9시나 ", "내일이나 ", "1", "월"]
)
def test_words_said_a_thousand_times_are_read_in_the_end(words: str) -> None:
    """With two ways to read a blank between ordinals it would take for ever."""
    text = words * 1000
    assert isinstance(no_day(text, NOW), str)
    assert len(read(text, NOW)[1]) <= len(text)
    either(text)
