"""May this message be answered? Pure: facts in, verdict out."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.command import Standing
from bot.config import AccessSettings, QuotaSettings
from bot.messages import Incoming

Verdict = Literal["pass", "ignore", "refuse", "too_many"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gate must know besides who speaks."""

    refused_before: bool
    claiming: bool
    over_quota: bool


def standing(
    incoming: Incoming, access: AccessSettings, *, local: bool, owner: bool, keyed: bool = False
) -> Standing | None:
    """Who this is here; None: a stranger. `keyed`: they have shown the platform's key."""
    person = f"{incoming.person.platform}:{incoming.person.id}"
    if local or owner or person in access.owners:
        return "owner"
    if person in access.admins:
        return "admin"
    chat = f"{incoming.address.platform}:{incoming.address.chat}"
    if access.open or keyed or person in access.people or chat in access.chats:
        return "guest"
    return None


def judge(known: Standing | None, facts: Facts) -> Verdict:
    """The verdict on a message that is meant for us.

    A stranger hears one refusal, then nothing more, but can always show the code that makes them the owner.
    """
    if known is None:
        return "pass" if facts.claiming else "ignore" if facts.refused_before else "refuse"
    if known == "guest" and facts.over_quota:
        return "too_many"
    return "pass"


class Usage:
    """How many messages each person and each chat had answered in the last minute and the last day.

    Kept in memory: a restart forgives everybody. A person or chat that was silent for a day is dropped.
    """

    def __init__(self, quota: QuotaSettings) -> None:
        self._limits = {
            "person": (quota.person_per_minute, quota.person_per_day),
            "chat": (quota.chat_per_minute, quota.chat_per_day),
        }
        # Lists, since an empty deque takes 760 bytes, and most of the people of a day write once or twice.
        self._times: dict[tuple[str, str, str], list[datetime]] = {}

    def exceeded(self, incoming: Incoming, now: datetime) -> bool:
        return any(self._full(key, now) for key in _keys(incoming))

    def count(self, incoming: Incoming, now: datetime) -> None:
        for key in _keys(incoming):
            self._times.setdefault(key, []).append(now)

    def sweep(self, now: datetime) -> None:
        """Drop who was silent for a day."""
        for key in [key for key, times in self._times.items() if not _within(times, now, timedelta(days=1))]:
            del self._times[key]

    def _full(self, key: tuple[str, str, str], now: datetime) -> bool:
        minute, day = self._limits[key[0]]
        times = self._times.get(key)
        if times is None:
            return False
        today = _within(times, now, timedelta(days=1))
        return bool(day and today >= day) or bool(minute and _since(times, now - timedelta(minutes=1)) >= minute)


def _keys(incoming: Incoming) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    person, address = incoming.person, incoming.address
    return ("person", person.platform, person.id), ("chat", address.platform, address.chat)


def _within(times: list[datetime], now: datetime, span: timedelta) -> int:
    """How many times are left after the older ones are dropped."""
    del times[: bisect_right(times, now - span)]
    return len(times)


def _since(times: list[datetime], start: datetime) -> int:
    return len(times) - bisect_right(times, start)
