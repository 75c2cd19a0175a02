"""What comes again: how it is read, and when it comes."""

from __future__ import annotations

from datetime import UTC, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.when import Every, When, following, moment, read

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SEOUL)  # a Saturday


@pytest.mark.parametrize(
    ("text", "every", "clock", "rest"),
    [
        ("매일", Every("day"), None, ""),
        ("매일 아침 8시", Every("day"), "08:00", ""),
        ("매시간 물", Every("minute", interval=60), None, "물"),
        ("2시간마다 물", Every("minute", interval=120), None, "물"),
        ("한 시간 반마다 환기", Every("minute", interval=90), None, "환기"),
        ("1시간에 한 번씩 물", Every("minute", interval=60), None, "물"),
        ("30분 간격으로 확인", Every("minute", interval=30), None, "확인"),
        ("2시간 30분마다 약", Every("minute", interval=150), None, "약"),
        ("9시부터 세 시간마다 약", Every("minute", interval=180), "21:00", "약"),
        ("매일 7시에 깨워줘", Every("day"), "07:00", "깨워줘"),
        ("매일 6시에 깨워줘", Every("day"), "06:00", "깨워줘"),
        ("매일 6시에 운동", Every("day"), "18:00", "운동"),
        ("매일매일 약 먹기", Every("day"), None, "약 먹기"),
        ("날마다 9시", Every("day"), "09:00", ""),
        ("아침마다 약", Every("day"), "08:00", "약"),
        ("저녁마다 7시에 산책", Every("day"), "19:00", "산책"),
        ("7시마다", Every("day"), "07:00", ""),
        ("매일 아침 7시마다 깨워줘", Every("day"), "07:00", "깨워줘"),
        ("월요일 아침마다", Every("week", (0,)), "08:00", ""),
        ("매주 월요일 아침 9시마다", Every("week", (0,)), "09:00", ""),
        ("주말 아침 9시마다", Every("weekend"), "09:00", ""),
        ("평일 아침마다", Every("weekday"), "08:00", ""),
        ("매일 30분 운동", Every("day"), None, "30분 운동"),
        ("이틀마다", Every("day", interval=2), None, ""),
        ("격일로 8시", Every("day", interval=2), "08:00", ""),
        ("3일마다 9시", Every("day", interval=3), "09:00", ""),
        ("사흘에 한 번", Every("day", interval=3), None, ""),
        ("평일 7시에 깨워줘", Every("weekday"), "07:00", "깨워줘"),
        ("평일마다", Every("weekday"), None, ""),
        ("주말마다 10시", Every("weekend"), "10:00", ""),
        ("매주 주말", Every("weekend"), None, ""),
        ("매주 월요일 9시", Every("week", (0,)), "09:00", ""),
        ("매주 월욜9시", Every("week", (0,)), "09:00", ""),
        ("매주 월수금", Every("week", (0, 2, 4)), None, ""),
        ("매주 월, 수, 금 7시", Every("week", (0, 2, 4)), "07:00", ""),
        ("매주 화·목요일 7시 30분", Every("week", (1, 3)), "07:30", ""),
        ("매주 월요일과 목요일 저녁 8시", Every("week", (0, 3)), "20:00", ""),
        ("매주 일요일 토요일", Every("week", (5, 6)), None, ""),
        ("월요일마다", Every("week", (0,)), None, ""),
        ("월요일 수요일마다 8시", Every("week", (0, 2)), "08:00", ""),
        ("월수금마다 7시", Every("week", (0, 2, 4)), "07:00", ""),
        ("매주 월요일 밤 12시", Every("week", (1,)), "00:00", ""),
        ("매주 9시", Every("week"), "09:00", ""),
        ("매주 일 많다", Every("week"), None, "일 많다"),
        ("격주 화요일", Every("week", (1,), interval=2), None, ""),
        ("2주마다 화요일 9시", Every("week", (1,), interval=2), "09:00", ""),
        ("일주일에 한 번", Every("week"), None, ""),
        ("매달 1일", Every("month", day=1), None, ""),
        ("매월 15일 9시에 월세", Every("month", day=15), "09:00", "월세"),
        ("매월 말일", Every("month", day=31), None, ""),
        ("매달 마지막 날", Every("month", day=31), None, ""),
        ("매월 첫날", Every("month", day=1), None, ""),
        ("말일마다", Every("month", day=31), None, ""),
        ("3개월마다 1일", Every("month", day=1, interval=3), None, ""),
        ("매년 3월 1일", Every("year", day=1, month=3), None, ""),
        ("3월 1일마다", Every("year", day=1, month=3), None, ""),
        ("해마다 12/25", Every("year", day=25, month=12), None, ""),
        ("매년 음력 8월 15일", Every("year", day=15, month=8, lunar=True), None, ""),
        ("엄마 생신 음력 3월 3일 매년 알려줘", Every("year", day=3, month=3, lunar=True), None, "엄마 생신 알려줘"),
    ],
)
def test_a_repeat(text: str, every: Every, clock: str | None, rest: str) -> None:
    assert read(text, NOW) == (When(clock=time.fromisoformat(clock) if clock else None, every=every), rest)


