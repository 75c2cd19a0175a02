"""Decode steps that are recorded and then done again: one launch on a GPU instead of hundreds.

A step of a small model takes a GPU less time than it takes Python and the driver to launch its operations. What is
recorded has its shapes and its places in memory for good. So a recording reads the first rows of each slab, 1, 2, 4 or
more of them, and looks at the whole length of each; it is of no use once a slab's layers lie somewhere else. Prompts
and adapters are left to the packed path.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
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
_ASKED_OF_SEVERAL = 30  # where chats are of several lengths: there are many such shapes, and few of them come back
_MOST = 64  # recordings that are held
_UNUSED = 1000  # steps for which one was of no use, before it gives its place to another: making one takes several
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
        self._steps: dict[_Rows, _Step] = {}  # the one that was used last is the last
        self._asked: Counter[_Rows] = Counter()
        self._pays: dict[_Shape, bool] = {}
        self._possible = True
        self._reads = 0

    def read(self, stretches: Sequence[Stretch]) -> torch.Tensor | None:
        """What the model says behind each stretch, as reading.read; None: the packed path has to read them."""
        rows = _rows(stretches)
        if not rows or not self._possible:
            return None
        self._reads += 1
        if rows not in self._steps and self._is_due(rows):
            self._record(rows, stretches)
        step = self._steps.pop(rows, None)
        if step is None:
            return None
        self._steps[rows], step.used = step, self._reads
        return step.read(stretches)

    def clear(self) -> None:
        """Give back the memory of all recordings; what is asked for as often again is recorded anew."""
        self._steps.clear()
        self._asked.clear()

    def trim(self) -> None:
        """Give back the recordings of what lies elsewhere by now."""
        self._steps = {rows: step for rows, step in self._steps.items() if _is_there(rows)}
        self._asked = Counter({rows: times for rows, times in self._asked.items() if _is_there(rows)})

    def _is_due(self, rows: _Rows) -> bool:
        """Whether such a step has come often enough, may pay, and has a place."""
        if rows not in self._asked:
            self.trim()
        self._asked[rows] += 1
        often = _ASKED if len(rows) == 1 else _ASKED_OF_SEVERAL
        return self._asked[rows] >= often and self._pays.get(_shape(rows), True) and self._has_room()

    def _has_room(self) -> bool:
        """Whether there is a place, or a recording that nobody has needed for long."""
        return len(self._steps) < _MOST or next(iter(self._steps.values())).used + _UNUSED < self._reads

    def _record(self, rows: _Rows, stretches: Sequence[Stretch]) -> None:
        """Where it fails, what there is goes: memory may be short, and what can't be recorded never can."""
        if len(self._steps) >= _MOST:
            del self._steps[next(iter(self._steps))]
        shape = _shape(rows)
        try:
            step = _Step(self._read, self._recorder, rows, stretches, self._device)
            if self._worth(step, shape, stretches):
                self._steps[rows] = step
        except RuntimeError as error:
            self.clear()
            self._pays[shape] = False
            self._possible = out_of_memory(error)
            log.warning("a step of %s can't be recorded: %s", _told(shape), first_line(error))

    def _worth(self, step: _Step, shape: _Shape, stretches: Sequence[Stretch]) -> bool:
        """Compared once for each shape, by numbers that are finite; wherever it lies, it takes as long."""
        if shape not in self._pays:
            plain = partial(self._plainly, stretches)
            if not plain().amax(-1).isfinite().all():
                self._asked.clear()
                return False
            why = objection(plain, partial(step.read, stretches), self._recorder.clock)
            self._pays[shape] = not why
            log.info("steps of %s: %s", _told(shape), why or "recorded")
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


class _Step:
    """A recording of such rows, made with a step of that kind: what that one writes may be written several times."""

    def __init__(
        self,
        read: Callable[[Packed], torch.Tensor],
        recorder: Recorder,
        rows: _Rows,
        stretches: Sequence[Stretch],
        device: torch.device,
    ) -> None:
        self._firsts = firsts = [(slab, count) for slab, count, _ in rows]
        self.used = 0  # in which of all reads it was used last
        self._inputs = inputs = Fixed.inputs(stretches, firsts).to(device)
        self._again = recorder.record(lambda: read(Fixed(firsts, inputs)))

    def read(self, stretches: Sequence[Stretch]) -> torch.Tensor:
        self._inputs.copy_(Fixed.inputs(stretches, self._firsts))
        return self._again()[: len(stretches)].clone()  # the next step's numbers come to the same place


# ---- which rows ----------------------------------------------------------------------------------

_Rows = tuple[tuple[Slab, int, int], ...]  # of each slab so many of the first, and the version that they are of
_Shape = tuple[tuple[int, int], ...]  # so many rows of such a length


def _rows(stretches: Sequence[Stretch]) -> _Rows | None:
    """Those in which all who sit read a single token, with the model as it is; None: somebody does otherwise."""
    if any(len(one.ids) > 1 or one.adapter for one in stretches):
        return None
    seated = Counter(one.seat.slab for one in stretches)
    if any(count != len(slab.seats) for slab, count in seated.items()):
        return None
    slabs = sorted(seated, key=lambda slab: slab.length)
    return tuple((slab, min(slab.rows, 1 << (seated[slab] - 1).bit_length()), slab.version) for slab in slabs)


def _is_there(rows: _Rows) -> bool:
    return all(slab.version == version for slab, _, version in rows)


def _shape(rows: _Rows) -> _Shape:
    return tuple((count, slab.length) for slab, count, _ in rows)


def _told(shape: _Shape) -> str:
    return " and ".join(f"{rows} rows of {length} tokens" for rows, length in shape)
