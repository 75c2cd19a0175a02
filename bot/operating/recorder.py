"""The last quarter of an hour, a sample every two seconds: what the curves are drawn from."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import Core
from bot.operating.figures import Witness
from bot.operating.metrics import parsed
from bot.overview import ModelFigures, Sample
from bot.ports import Models

EVERY = 2.0  # seconds
_KEPT = 450  # samples

# What a figure is called by our own process, and by vLLM (docs.vllm.ai, "Production Metrics").
_NAMES = {
    "batch": ("irang_model_running", "vllm:num_requests_running"),
    "queue": ("irang_model_waiting", "vllm:num_requests_waiting"),
    "tokens": ("irang_model_tokens_total", "vllm:generation_tokens_total"),
    "hits": ("irang_model_kept_hits", "vllm:prefix_cache_hits_total"),
    "misses": ("irang_model_kept_misses",),
    "bytes": ("irang_model_kept_bytes",),
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the endpoints have told, summed up; what none of them tells is missing."""

    at: float
    figures: dict[str, float]
    pieces: int
    first_sum: float
    first_count: int
    answers: int


class Recorder:
    """Takes a sample every two seconds while it runs."""

    def __init__(self, core: Core, witness: Witness, models: Models) -> None:
        self._core = core
        self._witness = witness
        self._models = models
        self._samples: deque[Sample] = deque(maxlen=_KEPT)
        self._before: _Reading | None = None
        self._expositions: Sequence[str] = ()

    async def run(self) -> None:
        while True:
            await self.take()
            await asyncio.sleep(EVERY)

    async def take(self) -> None:
        """One sample."""
        self._expositions = await self._models.expositions()
        now = self._read()
        if self._before is not None:
            self._samples.append(self._sample(self._before, now))
        self._before = now

    def since(self, at: float) -> tuple[Sample, ...]:
        """The samples later than that, in seconds since 1970."""
        return tuple(sample for sample in self._samples if sample.at > at)

    def model(self) -> ModelFigures:
        swaps, refused = self._models.changes()
        figures = self._before.figures if self._before else {}
        hits, misses, kept = (int(figures[name]) if name in figures else None for name in ("hits", "misses", "bytes"))
        return ModelFigures(self._witness.model, hits, misses, kept, swaps, refused)

    @property
    def expositions(self) -> Sequence[str]:
        """As the endpoints told them last."""
        return self._expositions

    def _read(self) -> _Reading:
        first = self._witness.first
        answers = sum(self._core.figures.answers.values())
        figures = _figures(self._expositions)
        return _Reading(time.time(), figures, self._witness.pieces, first.total, first.count, answers)

    def _sample(self, before: _Reading, now: _Reading) -> Sample:
        lanes, waiting = self._core.lanes.load()
        figures = now.figures
        return Sample(
            at=now.at,
            batch=int(figures.get("batch", self._witness.writing)),
            queue=int(figures.get("queue", 0)) + self._core.slots.waiting,
            tokens=_rate(before, now),
            first_token=_first_token(before, now),
            lanes=lanes,
            waiting=waiting,
            answers=now.answers - before.answers,
        )


def _figures(expositions: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    names = {name: figure for figure, all_names in _NAMES.items() for name in all_names}
    for text in expositions:
        for sample in (sample for family in parsed(text) for sample in family.samples):
            if figure := names.get(sample.name):
                found[figure] = found.get(figure, 0.0) + sample.value
    return found


def _rate(before: _Reading, now: _Reading) -> float:
    """Tokens a second; where the endpoint counts none, or began anew, pieces."""
    seconds = max(now.at - before.at, 0.001)
    if "tokens" in before.figures and (more := now.figures.get("tokens", -1.0) - before.figures["tokens"]) >= 0:
        return more / seconds
    return (now.pieces - before.pieces) / seconds


def _first_token(before: _Reading, now: _Reading) -> float | None:
    """As people see it: what the bot has measured."""
    count = now.first_count - before.first_count
    return (now.first_sum - before.first_sum) / count if count else None
