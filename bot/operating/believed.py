"""What is costly to find out, found out once at a time and believed for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Believed(Generic[T]):
    """`find` is asked at most once in `seconds`; those who ask meanwhile get the same answer, or wait for it."""

    def __init__(self, find: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._find = find
        self._seconds = seconds
        self._found: tuple[float, T] | None = None
        self._looking = asyncio.Lock()

    async def get(self) -> T:
        async with self._looking:
            if self._found is None or time.monotonic() - self._found[0] >= self._seconds:
                found = await self._find()
                self._found = time.monotonic(), found
            return self._found[1]

    def doubt(self) -> None:
        """Find it out anew the next time."""
        self._found = None
