"""Once an hour, what is older than [memory] keep_days goes from every table that grows with what people say."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlite_utils import Database

from bot import expecting, inbox, outbox, overheard, reminders, turns
from bot.core import Core
from bot.errors import StoreError

log = logging.getLogger(__name__)

_EVERY = 3600.0  # seconds


def sweep(db: Database, now: datetime, keep_days: int) -> int:
    """A step inside a transaction; returns how many turns went. What is not done yet stays, however old."""
    expecting.sweep(db, now, keep_days)
    reminders.sweep(db, now, keep_days)
    gone = turns.sweep(db, now, keep_days)
    outbox.sweep(db, now, keep_days)
    inbox.sweep(db, now, keep_days)
    return gone


class Sweeper:
    """`quotas` lets go of what is remembered in memory of who was silent for a day."""

    def __init__(self, core: Core, quotas: Callable[[], None]) -> None:
        self._core = core
        self._quotas = quotas

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._quotas()
            try:
                await self.work()
            except (sqlite3.Error, StoreError) as error:  # a full disk may be mended meanwhile
                log.error("old conversations could not be deleted: %s; again in an hour", error)
            await asyncio.sleep(_EVERY)

    async def work(self) -> None:
        """The tables, now. What a group lets us overhear has days of its own."""
        days, now = self._core.settings.memory.keep_days, self._core.clock.now()
        await self._core.store.run(lambda db: overheard.sweep(db, now))
        if not days:
            return
        gone = await self._core.store.run(lambda db: sweep(db, now, days))
        log.info("%d turns were older than %d days and are deleted", gone, days)
        with suppress(StoreError):  # somebody reads just now: an hour later will do
            await self._core.store.checkpoint()
