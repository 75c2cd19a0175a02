"""Calls that are repeated until Telegram answers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.backoff import Backoff
from bot.errors import BadToken, PlatformError

Rest = Callable[[float], Awaitable[None]]
T = TypeVar("T")

FIRST, LONGEST = 1.0, 30.0  # seconds

log = logging.getLogger(__name__)


async def insist(call: Callable[[], Awaitable[T]], rest: Rest) -> T:
    """Repeat a call that may be repeated until it is answered. Raises BadToken: that one will never be."""
    backoff = Backoff(FIRST, LONGEST)
    while True:
        try:
            return await call()
        except BadToken:
            raise
        except PlatformError as error:
            pause = backoff.failed(error)
            log.warning("%s; again in %.1f s", error, pause)
            await rest(pause)
