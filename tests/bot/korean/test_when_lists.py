"""Lists of times and of days, and days with a name, seen from Saturday, 21 November 2026, ten in the morning."""

from __future__ import annotations

import time as clocks
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.korean.when import When, missing, no_day, read

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


def told(when: When) -> str:
    """Every time of it in a line: "11-22 09:00, week(0, 2) 10:00"."""
    each = [told_alone(one, clock) for one in (when, *when.others) for clock in (one.clock, *one.also) if clock]
    return ", ".join(each)


def told_alone(one: When, clock: object) -> str:
    day = one.day.strftime("%m-%d ") if one.day else ""
    every = one.every
    often = f"{every.interval}x" if every and every.interval > 1 else ""
    on = f"{every.weekdays or every.day or ''}".replace(" ", "") if every else ""
    return f"{day}{often}{every.unit if every else ''}{on}{' ' if every else ''}{clock:%H:%M}"


@pytest.mark.parametrize(
    ("text", "times", "rest"),
    [
        ("월요일 9시랑 화요일 10시에 회의 알려줘", "11-23 09:00, 11-24 10:00", "회의 알려줘"),
        ("내일 9시랑 모레 10시에 약 먹으라고 알려줘", "11-22 09:00, 11-23 10:00", "약 먹으라고 알려줘"),
        ("내일 9시하고 모레 10시에 약", "11-22 09:00, 11-23 10:00", "약"),
        ("내일 9시와 모레 10시 반과 글피 11시", "11-22 09:00, 11-23 10:30, 11-24 11:00", ""),
        ("내일 9시 그리고 모레 10시에 약", "11-22 09:00, 11-23 10:00", "약"),
        ("내일 9시에 또 모레 10시에 약", "11-22 09:00, 11-23 10:00", "약"),
        ("내일 9시, 모레 10시, 글피 11시에 약", "11-22 09:00, 11-23 10:00, 11-24 11:00", "약"),
        ("회의 월요일 9시랑 화요일 10시에 알려줘", "11-23 09:00, 11-24 10:00", "회의 알려줘"),
        ("3시랑 내일 10시에 약", "15:00, 11-22 10:00", "약"),
        ("내일 9시, 13시랑 모레 10시, 14시에 약", "11-22 09:00, 11-22 13:00, 11-23 10:00, 11-23 14:00", "약"),
        ("내일 5시랑 모레 6시에 깨워줘", "11-22 05:00, 11-23 06:00", "깨워줘"),
        ("오늘 저녁이랑 내일 아침에 약", "11-21 19:00, 11-22 08:00", "약"),
        ("오늘 정오랑 내일 자정에 약", "11-21 12:00, 11-23 00:00", "약"),
        ("12월 24일 9시랑 12월 25일 금요일 10시에", "12-24 09:00, 12-25 10:00", ""),
        ("크리스마스 9시랑 내년 설날 10시에 전화", "12-25 09:00, 02-07 10:00", "전화"),
        # days with one time
        ("내일이랑 모레 9시에 약", "11-22 09:00, 11-23 09:00", "약"),
        ("내일하고 모레 아침 8시에 깨워줘", "11-22 08:00, 11-23 08:00", "깨워줘"),
        ("오늘이랑 내일 저녁 7시에 약", "11-21 19:00, 11-22 19:00", "약"),
        ("내일, 모레, 글피 9시에 약", "11-22 09:00, 11-23 09:00, 11-24 09:00", "약"),
        ("내일이랑 모레 9시랑 글피 10시에 약", "11-22 09:00, 11-23 09:00, 11-24 10:00", "약"),
        ("내일이랑 다음 주 월요일 9시에 약", "11-22 09:00, 11-23 09:00", "약"),
        ("12월 24일이랑 25일 9시에 전화", "12-24 09:00, 12-25 09:00", "전화"),
        ("12월 24일 9시랑 25일 10시에 전화", "12-24 09:00, 12-25 10:00", "전화"),
        ("12월 24일, 25일 그리고 26일 9시에 약", "12-24 09:00, 12-25 09:00, 12-26 09:00", "약"),
        ("11/24, 11/25 9시에 약", "11-24 09:00, 11-25 09:00", "약"),
        ("24일하고 25일 9시에 약", "11-24 09:00, 11-25 09:00", "약"),
        ("나랑 월요일 9시랑 화요일 10시에 회의", "11-23 09:00, 11-24 10:00", "나랑 회의"),
        ("내일 9시랑 모레랑 글피 10시에 약", "11-22 09:00, 11-23 10:00, 11-24 10:00", "약"),
        ("오늘이랑 내일 8시에 약", "11-21 20:00, 11-22 20:00", "약"),
        ("12월 30일이랑 2일 9시에 약", "12-30 09:00, 01-02 09:00", "약"),
        ("음력 8월 14일이랑 15일 9시에 약", "09-14 09:00, 09-15 09:00", "약"),
        ("12월 25일, 금요일 9시에 약", "12-25 09:00", "약"),
        ("12월 24일 9시랑 매달 25일 10시에 약", "12-24 09:00, month25 10:00", "약"),
        ("엄마랑 내일 9시에 밥", "11-22 09:00", "엄마랑 밥"),
        # repeats
        ("평일 9시랑 주말 11시에 깨워줘", "weekday 09:00, weekend 11:00", "깨워줘"),
        ("매주 월요일 9시랑 수요일 10시에 회의", "week(0,) 09:00, week(2,) 10:00", "회의"),
        ("월요일 9시랑 수요일 10시마다 회의", "week(0,) 09:00, week(2,) 10:00", "회의"),
        ("격주 월요일 9시랑 수요일 10시에 회의", "2xweek(0,) 09:00, 2xweek(2,) 10:00", "회의"),
        ("월수금 6시랑 화목 7시에 운동", "week(0,2,4) 18:00, week(1,3) 07:00", "운동"),
        ("매일 9시랑 일요일 11시에 약", "day 09:00, week(6,) 11:00", "약"),
        ("28일 밤 9시에 불꽃놀이", "11-28 21:00", "불꽃놀이"),
        ("28일 밤에 불꽃놀이", "11-28 21:00", "불꽃놀이"),
        ("28일 밤 아홉 시랑 29일 10시에 약", "11-28 21:00, 11-29 10:00", "약"),
        ("매년 12월 31일 밤 12시에 타종", "year1 00:00", "타종"),
        ("매달 1일 9시랑 15일 10시에 월급", "month1 09:00, month15 10:00", "월급"),
        ("매일 9시랑 내일 10시에 약", "day 09:00, 11-22 10:00", "약"),
        ("월요일 9시랑 매주 수요일 10시에 회의", "11-23 09:00, week(2,) 10:00", "회의"),
    ],
)
def test_days_with_a_time_of_their_own(text: str, times: str, rest: str) -> None:
    when, left = read(text, NOW)
    assert when
    assert (told(when), left) == (times, rest)


