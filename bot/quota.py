"""How many messages a person and a chat may have answered in a minute and in a day."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

from bot.config import QuotaSettings
from bot.messages import Incoming


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
