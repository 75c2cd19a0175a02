"""Who writes, who waits and who pauses, within the slots and tokens that there are.

It knows nothing of the model: a slot holds a job, and what a job does with its turn is the engine's matter.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.messages import Sampling
from model.beams import Beams
from model.memory import LEAST
from model.writer import Finish, Writer

_RECOVER = 64  # steps without trouble after which one more slot is tried again


class QueueFull(Exception):
    """As many requests wait as may."""


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt to continue. What `sampling` leaves open is the engine's default.

    `banned`: words as token ids. `adapter`: which of the engine's adapters writes; "": the model as it is.
    `priority`: the smallest is written first, and others pause for it.
    """

    id: str
    ids: tuple[int, ...]
    sampling: Sampling
    banned: tuple[tuple[int, ...], ...] = ()
    adapter: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the engine may use.

    slots      requests that are written at the same time
    waiting    requests that may wait for a slot
    context    tokens of prompt and answer together: the model's positions
    chunk      prompt tokens that one step reads, all new requests together
    budget     tokens of all running requests together, their longest answers included, and what paused ones have read
    kept       bytes for keys and values of what was read before
    """

    slots: int
    waiting: int
    context: int
    chunk: int = 128
    budget: int = 1 << 20
    kept: int = 256 << 20

    def needs(self, request: Request) -> int:
        """Tokens that a request may come to."""
        longest = min(len(request.ids) + (request.sampling.max_tokens or self.context), self.context)
        return max(longest, LEAST) * (request.sampling.num_beams or 1)


@dataclass(slots=True)
class Slot:
    """A running request and the tokens that are set aside for it."""

    job: Writer | Beams
    tokens: int
    priority: int


@dataclass(slots=True)
class Paused:
    """A request that had a slot and waits for one again."""

    id: str
    job: Writer
    tokens: int
    priority: int


class Schedule:
    """Requests by id, in the order in which they came.

    job          begins a request; a RuntimeError says that there is no memory for it
    note_no_memory   is told of such an error, and raises what is another one

    After `lack_memory` half as many as ran may run, and one more after every while without trouble.
    """

    def __init__(
        self,
        limits: Limits,
        job: Callable[[Request], Writer | Beams],
        note_no_memory: Callable[[RuntimeError], None],
    ) -> None:
        self._limits = limits
        self._job = job
        self._note_no_memory = note_no_memory
        self._quiet = 0  # steps since memory last ran out
        self.slots = limits.slots
        self.running: OrderedDict[str, Slot] = OrderedDict()
        self.waiting: OrderedDict[str, Request] = OrderedDict()
        self.paused: OrderedDict[str, Paused] = OrderedDict()

    @property
    def room(self) -> int:
        """Requests that may still be added."""
        free = max(0, self.slots - len(self.running))  # fewer slots for a while are no shorter queue
        return self._limits.waiting + free - len(self.waiting)

    def __contains__(self, id: str) -> bool:
        return id in self.running or id in self.waiting or id in self.paused

    def add(self, request: Request) -> None:
        """Queue a request. Raises QueueFull."""
        if self.room <= 0:
            raise QueueFull
        self.waiting[request.id] = request

    def leave(self, id: str, finish: Finish = "") -> None:
        """Forget a request; its slot is free. Nothing happens when it has left already."""
        self.waiting.pop(id, None)
        if slot := self.running.pop(id, None) or self.paused.pop(id, None):
            slot.job.close(finish)

    def admit(self) -> list[str]:
        """Give slots to those who come first, as long as there is memory for all they may write.

        Returns the requests that could not begin for want of memory; they have left.
        """
        failed: list[str] = []
        while self.waiting or self.paused:
            first = self._first()
            leaving = self._leaving_room(first)
            if leaving is None and self.paused and not self.running:  # it doesn't fit beside them: they go on
                first, leaving = next(iter(self.paused.values())), []
            if leaving is None or not self._pause_all(leaving):
                break
            try:
                self._begin(first)
            except RuntimeError as error:
                self._note_no_memory(error)
                self.leave(first.id, "memory")
                failed.append(first.id)
        return failed

    def _first(self) -> Request | Paused:
        """Of the smallest priority: who was paused first, or else who waits longest."""
        line: Iterable[Request | Paused] = chain(self.paused.values(), self.waiting.values())
        return min(line, key=lambda one: one.priority)

    def _leaving_room(self, first: Request | Paused) -> list[Paused] | None:
        """Those who pause for this one; None: it has to wait."""
        more = first.tokens - first.job.read if isinstance(first, Paused) else self._limits.needs(first)
        free = self._limits.budget - sum(slot.tokens for slot in self.running.values())
        free -= sum(paused.job.read for paused in self.paused.values())
        running, others, leaving = len(self.running), self._pausable(first.priority), list[Paused]()
        while running >= self.slots or more > free:
            other = next(others, None)
            if other is None:
                return None
            leaving.append(other)
            running, free = running - 1, free + other.tokens - other.job.read
        return leaving

    def _pausable(self, priority: int) -> Iterator[Paused]:
        """Those of greater priorities than this, the greatest first, and of these the youngest; beams can't pause."""
        for slot in sorted(self.running.values(), key=lambda slot: slot.priority)[::-1]:
            if slot.priority > priority and isinstance(slot.job, Writer):
                yield Paused(slot.job.id, slot.job, slot.tokens, slot.priority)

    def _pause_all(self, leaving: Sequence[Paused]) -> bool:
        """False when there is no memory to put them aside: then whoever comes waits."""
        try:
            for other in leaving:
                self._pause(other)
        except RuntimeError as error:
            self._note_no_memory(error)
            return False
        return True

    def _pause(self, other: Paused) -> None:
        other.job.pause()
        del self.running[other.id]
        self.paused[other.id] = other

    def _begin(self, first: Request | Paused) -> None:
        match first:
            case Paused(id, job, tokens, priority):
                job.resume()
                del self.paused[id]
                self.running[id] = Slot(job, tokens, priority)
            case Request(id):
                self.running[id] = Slot(self._job(first), self._limits.needs(first), first.priority)
                del self.waiting[id]

    def lack_memory(self) -> None:
        """Let in half as many."""
        self.slots, self._quiet = max(1, len(self.running) // 2), 0

    def recover(self) -> None:
        """A step has passed."""
        self._quiet += 1
        if self.slots < self._limits.slots and self._quiet >= _RECOVER:
            self.slots, self._quiet = self.slots + 1, 0
