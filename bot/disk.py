"""What a fault of SQLite means: wait until it is over, start anew, or mend our own code; and saying so once."""

from __future__ import annotations

import asyncio
import logging
import sqlite3

from bot.errors import Unusable

log = logging.getLogger(__name__)

_LOOK = 1.0  # seconds between two looks whether the database can still be used

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
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def passing(error: sqlite3.Error) -> bool:
    """Whether the disk is at fault, and may be mended while we wait. What our own code raises has no code."""
    return _code(error) & 0xFF in _PASSING and not lasting(error)


def lasting(error: sqlite3.Error) -> bool:
    """Whether only a new start mends it: that looks at the file, and restores a backup where it is damaged."""
    return _code(error) & 0xFF in _DAMAGED or _code(error) == sqlite3.SQLITE_READONLY_DBMOVED


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)


class Disk:
    """How the database's file is doing, as its one writer finds it.

    `unusable`: why nothing is written any more. `faults`: how often it was at fault so far.
    """

    def __init__(self) -> None:
        self.unusable: Unusable | None = None
        self.faults = 0
        self._failing = False

    def failed(self, error: Exception) -> Exception:
        """A work or a commit failed; returns what its callers are told.

        However many wait for the same disk, an operator reads of it once.
        """
        if not isinstance(error, sqlite3.Error):
            return error
        if lasting(error):
            return self._broke(error)
        if passing(error):
            self._struggles(error)
        return error

    def took(self) -> None:
        """Something was written and is on disk."""
        if self._failing:
            self._failing = False
            log.info("the database takes rows again")

    def _broke(self, error: sqlite3.Error) -> Unusable:
        if self.unusable is None:
            self.unusable = Unusable(str(error))
            log.critical("%s", self.unusable)
        return self.unusable

    def _struggles(self, error: sqlite3.Error) -> None:
        self.faults += 1
        if not self._failing:
            self._failing = True
            log.error("the database takes nothing: %s; what waits for it is tried again until it does", error)

    async def watch(self) -> None:
        """Until cancelled. Raises Unusable when this process can do nothing more with the database."""
        while self.unusable is None:  # noqa: ASYNC110 the writer's thread sets it
            await asyncio.sleep(_LOOK)
        raise self.unusable
