"""A disk that takes nothing for a while is waited for: it may be mended meanwhile, and nothing said must be lost."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.backoff import Backoff

log = logging.getLogger(__name__)
T = TypeVar("T")

_FIRST, _LONGEST = 1.0, 60.0  # seconds between two tries

# https://sqlite.org/rescode.html: full, unreadable, locked, mounted read-only or gone. All else is a fault of the work.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }
)


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
            log.error("the database takes nothing: %s; again in %.1f s", error, pause)
        await asyncio.sleep(pause)


def passing(error: sqlite3.OperationalError) -> bool:
    """Whether the disk is at fault, not the work. What our own code raises by that name has no code."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _PASSING and code != sqlite3.SQLITE_READONLY_DBMOVED  # which only a new start mends