@pytest.mark.parametrize(
    ("text", "times", "rest"),
    [
        ("월요일 9시부터 화요일 10시까지", "11-23 09:00", "화요일 10시까지"),
        ("월요일 9시~화요일 10시", "11-23 09:00", "화요일 10시"),
        ("내일 9시 모레 10시 비행기", "11-22 09:00", "모레 10시 비행기"),
        ("내일 9시에, 모레 10시 회의 준비", "11-22 09:00", "모레 10시 회의 준비"),
        ("내일 9시에 모레 10시 기차 예매", "11-22 09:00", "모레 10시 기차 예매"),
        ("내일 9시, 모레 회의 준비", "11-22 09:00", "모레 회의 준비"),
        ("내일 9시 회의랑 모레 10시 병원", "11-22 09:00", "회의랑 모레 10시 병원"),
        ("내일 9시, 13시", "11-22 09:00, 11-22 13:00", ""),
        ("25시랑 내일 10시에", "11-22 10:00", "25시랑"),
    ],
)
def test_what_is_no_list_of_days(text: str, times: str, rest: str) -> None:
    when, left = read(text, NOW)
    assert when
    assert (told(when), left) == (times, rest)


@pytest.mark.parametrize("text", ["내일이랑 모레 날씨", "내일, 모레 날씨", "이번 주말이랑 다음 주 날씨"])
def test_days_without_times_are_no_list(text: str) -> None:
    when, _ = read(text, NOW)
    assert when
    assert (when.clock, when.others) == (None, ())


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("밤 11시랑 12시에", "23:00, 00:00"),
        ("저녁 9시, 12시", "21:00, 00:00"),
        ("저녁 9시랑 자정에", "21:00, 00:00"),
        ("저녁 9시, 밤 12시", "21:00, 00:00"),
        ("21시, 24시에", "21:00, 00:00"),
        ("내일 밤 11시랑 12시에", "11-22 23:00, 11-23 00:00"),
        ("내일 저녁 9시, 12시에", "11-22 21:00, 11-23 00:00"),
        ("월요일 저녁 9시랑 12시에", "11-23 21:00, 11-24 00:00"),
        ("내일 밤 11시, 12시, 1시", "11-22 23:00, 11-23 00:00, 11-23 01:00"),
        ("내일 밤 11시랑 새벽 2시에", "11-22 23:00, 11-23 02:00"),
        ("오늘 3시랑 자정에", "11-21 15:00, 11-22 00:00"),
        ("내일 자정이랑 아침 8시에", "11-23 00:00, 11-23 08:00"),
        ("매일 밤 11시랑 12시에", "day 23:00, day 00:00"),
        ("매주 월요일 밤 11시랑 12시에", "week(0,) 23:00, week(1,) 00:00"),
        ("평일 밤 11시랑 12시에", "weekday 23:00, week(1,2,3,4,5) 00:00"),
        ("주말 밤 11시마다, 12시마다", "weekend 23:00, week(0,6) 00:00"),
        ("매달 말일 밤 11시랑 12시에", "month31 23:00, month1 00:00"),
        # 오늘 9시 is over, so that 13시 would come before it: the morning's is meant
        ("오늘 9시, 13시", "11-21 09:00, 11-21 13:00"),
        ("오늘이랑 내일 9시, 13시", "11-21 09:00, 11-21 13:00, 11-22 09:00, 11-22 13:00"),
        # by day it is noon
        ("내일 9시, 12시", "11-22 09:00, 11-22 12:00"),
        ("아침 9시, 12시, 6시에", "09:00, 12:00, 18:00"),
        ("9시 12시 6시에", "21:00, 12:00, 18:00"),
        ("저녁 8시랑 아침 8시에", "20:00, 08:00"),
    ],
)
def test_twelve_after_an_evening_s_time_is_the_midnight_after(text: str, times: str) -> None:
    when, rest = read(text, NOW)
    assert when
    assert (told(when), rest) == (times, "")


