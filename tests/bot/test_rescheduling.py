"""A reminder gets another time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.korean.when import Every
from bot.messages import Address, Person
from bot.reminders import Reminder
from bot.rescheduling import moved, several, shift

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SEOUL)  # a Saturday


def reminder(due: str, every: Every | None = None) -> Reminder:
    at = datetime.fromisoformat(f"2026-{due}:00+09:00").astimezone(UTC)
    return Reminder(
        1, Address("console", "home"), "home", Person("console", "1", "민수"), "remind", "회의", at, "Asia/Seoul", every
    )


@pytest.mark.parametrize(
    ("text", "which", "to"),
    [
        ("7시 알람 8시로 바꿔줘", "7시", "8시로 바꿔줘"),
        ("2번 알림을 내일로 미뤄줘", "2번", "내일로 미뤄줘"),
        ("알람 30분 당겨줘", "", "30분 당겨줘"),
        ("회의 알림 시간 3시로 변경해줘", "회의", "3시로 변경해줘"),
        ("3시 말고 4시에 알려줘", "3시", "4시에 알려줘"),
        ("카드값 알림 25일 말고 24일에 오게 해줘", "카드값 25일", "24일에 오게 해줘"),
        ("운동 알림 시간 변경 저녁 7시에서 6시로", "운동 저녁 7시", "6시로"),
        ("아까 그 알람 10분만 늦춰줘", "", "10분만 늦춰줘"),
        ("매일 7시 깨우는 거 7시 15분으로 조정 가능?", "매일 7시", "7시 15분으로 조정 가능?"),
        # the new time first
        ("8시로 알람 바꿔줘", "", "8시로"),
        ("8시로 좀 바꿔줘 알람", "", "8시로"),
        ("9시로 7시 알람 변경해줘", "7시", "9시로"),
        ("내일 아침 8시로 회의 알람 바꿔줘", "회의", "내일 아침 8시로"),
        ("회의 내일 아침 8시로 알람 바꿔줘", "회의", "내일 아침 8시로"),
        ("내일로 2번 알림 미뤄줘", "2번", "내일로"),
        ("30분 뒤로 알람 미뤄줘", "", "30분 뒤로"),
        ("회의실로 가는 알람 8시로 바꿔줘", "회의실로 가는", "8시로 바꿔줘"),
    ],
)
def test_the_shift_has_two_parts(text: str, which: str, to: str) -> None:
    found = shift(text)
    assert found
    assert (found.which, found.to) == (which, to)


@pytest.mark.parametrize(
    ("due", "text", "to"),
    [
        ("11-22T07:00", "알람 8시로 바꿔줘", "11-22 08:00"),
        ("11-22T19:00", "알람 8시로 바꿔줘", "11-22 20:00"),
        ("11-22T19:00", "알람 아침 8시로 바꿔줘", "11-22 08:00"),
        ("11-22T15:00", "알림 다음 주 월요일로 미뤄줘", "11-23 15:00"),
        ("11-24T15:00", "알림 내일로 당겨줘", "11-22 15:00"),
        ("11-24T15:00", "알림 내일 4시로 당겨줘", "11-22 16:00"),
        ("11-22T07:00", "알람 30분 미뤄줘", "11-22 07:30"),
        ("11-22T07:00", "알람 한 시간 당겨줘", "11-22 06:00"),
        ("11-25T07:00", "알람 이틀 뒤로 미뤄줘", "11-27 07:00"),
        ("11-22T22:00", "알람 자정으로 바꿔줘", "11-23 00:00"),
        ("11-22T07:00", "일찍 일어나기 알림 30분 미뤄줘", "11-22 07:30"),
    ],
)
def test_its_new_time_is_near_its_old_one(due: str, text: str, to: str) -> None:
    asked = shift(text)
    assert asked
    found = moved(reminder(due), asked, NOW)
    assert found
    assert found[0].strftime("%m-%d %H:%M") == to
    assert found[1] is None


def test_a_repeat_goes_on_at_the_new_time() -> None:
    asked = shift("알람 8시로 바꿔줘")
    assert asked
    daily = Every("day")
    assert moved(reminder("11-22T07:00", daily), asked, NOW) == (datetime(2026, 11, 22, 8, tzinfo=SEOUL), daily)
    again = shift("알람 매주 월요일 9시로 바꿔줘")
    assert again
    mondays = Every("week", (0,))
    assert moved(reminder("11-22T07:00", daily), again, NOW) == (datetime(2026, 11, 23, 9, tzinfo=SEOUL), mondays)


@pytest.mark.parametrize(
    ("due", "had", "text", "to", "every"),
    [
        ("11-24T15:00", None, "알람 매주로 바꿔줘", "11-24 15:00", Every("week", (1,))),
        ("12-08T15:00", None, "알람 매주로 바꿔줘", "12-08 15:00", Every("week", (1,))),
        ("11-24T15:00", None, "알람 매주 4시로 바꿔줘", "11-24 16:00", Every("week", (1,))),
        ("11-21T15:00", None, "알람 매주 아침 9시로 바꿔줘", "11-28 09:00", Every("week", (5,))),
        ("11-24T15:00", Every("day"), "알람 격주로 바꿔줘", "11-24 15:00", Every("week", (1,), interval=2)),
        ("11-23T15:00", Every("week", (0, 2)), "알람 격주로 바꿔줘", "11-23 15:00", Every("week", (0, 2), interval=2)),
        ("11-25T07:00", None, "알람 매달 9시로 바꿔줘", "11-25 09:00", Every("month", day=25)),
        ("11-30T07:00", Every("month", day=31), "알람 매달 9시로 바꿔줘", "11-30 09:00", Every("month", day=31)),
        ("12-25T07:00", None, "알람 매년 9시로 바꿔줘", "12-25 09:00", Every("year", day=25, month=12)),
        ("11-25T07:00", None, "알람 매달 1일 9시로 바꿔줘", "12-01 09:00", Every("month", day=1)),
    ],
)
def test_as_often_as_said_on_the_day_that_it_had(due: str, had: Every | None, text: str, to: str, every: Every) -> None:
    asked = shift(text)
    assert asked
    found = moved(reminder(due, had), asked, NOW)
    assert found
    assert (found[0].strftime("%m-%d %H:%M"), found[1]) == (to, every)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("알람 9시, 13시로 바꿔줘", True),
        ("9시, 13시로 알람 바꿔줘", True),
        ("알람 내일 9시랑 모레 10시로 바꿔줘", True),
        ("알람 9시로 바꿔줘", False),
        ("9시로 7시 알람 변경해줘", False),
    ],
)
def test_one_reminder_has_one_time(text: str, more: bool) -> None:
    asked = shift(text)
    assert asked
    assert several(asked, NOW) is more


@pytest.mark.parametrize(
    ("text", "to", "every"),
    [
        ("알람 10시로 바꿔줘", "11-22 10:00", Every("day", until=date(2026, 11, 27))),
        ("알람 매주 월요일로 바꿔줘", "11-23 09:00", Every("week", (0,), until=date(2026, 11, 27))),
        ("알람 다음 달 1일까지로 바꿔줘", "11-22 09:00", Every("day", until=date(2026, 12, 1))),
    ],
)
def test_a_repeat_that_ends_keeps_its_end_unless_another_is_said(text: str, to: str, every: Every) -> None:
    asked = shift(text)
    assert asked
    found = moved(reminder("11-22T09:00", Every("day", until=date(2026, 11, 27))), asked, NOW)
    assert found
    assert (found[0].astimezone(SEOUL).strftime("%m-%d %H:%M"), found[1]) == (to, every)


def test_what_comes_once_has_no_end_to_move() -> None:
    asked = shift("알람 금요일까지만 바꿔줘")
    assert asked
    assert moved(reminder("11-22T09:00"), asked, NOW) is None


def test_till_a_time_what_comes_once_is_put_off() -> None:
    asked = shift("알람 3시까지 미뤄줘")
    assert asked
    found = moved(reminder("11-22T14:00"), asked, NOW)
    assert found
    assert f"{found[0].astimezone(SEOUL):%m-%d %H:%M}" == "11-22 15:00"


@pytest.mark.parametrize(
    "text", ["알람 내일은 8시로 바꿔줘", "알람 금요일까지 미뤄줘", "알람 금요일까지 10시로 바꿔줘"]
)
def test_another_day_is_none_for_what_comes_again(text: str) -> None:
    asked = shift(text)
    assert asked
    assert moved(reminder("11-23T07:00", Every("day")), asked, NOW) is None


@pytest.mark.parametrize("text", ["알람 시끄럽게 바꿔줘", "알람 어제로 바꿔줘", "알람 3시간 당겨줘"])
def test_without_a_time_ahead_nothing_moves(text: str) -> None:
    asked = shift(text)
    assert asked
    assert moved(reminder("11-21T12:00"), asked, NOW) is None