@pytest.mark.parametrize("text", ["매년 2월 30일", "매달 첫째 주", "5분마다", "주 3회"])
def test_a_repeat_that_can_not_be_held_stays_in_the_text(text: str) -> None:
    assert read(text, NOW) == (None, text)


@pytest.mark.parametrize(
    ("every", "clock", "after", "comes"),
    [
        (Every("day"), "08:00", "2026-11-21T10:00", ["2026-11-22T08:00", "2026-11-23T08:00"]),
        (Every("day"), "11:00", "2026-11-21T10:00", ["2026-11-21T11:00", "2026-11-22T11:00"]),
        (Every("day"), "10:00", "2026-11-21T10:00", ["2026-11-22T10:00"]),
        (Every("day", interval=3), "08:00", "2026-11-21T10:00", ["2026-11-22T08:00", "2026-11-25T08:00"]),
        (Every("weekday"), "07:00", "2026-11-26T10:00", ["2026-11-27T07:00", "2026-11-30T07:00"]),
        (Every("weekend"), "10:00", "2026-11-21T09:00", ["2026-11-21T10:00", "2026-11-22T10:00", "2026-11-28T10:00"]),
        (Every("week", (0,)), "09:00", "2026-11-21T10:00", ["2026-11-23T09:00", "2026-11-30T09:00"]),
        (Every("week", (0, 2)), "09:00", "2026-11-23T09:00", ["2026-11-25T09:00", "2026-11-30T09:00"]),
        (Every("week"), "09:00", "2026-11-21T10:00", ["2026-11-28T09:00", "2026-12-05T09:00"]),
        (Every("week", (1,), interval=2), "09:00", "2026-11-21T10:00", ["2026-11-24T09:00", "2026-12-08T09:00"]),
        (
            Every("week", (1, 3), interval=2),
            "09:00",
            "2026-11-21T10:00",
            ["2026-11-24T09:00", "2026-11-26T09:00", "2026-12-08T09:00"],
        ),
        (Every("month", day=1), "09:00", "2026-11-21T10:00", ["2026-12-01T09:00", "2027-01-01T09:00"]),
        (Every("month", day=31), "09:00", "2026-11-21T10:00", ["2026-11-30T09:00", "2026-12-31T09:00"]),
        (Every("month", day=30), "09:00", "2027-01-31T10:00", ["2027-02-28T09:00", "2027-03-30T09:00"]),
        (Every("month"), "09:00", "2026-11-21T10:00", ["2026-12-21T09:00"]),
        (Every("month", day=1, interval=3), "09:00", "2026-11-21T10:00", ["2026-12-01T09:00", "2027-03-01T09:00"]),
        (Every("year", day=1, month=3), "09:00", "2026-11-21T10:00", ["2027-03-01T09:00", "2028-03-01T09:00"]),
        (Every("year", day=29, month=2), "09:00", "2026-11-21T10:00", ["2027-02-28T09:00", "2028-02-29T09:00"]),
        (
            Every("year", day=15, month=8, lunar=True),  # 추석
            "09:00",
            "2024-01-01T00:00",
            ["2024-09-17T09:00", "2025-10-06T09:00", "2026-09-25T09:00", "2027-09-15T09:00"],
        ),
        (
            Every("year", day=30, month=12, lunar=True),  # the lunar year's last day, 29 or 30: the eve of 설날
            "09:00",
            "2024-01-01T00:00",
            ["2024-02-09T09:00", "2025-01-28T09:00", "2026-02-16T09:00", "2027-02-06T09:00"],
        ),
    ],
)
def test_a_repeat_comes_again_and_again(every: Every, clock: str, after: str, comes: list[str]) -> None:
    at = datetime.fromisoformat(after).replace(tzinfo=SEOUL)
    for expected in comes:
        at = following(every, time.fromisoformat(clock), at)
        assert at == datetime.fromisoformat(expected).replace(tzinfo=SEOUL)


