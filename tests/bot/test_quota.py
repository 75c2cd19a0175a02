"""Quotas at their exact limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.config import QuotaSettings
from bot.messages import Address, Incoming, MessageRef, Person
from bot.quota import Usage

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINSU, YUNA = Person("telegram", "1", "민수"), Person("telegram", "2", "유나")


def from_(person: Person = MINSU, chat: str = "10", platform: str = "telegram") -> Incoming:
    address = Address(platform, chat)
    return Incoming(address, MessageRef(platform, chat, "1"), person, "안녕", NOW, addressed=True, private=True)


NO_LIMIT = QuotaSettings(person_per_minute=0, person_per_day=0, chat_per_minute=0, chat_per_day=0)


def answered(usage: Usage, incoming: Incoming, now: datetime, times: int = 100) -> int:
    """How many of so many messages are answered."""
    count = 0
    while count < times and not usage.exceeded(incoming, now):
        usage.count(incoming, now)
        count += 1
    return count


@pytest.mark.parametrize("limit", ["person_per_minute", "person_per_day", "chat_per_minute", "chat_per_day"])
def test_exactly_as_many_as_allowed_are_answered(limit: str) -> None:
    usage = Usage(NO_LIMIT.model_copy(update={limit: 3}))
    assert answered(usage, from_(), NOW) == 3


@pytest.mark.parametrize(("limit", "span"), [("minute", timedelta(minutes=1)), ("day", timedelta(days=1))])
@pytest.mark.parametrize("whose", ["person", "chat"])
def test_a_limit_ends_with_its_span_and_not_a_moment_sooner(whose: str, limit: str, span: timedelta) -> None:
    usage = Usage(NO_LIMIT.model_copy(update={f"{whose}_per_{limit}": 2}))
    assert answered(usage, from_(), NOW) == 2
    assert answered(usage, from_(), NOW + span - timedelta(microseconds=1)) == 0
    assert answered(usage, from_(), NOW + span) == 2


def test_a_window_slides_with_its_oldest_message() -> None:
    usage = Usage(NO_LIMIT.model_copy(update={"person_per_minute": 2}))
    assert answered(usage, from_(), NOW, times=1) == 1
    assert answered(usage, from_(), NOW + timedelta(seconds=30)) == 1
    assert answered(usage, from_(), NOW + timedelta(seconds=60)) == 1


def test_zero_is_no_limit() -> None:
    assert answered(Usage(NO_LIMIT), from_(), NOW, times=5000) == 5000


def test_a_person_takes_the_quota_along_from_chat_to_chat() -> None:
    usage = Usage(NO_LIMIT.model_copy(update={"person_per_minute": 2}))
    assert answered(usage, from_(chat="10"), NOW) == 2
    assert answered(usage, from_(chat="11"), NOW) == 0
    assert answered(usage, from_(YUNA, chat="10"), NOW) == 2


def test_a_chat_s_quota_is_everybody_s_together() -> None:
    usage = Usage(NO_LIMIT.model_copy(update={"chat_per_minute": 3}))
    assert answered(usage, from_(MINSU), NOW, times=2) == 2
    assert answered(usage, from_(YUNA), NOW) == 1
    assert answered(usage, from_(YUNA, chat="11"), NOW) == 3


def test_equal_ids_on_two_platforms_are_two_people() -> None:
    usage = Usage(NO_LIMIT.model_copy(update={"person_per_minute": 1, "chat_per_minute": 1}))
    assert answered(usage, from_(), NOW) == 1
    assert answered(usage, from_(replace(MINSU, platform="discord"), platform="discord"), NOW) == 1


def test_who_was_silent_for_a_day_is_dropped_and_the_others_are_kept() -> None:
    usage = Usage(QuotaSettings())
    usage.count(from_(MINSU, "10"), NOW)
    usage.count(from_(YUNA, "11"), NOW + timedelta(hours=1))
    usage.sweep(NOW + timedelta(days=1))
    assert set(usage._times) == {("person", "telegram", "2"), ("chat", "telegram", "11")}
    usage.sweep(NOW + timedelta(days=2))
    assert usage._times == {}


def test_a_clock_that_is_set_back_locks_nobody_out_for_ever() -> None:
    usage = Usage(NO_LIMIT.model_copy(update={"person_per_minute": 1}))
    assert answered(usage, from_(), NOW + timedelta(hours=5)) == 1
    assert answered(usage, from_(), NOW) == 0
    assert answered(usage, from_(), NOW + timedelta(hours=5, minutes=1)) == 1
