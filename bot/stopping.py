"""SIGTERM and Ctrl-C: nothing new begins, answers under way may end, and after ten seconds the process is gone."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable

from bot import notify

log = logging.getLogger(__name__)

GRACE = 5.0  # seconds in which answers under way may end; sends under way and connections need some more
WITHIN = 10.0  # seconds after which nothing is waited for any more


class Stopping:
    """How much time is left once the bot is asked to end.

    `grace` are the seconds that answers under way get: none unless it was SIGTERM, since whoever presses Ctrl-C wants
    the terminal back. What has no time left is in the inbox for the next process, as after a kill.
    """

    def __init__(self, *, within: float = WITHIN, leave: Callable[[int], object] = os._exit) -> None:
        self.grace = 0.0
        self.last_call: threading.Timer | None = None
        self._within = within
        self._leave = leave

    async def until(self, work: Awaitable[None]) -> None:
        """Run until the work ends, or until a signal ends it in good order. A second signal leaves at once."""
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.asked, number, task)
        try:
            await task
        except asyncio.CancelledError:
            log.info("stopped")
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def asked(self, number: signal.Signals, task: asyncio.Future[None]) -> None:
        """A signal came."""
        if self.last_call:
            log.warning("asked to end once more: leaving at once; what is undone is in the inbox")
            return self._go(128 + number)
        log.info("asked to end by %s", number.name)
        notify.tell("STOPPING=1")
        self.grace = GRACE if number == signal.SIGTERM else 0.0
        # A thread, since the event loop may be what hangs; a daemon, since the process may end before.
        self.last_call = threading.Timer(self._within, self._too_late)
        self.last_call.daemon = True
        self.last_call.start()
        task.cancel()

    def _too_late(self) -> None:
        log.error("not ended within %.0f s: leaving; what is undone is in the inbox", self._within)
        self._go(1)

    def _go(self, code: int) -> None:
        self._leave(code)
