"""How many requests somebody may make: a bucket for each, which fills evenly."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable


class Rates:
    """At most `per_minute` requests of one name at once, and as many in any minute after; 0: no limit.

    The `most` names that asked last are remembered: whoever is forgotten begins with a full bucket.
    """

    def __init__(self, per_minute: int, now: Callable[[], float], *, most: int = 20_000) -> None:
        self._per_minute = per_minute
        self._now = now
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, and when that was

    def wait(self, name: str) -> float:
        """Take one request; 0.0 when it is welcome, else the seconds until one will be."""
        if not self._per_minute:
            return 0.0
        now, rate = self._now(), self._per_minute / 60
        left, since = self._buckets.pop(name, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * rate)
        granted = left >= 1
        self._buckets[name] = (left - granted, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0.0 if granted else (1 - left) / rate
