"""Who may be answered: lists and strangers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.config import AccessSettings
from bot.gate import Facts, Verdict, judge, standing
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
