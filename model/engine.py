"""The decode loop: requests join and leave at any step, and every step reads for all of them at once.

It knows only token ids: no asyncio, no HTTP, no text; one thread calls it. A step reads one token of every answer
that is being written and a share of the prompts that are new, packed into one row (iteration-level scheduling: Orca,
Yu et al., OSDI 2022).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from types import MappingProxyType

import torch
from transformers import PreTrainedModel

from bot.messages import Sampling
from model.beams import Beams
from model.kept import Kept
from model.lora import Adapter, attach
from model.memory import Memory, out_of_memory
from model.packed import Packed, Stretch, prepare
from model.reading import read, vocabulary
from model.recorded import Recorded, Recorder
from model.sampling import Draw, choose
from model.schedule import Limits, Request, Schedule
from model.writer import Produced, Writer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one request has read in a step."""

    job: Writer | Beams
    stretches: list[Stretch]


class Engine:
    """Continues prompts with one model.

    stop_ids   tokens that end an answer
    defaults   what a request's sampling leaves open; max_tokens unset: until the window is full
    adapters   changes to the model that a request can ask for, by name
    recorder   records steps that come again and again; None: every one is launched anew

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
        recorder: Recorder | None = None,
    ) -> None:
        prepare(model)
        self._adapters = adapters
        self._adapting = attach(model, adapters)
        self._model = model
        self._limits = limits
        self._vocabulary = vocabulary(model)
        self._stop_ids = frozenset(stop_ids).intersection(range(self._vocabulary))  # another one is never written
        self._defaults = defaults
        self._recorded = Recorded(self._plainly, recorder, model.device) if recorder else None
        self._memory = Memory(limits.context, 2 * limits.budget)  # a row may be twice as long as its tokens
        self._schedule = Schedule(limits, self._job, self._note_no_memory)
        self.kept = Kept(limits.kept)
        self.context = limits.context
        self.progress = 0

    @property
    def slots(self) -> int:
        """Requests that may be written at the same time."""
        return self._limits.slots

    @property
    def running(self) -> int:
        return len(self._schedule.running)

    @property
    def waiting(self) -> int:
        """Requests without a slot, those that are paused among them."""
        return len(self._schedule.waiting) + self.paused

    @property
    def paused(self) -> int:
        return len(self._schedule.paused)

    @property
    def room(self) -> int:
        """Requests that may still be added."""
        return self._schedule.room

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
        if request.id in self._schedule:
            raise ValueError("a request with this id is under way")
        if request.adapter and request.adapter not in self._adapters:
            raise ValueError(f"no adapter is called {request.adapter}")
        if (needs := self._limits.needs(request)) > self._limits.budget:
            raise ValueError(
                f"prompt and answer may take {needs} tokens, and there is memory for {self._limits.budget}"
            )
        self._schedule.add(request)

    @torch.inference_mode()
    def cancel(self, id: str) -> None:
        """Forget a request; its slot is free for the next step. Nothing happens when it has ended already."""
        self._schedule.leave(id)

    @torch.inference_mode()
    def step(self) -> list[Produced]:
        """Read once for every running request. An exception of the model leaves this engine unusable."""
        refused = [Produced(id, (), "memory") for id in self._schedule.admit()]
        turns, failed = self._plan()
        produced = [*refused, *failed, *self._advance(turns)]
        for one in produced:
            if one.finish:
                self._schedule.leave(one.request, one.finish)
        self._schedule.recover()
        return produced

    @torch.inference_mode()
    def trim(self) -> None:
        """Give back memory that was not needed since the last time: now and then, where many chats have gone."""
        try:
            self._memory.trim()
        except RuntimeError as error:
            self._note_no_memory(error)
        if self._recorded:
            self._recorded.trim()

    def _job(self, request: Request) -> Writer | Beams:
        sampling = request.sampling
        draw = Draw(sampling, list(request.ids), len(request.ids), self._stop_ids, request.banned)
        writer = Writer(request.id, draw, self._memory, self.kept, self.context, request.adapter)
        beams = sampling.num_beams or 1
        return Beams(writer, beams) if beams > 1 else writer

    # ---- a step --------------------------------------------------------------------------------------

    def _plan(self) -> tuple[list[_Turn], list[Produced]]:
        """What each request shall read: those who write come first, new prompts share a chunk in their order."""
        chunk = self._limits.chunk
        turns: list[_Turn] = []
        failed: list[Produced] = []
        for id, slot in self._schedule.running.items():
            try:
                stretches = slot.job.plan(chunk)
            except RuntimeError as error:
                failed.append(self._no_memory(id, error))
                continue
            if stretches:
                turns.append(_Turn(slot.job, stretches))
                chunk -= sum(len(stretch.ids) for stretch in stretches if len(stretch.ids) > 1)
        return turns, failed

    def _advance(self, turns: Sequence[_Turn]) -> list[Produced]:
        """Let the model read, and choose everybody's next token. Where memory runs out, halves are tried, once."""
        if not turns:
            return []
        if (logits := self._read(turns)) is not None:
            return self._go_on(turns, logits)
        produced: list[Produced] = []
        middle = (len(turns) + 1) // 2
        for half in filter(None, (turns[:middle], turns[middle:])):
            if (logits := self._read(half)) is None:
                produced += [Produced(turn.job.id, (), "memory") for turn in half]
            else:
                produced += self._go_on(half, logits)
        return produced

    def _read(self, turns: Sequence[_Turn]) -> torch.Tensor | None:
        """What the model says behind each stretch: [stretches, vocabulary]; None when memory ran out.

        What was written to memory meanwhile may be written again.
        """
        try:
            return self._forward(turns)
        except RuntimeError as error:
            self._note_no_memory(error)
            return None

    def _forward(self, turns: Sequence[_Turn]) -> torch.Tensor:
        stretches = [stretch for turn in turns for stretch in turn.stretches]
        if self._recorded and (logits := self._recorded.read(stretches)) is not None:
            return logits
        return self._plainly(Packed(stretches, self._model.device))

    def _plainly(self, packed: Packed) -> torch.Tensor:
        self._adapting.of(packed)
        return read(self._model, packed)

    def _go_on(self, turns: Sequence[_Turn], logits: torch.Tensor) -> list[Produced]:
        """Plain answers get their tokens all at once, beams each by themselves."""
        produced: list[Produced] = []
        writers: dict[int, Writer] = {}  # by their row of the logits
        finite = logits.amax(-1).isfinite().tolist()  # a NaN makes a maximum NaN; a forbidden token's -inf is fine
        self.progress += any(finite)
        end = 0
        for turn in turns:
            start, end = end, end + len(turn.stretches)
            if not all(finite[start:end]):
                produced.append(Produced(turn.job.id, (), "error"))
            elif isinstance(turn.job, Beams):
                produced += self._branch(turn.job, turn.stretches, logits[start:end])
            elif turn.job.has_read(turn.stretches[0]):
                writers[start] = turn.job
        return [*produced, *self._choose(writers, logits)] if writers else produced

    def _branch(self, beams: Beams, stretches: list[Stretch], logits: torch.Tensor) -> list[Produced]:
        try:
            return beams.advance(stretches, logits)
        except RuntimeError as error:
            return [self._no_memory(beams.id, error)]

    def _choose(self, writers: Mapping[int, Writer], logits: torch.Tensor) -> list[Produced]:
        """Not tried again where memory runs out: a seed's numbers would be other ones by then."""
        try:
            theirs = logits if len(writers) == len(logits) else logits[[*writers]]
            tokens = choose(theirs, [writer.draw for writer in writers.values()])
        except RuntimeError as error:
            self._note_no_memory(error)
            return [Produced(writer.id, (), "memory") for writer in writers.values()]
        return [writer.take(token) for writer, token in zip(writers.values(), tokens, strict=True)]

    # ---- memory --------------------------------------------------------------------------------------

    def _no_memory(self, id: str, error: RuntimeError) -> Produced:
        self._note_no_memory(error)
        return Produced(id, (), "memory")

    def _note_no_memory(self, error: RuntimeError) -> None:
        """Make room: what is kept or recorded goes, half as many requests are let in. Raises errors of other kinds."""
        if not out_of_memory(error):
            raise error
        self.kept.clear()
        if self._recorded:
            self._recorded.clear()
        self._memory.clear_idle()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self._schedule.lack_memory()
        log.warning("memory ran out with %d requests: %d at a time for now", self.running, self._schedule.slots)


def _filled(asked: Sampling, defaults: Sampling) -> Sampling:
    open_fields = {field.name for field in fields(asked) if getattr(asked, field.name) is None}
    return replace(asked, **{name: getattr(defaults, name) for name in open_fields})
