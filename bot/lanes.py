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

from bot.errors import Unusable
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
        except Unusable:
            log.debug("a job is left to the next start")  # why, the store has said
        except Exception:  # one message's answer: those behind it can be given all the same
            log.exception("a job broke: what it left undone waits for the next start")


@dataclass(eq=False, slots=True)
class _Ticket:
    """One answer, which waits for a slot or holds one. `turn`: how many rounds of everybody go first."""

    person: str
    turn: int
    number: int
    place: Callable[[int], None]
    ready: asyncio.Future[None]
    priority: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        return self.turn, self.number


class Slots:
    """So many answers are written at once, and people take turns.

    Fair queueing: somebody with ten questions has one in each round, so the others never wait for the other nine.

    `pauses`: the model lets an answer of a greater priority pause for one of a smaller one. Then whoever holds no slot
    is let in although all are taken, while somebody holds several; twice as many as there are may be held for a while.
    """

    def __init__(self, count: int, *, pauses: bool = False) -> None:
        self._count = count
        self._pauses = pauses
        self._numbers = itertools.count()
        self._held: list[_Ticket] = []
        self._queue: list[_Ticket] = []
        self._turns: dict[str, list[int]] = {}  # of people who hold or want a slot, ascending

    @property
    def waiting(self) -> int:
        """Answers that wait for a slot."""
        return len(self._queue)

    @asynccontextmanager
    async def hold(self, person: str, place: Callable[[int], None]) -> AsyncIterator[int]:
        """Wait for a slot and hold it. `place(n)` tells that n answers are ahead, whenever that changes.

        Gives the answer's priority: 0 for a person's first slot, 1 for a second one beside it, and so on; always 0
        where no answer can pause.
        """
        ticket = self._ticket(person, place)
        try:
            self._let_in()
            await ticket.ready
            yield ticket.priority
        finally:
            self._leave(ticket)
            self._let_in()

    def _ticket(self, person: str, place: Callable[[int], None]) -> _Ticket:
        """Behind this person's own, and behind the first one of everybody else."""
        turn = max((turns[0] for turns in self._turns.values()), default=0)
        turns = self._turns.setdefault(person, [])
        turns.append(max(turn, turns[-1] + 1) if turns else turn)
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ticket = _Ticket(person, turns[-1], next(self._numbers), place, ready)
        insort(self._queue, ticket, key=lambda waiting: waiting.rank)
        return ticket

    def _leave(self, ticket: _Ticket) -> None:
        (self._held if ticket in self._held else self._queue).remove(ticket)
        self._turns[ticket.person].remove(ticket.turn)
        if not self._turns[ticket.person]:
            del self._turns[ticket.person]

    def _let_in(self) -> None:
        while ticket := self._next():
            self._queue.remove(ticket)
            ticket.priority = self._priority(ticket.person)
            self._held.append(ticket)
            ticket.ready.set_result(None)
        for ahead, waiting in enumerate(self._queue, start=1):
            waiting.place(ahead)

    def _next(self) -> _Ticket | None:
        """The first in line while a slot is free, or else the first one for whom somebody's answer can pause."""
        line = (ticket for ticket in self._queue if not ticket.ready.cancelled())  # or it is called off this moment
        if len(self._held) < self._count:
            return next(line, None)
        if not self._pauses or len(self._held) >= 2 * self._count:
            return None
        first: dict[str, tuple[int, int]] = {}
        for held in self._held:  # in their order: a person's first one is let in first
            first.setdefault(held.person, held.rank)
        newcomer = next((ticket for ticket in line if ticket.person not in first), None)
        # One slot for each person who came before; the others are somebody's second one, or of a later round.
        if newcomer and sum(rank < newcomer.rank for rank in first.values()) < self._count:
            return newcomer
        return None

    def _priority(self, person: str) -> int:
        taken = {ticket.priority for ticket in self._held if ticket.person == person} if self._pauses else ()
        return next(number for number in itertools.count() if number not in taken)
