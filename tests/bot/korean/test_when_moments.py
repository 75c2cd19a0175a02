"""The moment that a reminder means, and that it is not over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.korean.when import Every, When, moment, read

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("7시에 깨워줘", "2026-11-21T19:00"),
        ("11시", "2026-11-21T11:00"),
        ("오전 9시", "2026-11-22T09:00"),
        ("자정에", "2026-11-22T00:00"),
        ("오늘 밤 12시", "2026-11-22T00:00"),
        ("내일 아침 8시", "2026-11-22T08:00"),
        ("내일", "2026-11-22T09:00"),
        ("다음 주 수요일", "2026-11-25T09:00"),
        ("12월 25일 저녁 7시", "2026-12-25T19:00"),
        ("30분 후", "2026-11-21T10:30"),
        ("한 시간 반 뒤", "2026-11-21T11:30"),
        ("열흘", "2026-12-01T10:00"),
        ("3일 뒤", "2026-11-24T09:00"),
        ("매일 아침 8시", "2026-11-22T08:00"),
        ("매주 월요일", "2026-11-23T09:00"),
    ],
)
def test_what_was_said_is_a_moment(text: str, at: str) -> None:
    when, _ = read(text, NOW)
    assert when is not None
    assert moment(when, NOW) == datetime.fromisoformat(at).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    "text", ["오늘 오전 9시", "어제", "이번 주 월요일 9시", "2026년 11월 20일", "올해 3월 1일 8시", "오늘"]
)
def test_a_moment_that_is_over_is_refused(text: str) -> None:
    when, _ = read(text, NOW)
    assert when is not None
    with pytest.raises(ValueError, match="over"):
        moment(when, NOW)


def test_nothing_said_is_no_moment() -> None:
    with pytest.raises(ValueError, match="no time"):
        moment(When(), NOW)


def test_the_present_minute_is_over() -> None:
    assert moment(When(clock=time(10)), NOW) == NOW + timedelta(days=1)
    with pytest.raises(ValueError, match="over"):
        moment(When(day=NOW.date(), clock=time(10)), NOW)


def test_minutes_are_counted_as_they_pass_when_clocks_change() -> None:
    before = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)  # at 3:00 it is 2:00 again
    later = moment(When(after=timedelta(minutes=30)), before)
    assert later.astimezone(UTC) - before.astimezone(UTC) == timedelta(minutes=30)
    assert (later.hour, later.minute, later.fold) == (2, 20, 1)


def test_days_are_counted_by_the_wall_clock() -> None:
    later = moment(When(after=timedelta(days=1)), datetime(2026, 10, 24, 8, 0, tzinfo=BERLIN))
    assert (later.day, later.hour) == (25, 8)


def test_a_time_that_summer_time_skips_is_an_hour_later() -> None:
    now = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)
    at = moment(When(day=date(2026, 3, 29), clock=time(2, 30)), now)
    assert (at.hour, at.minute) == (3, 30)
    assert at.utcoffset() == timedelta(hours=2)


def test_the_second_time_round_is_ahead_when_the_first_is_over() -> None:
    now = datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN)
    at = moment(When(clock=time(2, 30)), now)
    assert at.astimezone(UTC) - now.astimezone(UTC) == timedelta(minutes=50)


def test_moments_are_in_the_zone_of_now() -> None:
    assert moment(When(clock=time(9)), NOW.astimezone(BERLIN)).tzinfo == BERLIN
    assert moment(When(every=Every("day")), NOW.astimezone(UTC)).tzinfo == UTC
