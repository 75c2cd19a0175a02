"""English time words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.korean.when import Every, When, read

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))  # a Saturday


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("in 10 minutes", When(after=timedelta(minutes=10))),
        ("in an hour", When(after=timedelta(hours=1))),
        ("in half an hour", When(after=timedelta(minutes=30))),
        ("1 hour and 30 minutes", When(after=timedelta(minutes=90))),
        ("30 seconds from now", When(after=timedelta(seconds=30))),
        ("tomorrow at 8am", When(date(2026, 11, 22), clock=time(8))),
        ("tomorrow 8:30 pm", When(date(2026, 11, 22), clock=time(20, 30))),
        ("at 7 tomorrow", When(date(2026, 11, 22), clock=time(7))),
        ("tomorrow morning", When(date(2026, 11, 22), clock=time(8))),
        ("at noon", When(clock=time(12))),
        ("in 3 days at 5pm", When(date(2026, 11, 24), clock=time(17))),
        ("next Monday at 9", When(date(2026, 11, 23), clock=time(9))),
        ("on Friday at 12 am", When(date(2026, 11, 27), clock=time(0))),
        ("December 25th at noon", When(date(2026, 12, 25), clock=time(12))),
        ("every day at 10 PM", When(clock=time(22), every=Every("day"))),
        ("every Monday at 9am", When(clock=time(9), every=Every("week", (0,)))),
        ("every Monday and Friday at 9", When(clock=time(9), every=Every("week", (0, 4)))),
        ("every Mon, Wed and Fri at 7am", When(clock=time(7), every=Every("week", (0, 2, 4)))),
        ("every other Tuesday at 10", When(clock=time(10), every=Every("week", (1,), interval=2))),
        ("on Mondays at 9", When(clock=time(9), every=Every("week", (0,)))),
        ("on weekdays at 7am", When(clock=time(7), every=Every("weekday"))),
        ("in an hour and a half", When(after=timedelta(minutes=90))),
        ("at half past seven", When(clock=time(19, 30))),
        ("tomorrow at quarter to eight", When(date(2026, 11, 22), clock=time(7, 45))),
        ("every weekday at 7:15 am", When(clock=time(7, 15), every=Every("weekday"))),
        ("every other day at 9", When(clock=time(9), every=Every("day", interval=2))),
        ("every 1.5 hours", When(every=Every("minute", interval=90))),
        ("on sat at 9", When(date(2026, 11, 28), clock=time(9))),
        ("every 2 hours", When(every=Every("minute", interval=120))),
        ("every morning", When(clock=time(8), every=Every("day"))),
    ],
)
def test_what_is_meant(text: str, when: When) -> None:
    found, rest = read(f"{text} call mom", NOW)
    assert (found, rest) == (when, "call mom")


@pytest.mark.parametrize(
    "text",
    [
        "maybe",
        "sunny side up",
        "fridge",
        "a march of ants",
        "at 25",
        "in town",
        "13am",
        "10th",
        "every minute",
        "sun cream",
        "at 7-eleven",
    ],
)
def test_other_words_are_no_time(text: str) -> None:
    assert read(text, NOW) == (None, text)


def test_a_time_stands_in_a_korean_sentence() -> None:
    found, rest = read("내일 3pm에 회의", NOW)
    assert (found, rest) == (When(date(2026, 11, 22), clock=time(15)), "회의")
