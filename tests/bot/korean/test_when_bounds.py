"""How far a repeat goes, seen from Saturday, 21 November 2026, ten in the morning."""

from __future__ import annotations

import time as clocks
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.korean.when import Every, following, moment, read

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("text", "unit", "first", "until", "rest"),
    [
        ("금요일까지 매일 9시 약", "day", "11-22", "11-27", "약"),
        ("토요일까지 매일 9시", "day", "11-22", "11-28", ""),
        ("금요일까지 매일 밤 12시에 약", "day", "11-22", "11-28", "약"),
        ("금요일까지 매일 자정에 약", "day", "11-22", "11-28", "약"),
        ("금요일까지 매일 밤 1시에 약", "day", "11-22", "11-28", "약"),
        ("금요일까지 매일 0시에 약", "day", "11-22", "11-27", "약"),
        ("금요일까지 매일 밤 11시에 약", "day", "11-21", "11-27", "약"),
        ("12월 25일까지 매주 금요일 밤 12시", "week", "11-28", "12-26", ""),
        ("일요일부터 월요일까지 매일 자정", "day", "11-23", "11-24", ""),
        ("다음 주 내내 밤 12시에", "day", "11-24", "11-30", ""),
        ("3일 동안 매일 밤 12시", "day", "11-22", "11-24", ""),
        ("12월 25일까지 매주 월요일 10시", "week", "11-23", "12-25", ""),
        ("5일까지 매일 9시", "day", "11-22", "12-05", ""),
        ("매일 9시 약 금요일까지만 알려줘", "day", "11-22", "11-27", "약 알려줘"),
        ("크리스마스까지 매일 9시 약", "day", "11-22", "12-25", "약"),
        ("연말까지 매주 월요일 10시", "week", "11-23", "12-31", ""),
        ("12월까지 매주 월요일 10시", "week", "11-23", "12-31", ""),
        ("이번 달 말까지 매일 9시", "day", "11-22", "11-30", ""),
        ("이번 달 동안 매일 아침 8시", "day", "11-22", "11-30", ""),
        ("이번 주 매일 9시", "day", "11-22", "11-22", ""),
        ("다음 주 내내 아침 7시에", "day", "11-23", "11-29", ""),
        ("다음 주 평일 7시에 깨워줘", "day", "11-23", "11-27", "깨워줘"),
        ("다음 달 매주 월요일 10시", "week", "12-07", "12-31", ""),
        ("일주일 동안 매일 밤 10시 스트레칭", "day", "11-21", "11-27", "스트레칭"),
        ("일주일 동안 밤 10시 스트레칭", "day", "11-21", "11-27", "스트레칭"),
        ("일주일 동안 하루에 두 번 9시 21시에 약", "day", "11-22", "11-27", "약"),
        ("3일만 매일 9시", "day", "11-22", "11-24", ""),
        ("2일 동안 평일 9시", "weekday", "11-23", "11-24", ""),
        ("2주 동안 주말마다 9시", "weekend", "11-22", "12-05", ""),
        ("한 달 동안 매주 월요일 10시", "week", "11-23", "12-20", ""),
        ("내일부터 금요일까지 매일 9시", "day", "11-22", "11-27", ""),
        ("월요일부터 금요일까지 매일 9시", "day", "11-23", "11-27", ""),
        ("12월 20일부터 25일까지 9시에 약", "day", "12-20", "12-25", "약"),
        ("다음 주 월요일부터 2주간 매일 7시", "day", "11-23", "12-06", ""),
        ("오늘 2시간마다 물", "minute", "11-21", "11-21", "물"),
        ("every day until Friday at 9 pills", "day", "11-22", "11-27", "pills"),
        ("every day at 9am for two weeks", "day", "11-22", "12-05", ""),
        ("9시에 약 알려줘 금요일까지", "day", "11-22", "11-27", "약 알려줘"),
        ("9시랑 13시에 알려줘 금요일까지", "day", "11-22", "11-27", "알려줘"),
        ("금요일까지 9시, 13시에 약", "day", "11-22", "11-27", "약"),
    ],
)
def test_a_repeat_has_a_last_day(text: str, unit: str, first: str, until: str, rest: str) -> None:
    when, left = read(text, NOW)
    assert when
    assert when.every
    assert when.every.until
    assert (when.every.unit, left) == (unit, rest)
    assert f"{moment(when, NOW):%m-%d}" == first
    assert f"{when.every.until:%m-%d}" == until


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("매일 9시에 30일까지 보고서 내라고", "30일까지 보고서 내라고"),
        ("금요일까지 내야 하는 보고서 매일 9시에", "금요일까지 내야 하는 보고서"),
        ("방학 동안 매일 7시에", "방학 동안"),
        ("매일 9시에 30분 동안 운동", "30분 동안 운동"),
        ("평일 9시", ""),
    ],
)
def test_what_stands_apart_bounds_nothing_and_stays(text: str, rest: str) -> None:
    when, left = read(text, NOW)
    assert when
    assert when.every
    assert when.every.until is None
    assert left == rest


