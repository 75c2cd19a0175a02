"""Answers that somebody wrote, looked up beside the engine: a few at a time, and no more of them wait than may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.messages import Message
from model.repertoire import Repertoire
from model.schedule import QueueFull

_AT_ONCE = 4  # asyncio's threads are five or more: one is left to read prompts


class Lookups:
    """Belongs to one event loop. `room`: how many requests may still come, those that are looked up among them."""

    def __init__(self, room: Callable[[], int]) -> None:
        self._room = room
        self._under_way = 0
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def answer(self, repertoire: Repertoire, messages: Sequence[Message], seed: int | None) -> str:
        """Raises QueueFull, but to nobody in danger: they wait for no place."""
        if help_at_once := await asyncio.to_thread(repertoire.urgent, messages, seed):
            return help_at_once
        if self._under_way >= self._room():
            raise QueueFull
        self._under_way += 1
        try:
            await self._few.acquire()
            looking = asyncio.ensure_future(asyncio.to_thread(repertoire.answer, messages, seed))
            looking.add_done_callback(lambda _: self._few.release())  # a thread goes on though nobody waits for it
            return await asyncio.shield(looking)
        finally:
            self._under_way -= 1
