"""One message at a time per conversation; conversations side by side; fair between people."""

from __future__ import annotations

import asyncio
import itertools
import logging
from bisect import insort
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.logs import about

log = logging.getLogger(__name__)


class Job(Protocol):
    async def run(self) -> None:
        """Do the work. What can go wrong is the job's to answer for: what it raises is only logged."""


J = TypeVar("J", bound=Job)


class Lanes(Generic[J]):
    """Queues of jobs by key: one key's jobs run one after another, different keys side by side."""

    def __init__(self) -> None:
        self._lanes: dict[str, deque[J]] = {}  # the first of each deque is running
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = False

    def put(self, key: str, job: J) -> None:
        """Behind whatever is in that lane; after `drain` nothing begins any more."""
        if self._ending:
            return
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append(job)
            return
        self._lanes[key] = deque([job])
        task = asyncio.create_task(self._run(key), name=f"lane {key}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def jobs(self, key: str) -> tuple[J, ...]:
        """The running job and those behind it."""
        return tuple(self._lanes.get(key, ()))

    def all_jobs(self) -> Iterator[J]:
        for lane in tuple(self._lanes.values()):
            yield from tuple(lane)

    def load(self) -> tuple[int, int]:
        """How many lanes are at work, and how many jobs wait behind the running ones."""
        return len(self._lanes), sum(len(lane) - 1 for lane in self._lanes.values() if lane)

    def withdraw(self, key: str, job: J) -> bool:
        """Take a job that has not begun out of its lane; False when it runs already or is gone."""
        lane = self._lanes.get(key, deque())
        if job not in lane or lane[0] is job:
            return False
        lane.remove(job)
        return True

    async def drain(self, seconds: float) -> int:
        """Let running jobs come to their end while those that wait don't begin; how many still run after `seconds`."""
        self._ending = True
        if self._tasks and seconds:
            await asyncio.wait(tuple(self._tasks), timeout=seconds)
        return len(self._tasks)

    async def close(self) -> None:
        """End every running job where it stands, and drop those that wait."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: str) -> None:
        lane = self._lanes[key]
        try:
            with about(lane=key):
                while lane:
                    await self._do(lane[0])
                    lane.popleft()
                    if self._ending:
                        break
        finally:
            del self._lanes[key]

    async def _do(self, job: J) -> None:
        try:
            await job.run()
        except Exception:  # one message's answer: those behind it can be given all the same
            log.exception("a job broke: what it left undone waits for the next start")


@dataclass(eq=False, slots=True)
class _Ticket:
    """One answer's place in the queue for a slot. `turn`: how many rounds of everybody go first."""

    turn: int
    number: int
    place: Callable[[int], None]
    ready: asyncio.Future[None]

    @property
    def rank(self) -> tuple[int, int]:
        return self.turn, self.number


class Slots:
    """So many answers are written at once, and people take turns.

    Fair queueing: somebody with ten questions has one in each round, so the others never wait for the other nine.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._round = 0
        self._numbers = itertools.count()
        self._queue: list[_Ticket] = []
        self._turns: dict[str, list[int]] = {}  # of people who hold or want a slot

    @property
    def waiting(self) -> int:
        """Answers that wait for a slot."""
        return len(self._queue)

    @asynccontextmanager
    async def hold(self, person: str, place: Callable[[int], None]) -> AsyncIterator[None]:
        """Wait for a slot and hold it. `place(n)` tells that n answers are ahead, whenever that changes."""
        turns = self._turns.setdefault(person, [])
        turn = max(self._round, max(turns, default=-1) + 1)
        turns.append(turn)
        try:
            await self._wait(turn, place)
            try:
                yield
            finally:
                self._give_back()
        finally:
            self._leave(person, turn)

    async def _wait(self, turn: int, place: Callable[[int], None]) -> None:
        if self._free:
            self._free -= 1
            self._round = max(self._round, turn)
            return
        ticket = _Ticket(turn, next(self._numbers), place, asyncio.get_running_loop().create_future())
        insort(self._queue, ticket, key=lambda waiting: waiting.rank)
        self._tell_places()
        try:
            await ticket.ready
        except asyncio.CancelledError:
            if not ticket.ready.cancelled():
                self._give_back()  # the slot came in the very moment we were called off
            elif ticket in self._queue:
                self._queue.remove(ticket)
                self._tell_places()
            raise

    def _give_back(self) -> None:
        self._queue = [ticket for ticket in self._queue if not ticket.ready.cancelled()]  # called off this moment
        if not self._queue:
            self._free += 1
            return
        ticket = self._queue.pop(0)
        self._round = max(self._round, ticket.turn)
        ticket.ready.set_result(None)
        self._tell_places()

    def _leave(self, person: str, turn: int) -> None:
        self._turns[person].remove(turn)
        if not self._turns[person]:
            del self._turns[person]

    def _tell_places(self) -> None:
        for ahead, ticket in enumerate(self._queue, start=1):
            ticket.place(ahead)
