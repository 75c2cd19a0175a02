"""Calls at the pace a platform allows: one window per chat, one for the whole bot."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from bot.messages import Address
from bot.ports import Limits, Pace

_SPARE = 0.5  # the share of a window that may go to what can be left out (typing, edits in between)


class _Window:
    """The times of the calls in the last `pace.seconds`."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._calls: deque[float] = deque()
        self.closed_until = 0.0

    def wait(self, now: float) -> float:
        """Seconds until a call is allowed."""
        self._forget(now)
        room = 0.0 if len(self._calls) < self._pace.calls else self._calls[0] + self._pace.seconds - now
        return max(room, self.closed_until - now, 0.0)

    def spare(self, now: float) -> bool:
        """Whether a call is allowed that should leave room for those that must be made."""
        self._forget(now)
        return now >= self.closed_until and len(self._calls) < self._pace.calls * _SPARE

    def note(self, now: float) -> None:
        self._calls.append(now)

    def idle(self, now: float) -> bool:
        self._forget(now)
        return not self._calls and now >= self.closed_until

    def _forget(self, now: float) -> None:
        while self._calls and now - self._calls[0] >= self._pace.seconds:
            self._calls.popleft()


class Pacer:
    """When may a platform be called next? A 429 parks its chat alone, unless the platform says otherwise."""

    def __init__(self, limits: Limits, clock: Callable[[], float] | None = None) -> None:
        self._limits = limits
        self._clock = clock or asyncio.get_running_loop().time
        self._bot = _Window(limits.bot_pace)
        self._line = asyncio.Lock()
        self._chats: dict[Address, _Window] = {}
        self._sweep_at = 64  # so many chats, and those at rest are dropped

    async def turn(self, to: Address) -> None:
        """Wait until a call that has to be made may be made, and count it."""
        while True:
            await self._open(self._chat(to))
            async with self._line:  # who came first goes first; a chat that has to wait for itself holds up nobody
                await self._open(self._bot)
                now = self._clock()
                if self._chat(to).wait(now) <= 0:
                    return self._note(to, now)

    async def _open(self, window: _Window) -> None:
        while (wait := window.wait(self._clock())) > 0:  # noqa: ASYNC110 time alone opens it
            await asyncio.sleep(wait)

    def spare(self, to: Address) -> bool:
        """Whether a call that can be left out may be made now; counts it if so."""
        now = self._clock()
        if not (self._bot.spare(now) and self._chat(to).spare(now)):
            return False
        self._note(to, now)
        return True

    def park(self, to: Address, seconds: float, *, everywhere: bool) -> None:
        """The platform said: not for so many seconds."""
        window = self._bot if everywhere else self._chat(to)
        window.closed_until = max(window.closed_until, self._clock() + seconds)

    def parked(self) -> list[float]:
        """Seconds that each chat still has to wait for a 429."""
        now = self._clock()
        waits = (window.closed_until - now for window in self._chats.values())
        return [wait for wait in waits if wait > 0]

    def parked_everywhere(self) -> float:
        """Seconds that all chats still have to wait."""
        return max(self._bot.closed_until - self._clock(), 0.0)

    def _note(self, to: Address, now: float) -> None:
        self._bot.note(now)
        self._chat(to).note(now)

    def _chat(self, to: Address) -> _Window:
        key = Address(to.platform, to.chat)  # the topics of a forum share their group's limit
        if key not in self._chats:
            if len(self._chats) >= self._sweep_at:
                self._drop_idle()
            self._chats[key] = _Window(self._limits.chat_pace(key))
        return self._chats[key]

    def _drop_idle(self) -> None:
        now = self._clock()
        for key in [key for key, window in self._chats.items() if window.idle(now)]:
            del self._chats[key]
        self._sweep_at = max(64, 2 * len(self._chats))
