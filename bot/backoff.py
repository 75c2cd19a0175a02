"""Trying again: longer and longer, and never all at the same moment."""

from __future__ import annotations

import random

from bot.errors import Throttled


class Backoff:
    """The pauses of one row of failures: `first` seconds at most, then twice as many each time, up to `longest`."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, error: Exception | None = None, *, lasted: float = 0.0) -> float:
        """Seconds to wait now: half to all of a time that doubles, and never less than a platform named.

        What failed only after it had lasted longer than the longest pause begins a new row.
        """
        self._failures = 1 if lasted > self._longest else self._failures + 1
        most = min(self._longest, self._first * 2.0 ** min(self._failures - 1, 20))
        named = error.retry_after if isinstance(error, Throttled) else 0.0
        return max(named, random.uniform(most / 2, most))