@pytest.mark.parametrize(
    "text",
    [
        "금요일까지 9시에 보고서",
        "금요일까지 9시에 3시 비행기표 알려줘",
        "9시에 알려줘 금요일까지 내야 해",
        "내일 9시에 알려줘 금요일까지",
        "이번 주 동안 비 와?",
        "3일 동안 여행",
        "다음 주까지 보고서",
    ],
)
def test_without_a_repeat_nothing_comes_again(text: str) -> None:
    when, _ = read(text, NOW)
    assert when
    assert when.every is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("월요일부터 매일 9시", "11-23"),
        ("12월 1일부터 매주 9시", "12-01"),
        ("내일부터 격주 9시", "11-22"),
        ("1월 15일부터 매달 9시", "01-15"),
        ("다음 주부터 매일 6시", "11-23"),
        ("다음 주부터 매주 9시", "11-23"),
        ("다음 달부터 매달 1일 9시", "12-01"),
        ("다음 달부터 매달 9시", "12-01"),
        ("12월부터 매주 월요일 9시", "12-07"),
        ("내년부터 매년 1월 1일 9시", "01-01"),
        ("12월부터 2월까지 매달 1일 9시", "12-01"),
    ],
)
def test_a_repeat_begins_on_the_day_that_is_said(text: str, first: str) -> None:
    when, _ = read(text, NOW)
    assert when
    assert f"{moment(when, NOW):%m-%d}" == first


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("밤 11시랑 12시에 알려줘 금요일까지", ["11-27 23:00", "11-28 00:00"]),
        ("금요일까지 매일 밤 11시, 12시, 1시", ["11-27 23:00", "11-28 00:00"]),
        ("금요일까지 매일 밤 12시랑 1시", ["11-28 00:00"]),
        ("3일 동안 매일 밤 11시랑 12시", ["11-23 23:00", "11-24 00:00"]),
        ("12월 25일까지 매주 금요일 밤 11시랑 12시", ["12-25 23:00", "12-26 00:00"]),
    ],
)
def test_the_last_evening_has_its_midnight(text: str, last: list[str]) -> None:
    when, _ = read(text, NOW)
    assert when
    untils = [(one.every.until, one.clock) for one in (when, *when.others) if one.every]
    assert [f"{day:%m-%d} {clock:%H:%M}" for day, clock in untils if day and clock] == last


def test_nothing_follows_the_last_day() -> None:
    daily = Every("day", until=date(2026, 11, 22))
    last = following(daily, time(9), NOW)
    assert f"{last:%m-%d}" == "11-22"
    with pytest.raises(ValueError, match="over"):
        following(daily, time(9), last)
    hourly = Every("minute", interval=60, until=date(2026, 11, 21))
    with pytest.raises(ValueError, match="over"):
        following(hourly, time(9), NOW.replace(hour=23, minute=30))


@pytest.mark.parametrize(
    "text", ["금요일까지 매일 ", "일주일 동안 매일 9시 ", "every day until Friday ", "이번 주 내내 "]
)
def test_a_long_text_is_read_quickly(text: str) -> None:
    started = clocks.process_time()
    read(text * (4096 // len(text)), NOW)
    assert clocks.process_time() - started < 2
