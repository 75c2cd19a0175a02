"""The decode loop: requests join and leave at any step, and every step reads for all of them at once.

It knows only token ids: no asyncio, no HTTP, no text; one thread calls it. A step reads one token of every answer
that is being written and a share of the prompts that are new, packed into one row (iteration-level scheduling: Orca,
Yu et al., OSDI 2022).
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from types import MappingProxyType

import torch
from transformers import PreTrainedModel

from bot.messages import Sampling
from model.beams import Beams
from model.kept import Kept
from model.lora import Adapter, attach
from model.memory import LEAST, Memory, out_of_memory
from model.packed import Packed, Stretch, prepare
from model.reading import read, vocabulary
from model.sampling import Draw, choose
from model.writer import Finish, Produced, Writer

log = logging.getLogger(__name__)

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


@dataclass(slots=True)
class _Slot:
    """A running request and the tokens that are set aside for it."""

    job: Writer | Beams
    tokens: int
    priority: int


@dataclass(slots=True)
class _Paused:
    """A request that had a slot and waits for one again."""

    id: str
    job: Writer
    tokens: int
    priority: int


@dataclass(slots=True)
class _Turn:
    """What one request has read in a step, and what the model says behind each stretch: [stretches, vocabulary]."""

    job: Writer | Beams
    stretches: list[Stretch]
    logits: torch.Tensor | None = None


class Engine:
    """Continues prompts with one model.

    stop_ids   tokens that end an answer
    defaults   what a request's sampling leaves open; max_tokens unset: until the window is full
    adapters   changes to the model that a request can ask for, by name

    `progress` counts the steps in which the model read for somebody and its numbers were finite.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        limits: Limits,
        *,
        stop_ids: Iterable[int],
        defaults: Sampling,
        adapters: Mapping[str, Adapter] = MappingProxyType({}),
    ) -> None:
        prepare(model)
        self._adapters = adapters
        self._adapting = attach(model, adapters)
        self._model = model
        self._limits = limits
        self._slots = limits.slots
        self._vocabulary = vocabulary(model)
        self._stop_ids = frozenset(stop_ids).intersection(range(self._vocabulary))  # another one is never written
        self._defaults = defaults
        self._memory = Memory(limits.context, 2 * limits.budget)  # a row may be twice as long as its tokens
        self._running: OrderedDict[str, _Slot] = OrderedDict()
        self._waiting: OrderedDict[str, Request] = OrderedDict()
        self._paused: OrderedDict[str, _Paused] = OrderedDict()
        self._quiet = 0  # steps since memory last ran out
        self.kept = Kept(limits.kept)
        self.context = limits.context
        self.progress = 0

    @property
    def slots(self) -> int:
        """Requests that may be written at the same time."""
        return self._limits.slots

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Requests without a slot, those that are paused among them."""
        return len(self._waiting) + len(self._paused)

    @property
    def paused(self) -> int:
        return len(self._paused)

    @property
    def room(self) -> int:
        """Requests that may still be added."""
        free = max(0, self._slots - len(self._running))  # fewer slots for a while are no shorter queue
        return self._limits.waiting + free - len(self._waiting)

    def add(self, request: Request) -> None:
        """Queue a request; it gets its first token in the first step that has a slot for it.

        Raises QueueFull, and ValueError when the prompt is empty, leaves no room for an answer, needs more memory than
        there is or holds a token that the model does not know.
        """
        request = replace(request, sampling=_filled(request.sampling, self._defaults))
        if not 0 < len(request.ids) < self.context:
            raise ValueError(f"a prompt of {len(request.ids)} tokens does not fit a window of {self.context}")
        if (largest := max(chain(request.ids, *request.banned))) >= self._vocabulary:
            raise ValueError(f"the token {largest} is none of the model's {self._vocabulary}")
        if request.id in self._running or request.id in self._waiting or request.id in self._paused:
            raise ValueError("a request with this id is under way")
        if request.adapter and request.adapter not in self._adapters:
            raise ValueError(f"no adapter is called {request.adapter}")
        if (needs := self._needs(request)) > self._limits.budget:
            raise ValueError(
                f"prompt and answer may take {needs} tokens, and there is memory for {self._limits.budget}"
            )
        if self.room <= 0:
            raise QueueFull
        self._waiting[request.id] = request

    @torch.inference_mode()
    def cancel(self, id: str) -> None:
        """Forget a request; its slot is free for the next step. Nothing happens when it has ended already."""
        self._waiting.pop(id, None)
        self._leave(id)

    @torch.inference_mode()
    def step(self) -> list[Produced]:
        """Read once for every running request. An exception of the model leaves this engine unusable."""
        produced = self._admit()
        turns, failed = self._plan()
        self._read(turns)
        produced += [*failed, *self._advance(turns)]
        for one in produced:
            if one.finish:
                self._leave(one.request, one.finish)
        self._recover()
        return produced

    # ---- who is running ------------------------------------------------------------------------------

    def _admit(self) -> list[Produced]:
        """Give slots to those who come first, as long as there is memory for all they may write."""
        failed: list[Produced] = []
        while self._waiting or self._paused:
            first = self._first()
            leaving = self._leaving_room(first)
            if leaving is None and self._paused and not self._running:  # it doesn't fit beside them: they go on
                first, leaving = next(iter(self._paused.values())), []
            if leaving is None or not self._pause_all(leaving):
                break
            try:
                self._begin(first)
            except RuntimeError as error:
                failed.append(self._no_memory(first.id, error))
                self._waiting.pop(first.id, None)
                self._leave(first.id, "memory")
        return failed

    def _first(self) -> Request | _Paused:
        """Of the smallest priority: who was paused first, or else who waits longest."""
        line: Iterable[Request | _Paused] = chain(self._paused.values(), self._waiting.values())
        return min(line, key=lambda one: one.priority)

    def _leaving_room(self, first: Request | _Paused) -> list[_Paused] | None:
        """Those who pause for this one; None: it has to wait."""
        more = first.tokens - first.job.read if isinstance(first, _Paused) else self._needs(first)
        free = self._limits.budget - sum(slot.tokens for slot in self._running.values())
        free -= sum(paused.job.read for paused in self._paused.values())
        running, others, leaving = len(self._running), self._pausable(first.priority), list[_Paused]()
        while running >= self._slots or more > free:
            other = next(others, None)
            if other is None:
                return None
            leaving.append(other)
            running, free = running - 1, free + other.tokens - other.job.read
        return leaving

    def _pausable(self, priority: int) -> Iterator[_Paused]:
        """Those of greater priorities than this, the greatest first, and of these the youngest; beams can't pause."""
        for slot in sorted(self._running.values(), key=lambda slot: slot.priority)[::-1]:
            if slot.priority > priority and isinstance(slot.job, Writer):
                yield _Paused(slot.job.id, slot.job, slot.tokens, slot.priority)

    def _pause_all(self, leaving: Sequence[_Paused]) -> bool:
        """False when there is no memory to put them aside: then whoever comes waits."""
        try:
            for other in leaving:
                self._pause(other)
        except RuntimeError as error:
            self._note_no_memory(error)
            return False
        return True

    def _pause(self, other: _Paused) -> None:
        other.job.pause()
        del self._running[other.id]
        self._paused[other.id] = other

    def _begin(self, first: Request | _Paused) -> None:
        match first:
            case _Paused(id, job, tokens, priority):
                job.resume()
                del self._paused[id]
                self._running[id] = _Slot(job, tokens, priority)
            case Request(id):
                self._running[id] = _Slot(self._job(first), self._needs(first), first.priority)
                del self._waiting[id]

    def _job(self, request: Request) -> Writer | Beams:
        sampling = request.sampling
        draw = Draw(sampling, list(request.ids), len(request.ids), self._stop_ids, request.banned)
        writer = Writer(request.id, draw, self._memory, self.kept, self.context, request.adapter)
        beams = sampling.num_beams or 1
        return Beams(writer, beams) if beams > 1 else writer

    def _needs(self, request: Request) -> int:
        longest = min(len(request.ids) + (request.sampling.max_tokens or self.context), self.context)
        return max(longest, LEAST) * (request.sampling.num_beams or 1)

    def _leave(self, id: str, finish: Finish = "") -> None:
        if slot := self._running.pop(id, None) or self._paused.pop(id, None):
            slot.job.close(finish)

    # ---- a step --------------------------------------------------------------------------------------

    def _plan(self) -> tuple[list[_Turn], list[Produced]]:
        """What each request shall read: those who write come first, new prompts share a chunk in their order."""
        chunk = self._limits.chunk
        turns: list[_Turn] = []
        failed: list[Produced] = []
        for id, slot in self._running.items():
            try:
                stretches = slot.job.plan(chunk)
            except RuntimeError as error:
                failed.append(self._no_memory(id, error))
                continue
            if stretches:
                turns.append(_Turn(slot.job, stretches))
                chunk -= sum(len(stretch.ids) for stretch in stretches if len(stretch.ids) > 1)
        return turns, failed

    def _read(self, turns: Sequence[_Turn]) -> None:
        """Let the model read. Where memory runs out, halves are tried, once; what still doesn't fit has no logits."""
        if not turns or self._forward(turns):
            return
        middle = (len(turns) + 1) // 2
        for half in filter(None, (turns[:middle], turns[middle:])):
            self._forward(half)

    def _forward(self, turns: Sequence[_Turn]) -> bool:
        """Read for these; False when memory ran out. What was written to memory meanwhile may be written again."""
        try:
            self._forward_at_once(turns)
        except RuntimeError as error:
            self._note_no_memory(error)
            return False
        return True

    def _forward_at_once(self, turns: Sequence[_Turn]) -> None:
        packed = Packed([stretch for turn in turns for stretch in turn.stretches], self._model.device)
        self._adapting.of(packed)
        logits, at = read(self._model, packed), 0
        for turn in turns:
            turn.logits = logits[at : at + len(turn.stretches)]
            at += len(turn.stretches)

    def _advance(self, turns: Sequence[_Turn]) -> list[Produced]:
        """Choose everybody's next token: plain answers all at once, beams each by themselves."""
        produced: list[Produced] = []
        writers: list[tuple[Writer, torch.Tensor]] = []
        finite = _finite(turns)
        self.progress += bool(finite)
        for turn in turns:
            if turn.logits is None:
                produced.append(Produced(turn.job.id, (), "memory"))
            elif turn.job.id not in finite:
                produced.append(Produced(turn.job.id, (), "error"))
            elif isinstance(turn.job, Beams):
                produced += self._branch(turn.job, turn.stretches, turn.logits)
            elif turn.job.has_read(turn.stretches[0]):
                writers.append((turn.job, turn.logits))
        return [*produced, *self._choose(writers)] if writers else produced

    def _branch(self, beams: Beams, stretches: list[Stretch], logits: torch.Tensor) -> list[Produced]:
        try:
            return beams.advance(stretches, logits)
        except RuntimeError as error:
            return [self._no_memory(beams.id, error)]

    def _choose(self, writers: Sequence[tuple[Writer, torch.Tensor]]) -> list[Produced]:
        """Not tried again where memory runs out: a seed's numbers would be other ones by then."""
        try:
            tokens = choose(torch.cat([row for _, row in writers]), [writer.draw for writer, _ in writers])
        except RuntimeError as error:
            self._note_no_memory(error)
            return [Produced(writer.id, (), "memory") for writer, _ in writers]
        return [writer.take(token) for (writer, _), token in zip(writers, tokens, strict=True)]

    # ---- memory --------------------------------------------------------------------------------------

    def _no_memory(self, id: str, error: RuntimeError) -> Produced:
        self._note_no_memory(error)
        return Produced(id, (), "memory")

    def _note_no_memory(self, error: RuntimeError) -> None:
        """Make room: what is kept goes, and half as many requests are let in. Raises an error of another kind."""
        if not out_of_memory(error):
            raise error
        self.kept.clear()
        self._memory.clear_idle()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self._slots, self._quiet = max(1, len(self._running) // 2), 0
        log.warning("memory ran out with %d requests: %d at a time for now", len(self._running), self._slots)

    def _recover(self) -> None:
        self._quiet += 1
        if self._slots < self._limits.slots and self._quiet >= _RECOVER:
            self._slots, self._quiet = self._slots + 1, 0


def _finite(turns: Sequence[_Turn]) -> set[str]:
    """The requests whose numbers can be used. One NaN makes a maximum NaN; a forbidden token's -inf is fine."""
    peaks = {turn.job.id: turn.logits.amax() for turn in turns if turn.logits is not None}
    usable = torch.isfinite(torch.stack(tuple(peaks.values()))).tolist() if peaks else ()
    return {id for id, fine in zip(peaks, usable, strict=True) if fine}


def _filled(asked: Sampling, defaults: Sampling) -> Sampling:
    open_fields = {field.name for field in fields(asked) if getattr(asked, field.name) is None}
    return replace(asked, **{name: getattr(defaults, name) for name in open_fields})
