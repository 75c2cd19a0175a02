"""A disk that takes nothing for a while is waited for: it may be mended meanwhile, and nothing said must be lost."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.backoff import Backoff
from bot.disk import passing

log = logging.getLogger(__name__)
T = TypeVar("T")

_FIRST, _LONGEST = 1.0, 60.0  # seconds between two tries


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, and once more whenever the disk is at fault; raises what waiting can't mend."""
    backoff = Backoff(_FIRST, _LONGEST)
    while True:
        try:
            return await work()
        except sqlite3.OperationalError as error:
            if not passing(error):
                raise
            pause = backoff.failed()
            log.debug("the database takes nothing: %s; again in %.1f s", error, pause)  # the store says it aloud, once
        await asyncio.sleep(pause)
