"""Who may be answered: lists, strangers, and quotas at their exact limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.config import AccessSettings, QuotaSettings
from bot.gate import Facts, Usage, Verdict, judge, standing
from bot.messages import Address, Incoming, MessageRef, Person

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINSU, YUNA = Person("telegram", "1", "민수"), Person("telegram", "2", "유나")


def from_(person: Person = MINSU, chat: str = "10", platform: str = "telegram") -> Incoming:
    address = Address(platform, chat)
    return Incoming(address, MessageRef(platform, chat, "1"), person, "안녕", NOW, addressed=True, private=True)


# ---- who -------------------------------------------------------------------------------------------


def test_a_stranger_is_nobody_unless_the_door_is_open() -> None:
    assert standing(from_(), AccessSettings(), local=False, owner=False) is None
    assert standing(from_(), AccessSettings(open=True), local=False, owner=False) == "guest"


@pytest.mark.parametrize(
    ("access", "who"),
    [
        (AccessSettings(owners=["telegram:1"]), "owner"),
        (AccessSettings(admins=["telegram:1"]), "admin"),
        (AccessSettings(people=["telegram:1"]), "guest"),
        (AccessSettings(chats=["telegram:10"]), "guest"),
        (AccessSettings(owners=["telegram:1"], admins=["telegram:1"], people=["telegram:1"]), "owner"),
        (AccessSettings(people=["telegram:10"], chats=["telegram:1"]), None),  # a person's id is no chat's
        (AccessSettings(owners=["discord:1"], admins=["discord:1"], people=["discord:1"], chats=["discord:10"]), None),
    ],
)
def test_the_lists_say_who_somebody_is(access: AccessSettings, who: str | None) -> None:
    assert standing(from_(), access, local=False, owner=False) == who


def test_whoever_claimed_the_bot_or_sits_at_its_terminal_is_the_owner() -> None:
    assert standing(from_(), AccessSettings(), local=False, owner=True) == "owner"
    assert standing(from_(), AccessSettings(), local=True, owner=False) == "owner"


@pytest.mark.parametrize(
    ("known", "facts", "verdict"),
    [
        (None, Facts(refused_before=False, claiming=False, over_quota=False), "refuse"),
        (None, Facts(refused_before=True, claiming=False, over_quota=False), "ignore"),
        (None, Facts(refused_before=True, claiming=True, over_quota=True), "pass"),
        ("guest", Facts(refused_before=True, claiming=False, over_quota=False), "pass"),
        ("guest", Facts(refused_before=False, claiming=False, over_quota=True), "too_many"),
        ("admin", Facts(refused_before=False, claiming=False, over_quota=True), "pass"),
        ("owner", Facts(refused_before=True, claiming=False, over_quota=True), "pass"),
    ],
)
def test_the_verdict(known: None, facts: Facts, verdict: Verdict) -> None:
    assert judge(known, facts) == verdict


# ---- how much --------------------------------------------------------------------------------------

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
