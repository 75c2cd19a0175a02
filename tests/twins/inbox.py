"""An inbox in memory, and a platform running into it: for tests of adapters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from adapters.discord import Discord
from bot.command import Command
from bot.messages import Cursor, Raw
from bot.ports import Platform


class Inbox:
    """A bot.ports.Intake. `door`, once cleared, keeps commits waiting; `failures` are raised by the next ones."""

    def __init__(self) -> None:
        self.rows: dict[str, Raw] = {}  # by key
        self.marks: dict[str, str] = {}
        self.known = 0  # rows that came again
        self.knocks = 0  # calls of take, also those that wait or fail
        self.door = asyncio.Event()
        self.door.set()
        self.failures: list[Exception] = []
        self._pulse = asyncio.Event()

    async def take(self, platform: str, rows: Sequence[Raw], cursor: Cursor | None = None) -> None:
        self.knocks += 1
        self._changed()
        await self.door.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.known += sum(row.key in self.rows for row in rows)
        self.rows |= {row.key: row for row in rows if row.key not in self.rows}
        if cursor:
            self.marks[cursor.name] = cursor.value
        self._changed()

    async def cursors(self, platform: str) -> Mapping[str, str]:
        return dict(self.marks)

    async def until(self, holds: Callable[[], object], within: float = 10.0) -> None:
        """Wait for something to hold, looking again at each knock and each commit. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                await self._pulse.wait()

    def _changed(self) -> None:
        self._pulse.set()
        self._pulse = asyncio.Event()


class Naps:
    """Rests that take no time, noted in seconds."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def running(platform: Platform, inbox: Inbox, commands: Sequence[Command] = ()) -> AsyncIterator[None]:
    """The platform at work; it is cancelled at the end, and what it died of before is raised."""
    work = asyncio.create_task(platform.run(inbox, commands))
    try:
        yield
    finally:
        work.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await work
        finally:
            if isinstance(platform, Discord):  # it can run again afterwards; Telegram's connections are over for good
                await platform.close()
