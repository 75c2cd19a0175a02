"""Random weights in KoGPT2's shape, and prompts for them: speed does not depend on what is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from bot.messages import Sampling
from model.engine import Engine
from model.precision import Precision, settle
from model.schedule import Limits, Request

Prompt = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A GPT-2 and the work it gets: tokens of a prompt and of an answer."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    vocabulary: int = 51_200
    context: int = 1024
    asked: int = 32
    written: int = 32

    def model(self) -> GPT2LMHeadModel:
        torch.manual_seed(0)
        config = GPT2Config(
            vocab_size=self.vocabulary,
            n_positions=self.context,
            n_embd=self.width,
            n_layer=self.layers,
            n_head=self.heads,
        )
        return GPT2LMHeadModel(config).eval()  # type: ignore[no-untyped-call, no-any-return]

    def prompts(self, count: int, length: int = 0) -> list[Prompt]:
        chance = torch.Generator().manual_seed(1)
        ids = torch.randint(0, self.vocabulary, (count, length or self.asked), generator=chance)
        return [tuple(row) for row in ids.tolist()]

    def engine(self, precision: Precision, slots: int, kept: int = 256 << 20) -> Engine:
        model = self.model()
        settle(model, precision)
        limits = Limits(slots=slots, waiting=4 * slots, context=self.context, kept=kept)
        return Engine(model, limits, stop_ids=[], defaults=Sampling(temperature=0, max_tokens=self.written))


KOGPT2 = Shape()
TINY = Shape(layers=2, width=64, heads=2, vocabulary=500, context=640, asked=8, written=8)


def drained(engine: Engine) -> None:
    while engine.running or engine.waiting:
        engine.step()


def answered(engine: Engine, prompts: Sequence[Prompt]) -> None:
    """Write for all of them at once; nothing is taken from earlier rounds."""
    engine.kept.clear()
    for number, prompt in enumerate(prompts):
        engine.add(Request(str(number), prompt, Sampling()))
    drained(engine)


def seconds(work: Callable[[], object], rounds: int, enough: float = 20.0) -> float:
    """The median of several rounds, after one that warms up; fewer rounds, but one, when they take more than enough."""
    times: list[float] = []
    while len(times) < 2 or (len(times) <= rounds and sum(times) < enough):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return median(times[1:])
