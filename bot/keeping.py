"""Backups by the clock, and whenever the operator asks for one."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import backups
from bot.backups import Backup
from bot.config import BackupSettings
from bot.errors import IrangError, StoreError
from bot.ports import Clock

log = logging.getLogger(__name__)

_SOON = 60.0  # seconds after the start, when one is overdue: people are answered first
_AGAIN = 600.0  # seconds after one that failed


class Keeper:
    """Makes the backups of a running bot's data folder."""

    def __init__(self, folder: Path, settings: BackupSettings, clock: Clock) -> None:
        self._folder = folder
        self._every = timedelta(hours=settings.every_hours)
        self._keep = settings.keep
        self._clock = clock
        self._one = asyncio.Lock()

    async def run(self) -> None:
        """Back up when the time has come, until cancelled. What fails is tried again: a full disk may be mended."""
        while self._every:
            await asyncio.sleep(max(_SOON, self.due_in()))
            try:
                backup = await self.back_up()
                log.info("backed up to %s", backup.name)
            except StoreError as error:
                log.error("no backup: %s; again in %.0f minutes", error, _AGAIN / 60)
                await asyncio.sleep(_AGAIN)

    def due_in(self) -> float:
        """Seconds until the next one; a clock that was set back does not put it off."""
        now = self._clock.now()
        newest = next((backup.at for backup in backups.taken(self._folder) if backup.at <= now), None)
        return (newest + self._every - now).total_seconds() if newest else 0.0

    async def back_up(self, to: Path | None = None) -> Backup:
        """One backup now, and the oldest removed. Raises StoreError. Being cancelled ends the copying."""
        halt = threading.Event()
        async with self._one:
            try:
                backup = await asyncio.to_thread(backups.make, self._folder, self._clock.now(), to, halt=halt)
                await asyncio.to_thread(backups.prune, self._folder, self._keep)
            except (OSError, sqlite3.Error) as error:
                raise StoreError(f"the backup could not be written ({error}): check owner and free space") from None
            finally:
                halt.set()
        return backup

    async def asked(self, wish: Mapping[str, Any]) -> Mapping[str, Any]:
        """`irang backup`, through the control socket."""
        try:
            backup = await self.back_up(Path(str(wish["to"])) if wish.get("to") else None)
        except StoreError as error:
            raise IrangError(str(error)) from None
        return {"path": str(backup.path)}
