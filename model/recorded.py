"""Decode steps that are recorded and then done again: one launch on a GPU instead of hundreds.

A step of a small model takes a GPU less time than it takes Python and the driver to launch its operations. What is
recorded has its shapes and its places in memory for good. So a recording reads the first rows of one slab, 1, 2, 4 or
more of them, and looks at the whole length of each; it is of no use once the slab's layers lie somewhere else. Prompts,
adapters and chats of several lengths beside each other are left to the packed path.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from weakref import WeakSet

import torch

from model.memory import Slab, out_of_memory
from model.packed import Fixed, Packed, Stretch
from model.reading import alike
from model.weights import first_line

log = logging.getLogger(__name__)

Work = Callable[[], torch.Tensor]

_ASKED = 3  # steps of a shape before it is recorded: for an answer that is over by then it isn't worth it
_FIRST = 3  # times that work is done before it is recorded: libraries choose kernels and ask for memory meanwhile
_TRIES = 5  # of each, the least time of which counts


class Recorder(Protocol):
    """How work is recorded, and by which clock it is compared."""

    def record(self, work: Work) -> Work:
        """What does it again and leaves its numbers where they were. The work itself may be done several times."""

    def clock(self) -> float:
        """Seconds; all work has been done by then."""


class CudaGraphs:
    """Work of the current GPU as a CUDA graph; torch's notes on CUDA semantics say what may be in one."""

    def __init__(self) -> None:
        self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        self._graphs: WeakSet[torch.cuda.CUDAGraph] = WeakSet()

    def record(self, work: Work) -> Work:
        graph, stream, before = torch.cuda.CUDAGraph(), self._stream, torch.cuda.current_stream()
        pool = next((other.pool() for other in self._graphs), None)  # torch takes none that has lost all its graphs
        stream.wait_stream(before)
        try:
            with torch.cuda.stream(stream):
                for _ in range(_FIRST):
                    work()
                # Of this thread alone: another one may be judging answers meanwhile (model/ranking.py).
                with torch.cuda.graph(graph, pool, stream, capture_error_mode="thread_local"):
                    said = work()
        finally:
            before.wait_stream(stream)
        self._graphs.add(graph)

        def again() -> torch.Tensor:
            graph.replay()
            return said

        return again

    def clock(self) -> float:
        torch.cuda.synchronize()
        return time.perf_counter()


class Recorded:
    """The recorded steps of one engine.

    read    what a model says to a packed step
    device  the model's
    """

    def __init__(self, read: Callable[[Packed], torch.Tensor], recorder: Recorder, device: torch.device) -> None:
        self._read = read
        self._recorder = recorder
        self._device = device
        self._slabs: dict[Slab, _Steps] = {}
        self._pays: dict[tuple[int, int], bool] = {}  # by rows and their length
        self._possible = True

    def read(self, stretches: Sequence[Stretch]) -> torch.Tensor | None:
        """What the model says behind each stretch, as reading.read; None: the packed path has to read them."""
        slab = _slab(stretches)
        if slab is None or not self._possible:
            return None
        rows = min(slab.rows, 1 << (len(stretches) - 1).bit_length())
        steps = self._of(slab)
        if rows not in steps.recorded and steps.asked(rows) and self._pays.get((rows, slab.length), True):
            self._record(steps, slab, rows, stretches)
        step = steps.recorded.get(rows)
        return step.read(stretches) if step else None

    def clear(self) -> None:
        """Give back the memory of all recordings."""
        self._slabs.clear()

    def _of(self, slab: Slab) -> _Steps:
        if slab not in self._slabs or self._slabs[slab].version != slab.version:
            self._slabs[slab] = _Steps(slab.version)
        return self._slabs[slab]

    def _record(self, steps: _Steps, slab: Slab, rows: int, stretches: Sequence[Stretch]) -> None:
        """Where it fails, what there is goes: memory may be short, and what can't be recorded never can."""
        try:
            step = _Step(self._read, self._recorder, rows, stretches, self._device)
            if self._worth(step, slab, rows, stretches):
                steps.recorded[rows] = step
        except RuntimeError as error:
            self.clear()
            self._pays[rows, slab.length] = False
            self._possible = out_of_memory(error)
            log.warning("a step of %d rows of %d tokens can't be recorded: %s", rows, slab.length, first_line(error))

    def _worth(self, step: _Step, slab: Slab, rows: int, stretches: Sequence[Stretch]) -> bool:
        """Compared once for each shape; wherever it lies, it takes as long."""
        shape = (rows, slab.length)
        if shape not in self._pays:
            plain = partial(self._plainly, stretches)
            why = objection(plain, partial(step.read, stretches), self._recorder.clock)
            self._pays[shape] = not why
            log.info("steps of %d rows of %d tokens: %s", *shape, why or "recorded")
        return self._pays[shape]

    def _plainly(self, stretches: Sequence[Stretch]) -> torch.Tensor:
        return self._read(Packed(stretches, self._device))


def objection(plain: Work, recorded: Work, clock: Callable[[], float]) -> str:
    """Why the recorded work should not be done in place of the plain one; "": it says the same, and sooner."""
    if not alike(recorded(), plain()):
        return "not recorded: they would say something else"
    took, takes = _seconds(plain, clock), _seconds(recorded, clock)
    return "" if takes < took else f"not recorded: {took * 1e3:.2f} ms would become {takes * 1e3:.2f}"


def _seconds(work: Work, clock: Callable[[], float]) -> float:
    """The least of several times: other threads' work on a GPU only adds to it."""
    times = []
    for _ in range(_TRIES):
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


@dataclass(slots=True)
class _Steps:
    """What is recorded of one slab while its layers lie where they are, by rows."""

    version: int
    recorded: dict[int, _Step] = field(default_factory=dict)
    _asked: Counter[int] = field(default_factory=Counter)

    def asked(self, rows: int) -> bool:
        """Whether it has been asked for often enough."""
        self._asked[rows] += 1
        return self._asked[rows] >= _ASKED


class _Step:
    """A recording of so many rows, made with a step of that kind: what that one writes may be written several times."""

    def __init__(
        self,
        read: Callable[[Packed], torch.Tensor],
        recorder: Recorder,
        rows: int,
        stretches: Sequence[Stretch],
        device: torch.device,
    ) -> None:
        slab, inputs = stretches[0].seat.slab, Fixed.inputs(stretches, rows).to(device)
        self._inputs = inputs
        self._again = recorder.record(lambda: read(Fixed(slab, inputs)))

    def read(self, stretches: Sequence[Stretch]) -> torch.Tensor:
        self._inputs.copy_(Fixed.inputs(stretches, self._inputs.shape[1]))
        return self._again()[: len(stretches)].clone()  # the next step's numbers come to the same place


def _slab(stretches: Sequence[Stretch]) -> Slab | None:
    """The one where all who sit read a single token each, with the model as it is, and nobody reads elsewhere."""
    slab = stretches[0].seat.slab
    plain = all(one.seat.slab is slab and len(one.ids) == 1 and not one.adapter for one in stretches)
    return slab if plain and len(stretches) == len(slab.seats) else None
