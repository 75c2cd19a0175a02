"""Trying again: longer and longer, and never all bots at the same moment."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import BadToken, PlatformError, Throttled

Rest = Callable[[float], Awaitable[None]]
T = TypeVar("T")

SHORTEST, LONGEST = 0.5, 30.0  # seconds

log = logging.getLogger(__name__)


class Backoff:
    """The pauses of one row of failures."""

    def __init__(self) -> None:
        self._failures = 0

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, error: PlatformError | None = None) -> float:
        """Seconds to wait now: what the platform named, or half to all of a time that doubles."""
        self._failures += 1
        if isinstance(error, Throttled):
            return max(SHORTEST, error.retry_after)
        longest = min(LONGEST, SHORTEST * 2.0 ** min(self._failures, 10))
        return random.uniform(max(SHORTEST, longest / 2), longest)


async def insist(call: Callable[[], Awaitable[T]], rest: Rest) -> T:
    """Repeat a call that may be repeated until it is answered. Raises BadToken: that one will never be."""
    backoff = Backoff()
    while True:
        try:
            return await call()
        except BadToken:
            raise
        except PlatformError as error:
            pause = backoff.failed(error)
            log.warning("%s; again in %.1f s", error, pause)
            await rest(pause)
