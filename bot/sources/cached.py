"""What is known is told again for a while; asked for at once, it is fetched once; in trouble the last of it serves."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.errors import SourceBusy, SourceError, SourceRefused
from bot.ports import Clock

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_REST = timedelta(seconds=30)  # a key that failed isn't asked for again before
_REFUSED_REST = timedelta(minutes=10)  # whom a source refuses, it may block for going on
_KEEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known(Generic[V]):
    """What a source said, and when (UTC); not `fresh`: it couldn't be asked now, and this is the last that it said."""

    value: V
    at: datetime
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    """The last word of a source, if any, and the fault since then, if any; nobody asks before `until`."""

    known: Known[V] | None
    fault: SourceError | None
    until: datetime


class Cached(Generic[K, V]):
    """What one source said, by key: at most `size` of them, the least recently wanted go first.

    fresh  how long a value is told without asking again
    keep   how old a value may be that is told when asking fails
    """

    def __init__(self, clock: Clock, fresh: timedelta, *, keep: timedelta = _KEEP, size: int = 2_000) -> None:
        self._clock = clock
        self._fresh = fresh
        self._keep = keep
        self._size = size
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._asking: dict[K, asyncio.Task[_Entry[V]]] = {}
        self._shut: _Entry[V] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    async def get(self, key: K, ask: Callable[[], Awaitable[V]]) -> Known[V]:
        """The value of `key`, which `ask` fetches. Raises its SourceError when nothing young enough is known."""
        entry = self._at_rest(key)
        if entry is None:
            task = self._asking.get(key) or self._start(key, ask)
            entry = await asyncio.shield(task)  # somebody who gives up doesn't take it from the others
        return self._told(entry)

    async def close(self) -> None:
        """End what is being asked."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _at_rest(self, key: K) -> _Entry[V] | None:
        """The entry when the source shall not be asked for it now."""
        now = self._clock.now()
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            if now < entry.until:
                return entry
        if self._shut is not None and now < self._shut.until:
            return _Entry(entry.known if entry else None, self._shut.fault, self._shut.until)
        return None

    def _start(self, key: K, ask: Callable[[], Awaitable[V]]) -> asyncio.Task[_Entry[V]]:
        task = asyncio.create_task(self._ask(key, ask))
        self._asking[key] = task
        task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def _ask(self, key: K, ask: Callable[[], Awaitable[V]]) -> _Entry[V]:
        try:
            value = await ask()
        except SourceError as fault:
            log.warning("%s", fault)
            return self._failed(key, fault)
        now = self._clock.now()
        return self._note(key, _Entry(Known(value, now, fresh=True), None, now + self._fresh))

    def _failed(self, key: K, fault: SourceError) -> _Entry[V]:
        before = self._entries.get(key)
        now = self._clock.now()
        match fault:
            case SourceBusy():
                until = now + timedelta(seconds=fault.retry_after)
            case SourceRefused():
                until = now + _REFUSED_REST
            case _:
                until = now + _REST
        entry = _Entry(before.known if before else None, fault, until)
        if isinstance(fault, SourceBusy | SourceRefused):  # that is said to us, not to this question
            self._shut = entry
        return self._note(key, entry)

    def _note(self, key: K, entry: _Entry[V]) -> _Entry[V]:
        self._entries[key] = entry
        self._entries.move_to_end(key)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)
        return entry

    def _told(self, entry: _Entry[V]) -> Known[V]:
        if entry.fault is None:
            assert entry.known is not None
            return entry.known
        if entry.known is not None and self._clock.now() - entry.known.at <= self._keep:
            return Known(entry.known.value, entry.known.at, fresh=False)
        raise entry.fault.with_traceback(None)
