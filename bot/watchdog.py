"""A platform that hears nothing any more is begun anew; when that does not help, the process ends to be restarted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import notify
from bot.config import WatchSettings
from bot.errors import Deaf
from bot.ports import Clock, Platform, Watched

log = logging.getLogger(__name__)

_LOOK = 5.0  # seconds between two looks at a pulse
_FAREWELL = 10.0  # seconds that a deaf platform gets to end


class _Silent(Exception):
    pass


class Watchdog:
    """Watches the pulses of platforms that have one."""

    def __init__(self, settings: WatchSettings, platforms: Sequence[Platform], clock: Clock) -> None:
        self._deaf = timedelta(minutes=settings.deaf_minutes)
        self._restarts = settings.restarts
        self._watched = [platform for platform in platforms if isinstance(platform, Watched)]
        self._clock = clock
        self._since = clock.now()

    async def attend(self, platform: Platform, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a platform's work until it ends, and anew whenever the platform is deaf.

        Raises Deaf when that did not help so often, and no other platform hears anything either: while one does, the
        process is well, and the other's service may just be down.
        """
        if not isinstance(platform, Watched) or not self._deaf:
            return await work()
        unheard = 0
        while True:
            began = self._clock.now()
            try:
                return await self._listening(platform, work, began)
            except _Silent:
                last = platform.pulse().last
                unheard = 1 if last and last >= began else unheard + 1
            if self._gives_up(unheard):
                raise Deaf(platform.name, platform.pulse().note)
            log.error("%s: deaf (%s): begun anew, time %d", platform.name, platform.pulse().note or "silent", unheard)

    def alive(self) -> bool:
        """Whether somebody was heard within the time that all restarts take."""
        longest = self._deaf * (self._restarts + 2)
        return not self._deaf or not self._watched or self._clock.now() - self._latest() <= longest

    async def report(self) -> None:
        """Tell the service manager that we are ready, and then again and again that the loop and the ears work."""
        notify.tell("READY=1")
        if not (every := notify.beat_every()):
            return
        while True:
            if self.alive():
                notify.tell("WATCHDOG=1")
            await asyncio.sleep(every)

    async def _listening(self, ears: Watched, work: Callable[[], Coroutine[Any, Any, None]], began: datetime) -> None:
        task = asyncio.create_task(work())
        look = min(_LOOK, self._deaf.total_seconds() / 4)
        try:
            while True:
                done, _ = await asyncio.wait([task], timeout=look)
                if done:
                    return await task
                if self._clock.now() - max(began, ears.pulse().last or began) > self._deaf:
                    raise _Silent
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=_FAREWELL)

    def _gives_up(self, unheard: int) -> bool:
        others = self._clock.now() - self._latest() <= self._deaf
        return self._restarts > 0 and unheard > self._restarts and not others

    def _latest(self) -> datetime:
        """When any platform was heard; the start, when none was."""
        return max([self._since, *(last for ears in self._watched if (last := ears.pulse().last))])