@pytest.mark.parametrize(
    ("text", "day", "clock", "rest"),
    [
        ("추석 9시에", "2027-09-15", "09:00", ""),
        ("2027년 추석 9시에", "2027-09-15", "09:00", ""),
        ("2028년 추석 9시에 전화", "2028-10-03", "09:00", "전화"),
        ("27년 추석 9시", "2027-09-15", "09:00", ""),
        ("내년 크리스마스 아침 9시", "2027-12-25", "09:00", ""),
        ("내년크리스마스 아침 9시", "2027-12-25", "09:00", ""),
        ("내후년의 설날 전날 8시", "2028-01-26", "08:00", ""),
        ("올해 크리스마스 9시", "2026-12-25", "09:00", ""),
        ("올해 추석 9시", "2026-09-25", "09:00", ""),  # over: asked for again
    ],
)
def test_a_year_settles_which_day_of_a_name_is_meant(text: str, day: str, clock: str, rest: str) -> None:
    when, left = read(text, NOW)
    assert when
    assert (str(when.day), f"{when.clock:%H:%M}", left) == (day, clock, rest)


def test_a_year_that_the_lunar_tables_lack_names_no_day() -> None:
    assert no_day("2060년 추석 9시에 알려줘", NOW) == "2060년 추석"


@pytest.mark.parametrize("text", ["내일 9시랑 ", "내일 9시, ", "99시, 내일 9시 ", "9시랑 12시 그리고 "])
def test_a_long_list_is_read_quickly(text: str) -> None:
    started = clocks.process_time()
    read(text * (4096 // len(text)), NOW)
    assert clocks.process_time() - started < 1


@pytest.mark.parametrize(
    ("day", "month", "number"), [("12월 31일", 1, 1), ("6월 3일", 6, 4), ("2월 28일", 3, 1), ("2월 29일", 3, 1)]
)
def test_midnight_of_a_years_day_is_the_next_days(day: str, month: int, number: int) -> None:
    when, _ = read(f"매년 {day} 밤 12시에 축하", NOW)
    assert when
    assert when.every
    assert (when.every.month, when.every.day) == (month, number)


@pytest.mark.parametrize(
    ("text", "times", "rest"),
    [
        ("30분 뒤랑 1시간 뒤에 알려줘", ["0:30:00", "1:00:00"], "알려줘"),
        ("30분 후하고 한 시간 후에 물 마시라고 알려줘", ["0:30:00", "1:00:00"], "물 마시라고 알려줘"),
        ("10분 뒤랑 20분 뒤랑 30분 뒤에 깨워줘", ["0:10:00", "0:20:00", "0:30:00"], "깨워줘"),
        ("10분 뒤, 20분 뒤랑 30분 뒤", ["0:10:00", "0:20:00", "0:30:00"], ""),
        ("30분 뒤, 1시간 뒤, 2시간 뒤에 스트레칭", ["0:30:00", "1:00:00", "2:00:00"], "스트레칭"),
        ("10분 뒤, 내일 9시에 약", ["0:10:00", "2026-11-22 09:00:00"], "약"),
        ("내일 9시랑 30분 뒤에 약", ["2026-11-22 09:00:00", "0:30:00"], "약"),
    ],
)
def test_lengths_in_a_list(text: str, times: list[str], rest: str) -> None:
    when, left = read(text, NOW)
    assert when
    assert [str(one.after or f"{one.day} {one.clock}") for one in (when, *when.others)] == times
    assert left == rest


@pytest.mark.parametrize("text", ["내일, ", "내일이랑 ", "내일 9시, ", "12월 24일, ", "30분 뒤랑 ", "월요일 9시랑 "])
def test_a_list_without_end_is_read_in_time(text: str) -> None:
    began = clocks.process_time()
    read(text * 400 + "9시", NOW)
    assert clocks.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("다음 주 월요일이랑 화요일 9시에", "11-30 09:00, 12-01 09:00"),
        ("다음 주 월요일, 수요일 9시에", "11-30 09:00, 12-02 09:00"),
        ("다음 주 월요일 9시랑 수요일 10시에", "11-30 09:00, 12-02 10:00"),
        ("내일 9시랑 수요일 10시에", "11-24 09:00, 11-25 10:00"),
    ],
)
def test_a_weekday_is_in_the_week_of_the_day_before(text: str, times: str) -> None:
    when, _ = read(text, NOW.replace(day=23))  # a Monday
    assert when
    assert told(when) == times


@pytest.mark.parametrize(
    ("text", "times", "day"),
    [
        ("11월 30일이랑 31일 9시", "11-30 09:00", "11월 31일"),
        ("11월 30일이랑 11월 31일 9시", "11-30 09:00", "11월 31일"),
        ("30일이랑 31일 9시", "11-30 09:00", "11월 31일"),
        ("2월 28일이랑 29일 9시", "02-28 09:00", "2월 29일"),
        ("25일이랑 말일 9시", "11-25 09:00, 11-30 09:00", ""),
        ("12월 31일이랑 1일 9시", "12-31 09:00, 01-01 09:00", ""),
        ("매달 30일이랑 31일 9시", "month30 09:00, month31 09:00", ""),
    ],
)
def test_a_day_that_the_month_lacks_is_left_out_and_named(text: str, times: str, day: str) -> None:
    when, rest = read(text, NOW)
    assert when
    assert (told(when), rest, missing(text, NOW)) == (times, "", day)