def test_a_lunar_repeat_ends_with_its_tables() -> None:
    with pytest.raises(ValueError, match="no such day"):
        following(Every("year", day=15, month=8, lunar=True), time(9), datetime(2051, 1, 1, tzinfo=SEOUL))


def test_a_daily_time_stays_the_same_on_the_wall_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 10, 24, 8, 0, tzinfo=berlin)  # summer time ends on the 25th
    later = following(Every("day"), time(8), at)
    assert (later.day, later.hour) == (25, 8)
    assert (later.astimezone(UTC) - at.astimezone(UTC)).total_seconds() == 25 * 3600


def test_a_time_that_summer_time_skips_is_an_hour_later_that_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 3, 28, 2, 30, tzinfo=berlin)
    shifted = following(Every("day"), time(2, 30), at)
    assert (shifted.day, shifted.hour, shifted.minute) == (29, 3, 30)
    after = following(Every("day"), time(2, 30), shifted)
    assert (after.day, after.hour, after.minute) == (30, 2, 30)


def test_a_time_that_comes_twice_is_meant_once() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = following(Every("day"), time(2, 30), datetime(2026, 10, 25, 1, 0, tzinfo=berlin))
    assert (first.day, first.fold) == (25, 0)
    assert following(Every("day"), time(2, 30), first).day == 26


repeats = st.one_of(
    st.builds(Every, st.sampled_from(["day", "weekday", "weekend"])),
    st.builds(Every, st.just("day"), interval=st.integers(1, 40)),
    st.builds(
        Every,
        st.just("week"),
        st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
        interval=st.integers(1, 9),
    ),
    st.builds(Every, st.just("month"), day=st.integers(1, 31), interval=st.integers(1, 13)),
    st.builds(Every, st.just("year"), day=st.integers(1, 31), month=st.integers(1, 12)),
)


@given(
    repeats,
    st.times().map(lambda clock: clock.replace(microsecond=0)),
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(["Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_each_time_lies_after_the_last(every: Every, clock: time, start: datetime, zone: str) -> None:
    times = [start.replace(tzinfo=ZoneInfo(zone))]
    for _ in range(4):
        times.append(following(every, clock, times[-1]))
    assert all(one.astimezone(UTC) < two.astimezone(UTC) for one, two in pairwise(times))


def test_every_few_hours_counts_from_the_last_time() -> None:
    every = Every("minute", interval=150)
    assert following(every, time(9), NOW) == NOW.replace(hour=12, minute=30)
    assert moment(When(every=every), NOW) == NOW.replace(hour=12, minute=30)
    assert moment(When(every=every, clock=time(9)), NOW) == NOW.replace(day=22, hour=9)


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("내일 11시부터 3시간마다 약", 22, 11),
        ("월요일 9시부터 2시간마다 약", 23, 9),
        ("3시부터 2시간마다 약", 21, 15),
        ("모레부터 6시간마다 약", 23, 9),
    ],
)
def test_every_few_hours_begins_when_it_is_said_to(text: str, day: int, hour: int) -> None:
    said, rest = read(text, NOW)
    assert said
    assert said.every
    assert said.every.unit == "minute"
    assert (moment(said, NOW), rest) == (NOW.replace(day=day, hour=hour), "약")
