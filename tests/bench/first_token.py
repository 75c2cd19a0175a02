"""How long a chat waits for its first token: beside 31 others, and in the second turn of a long conversation."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import Any

import torch

from bot.messages import Sampling
from model.engine import Engine
from model.schedule import Request
from tests.bench.models import Prompt, Shape, drained

OTHERS = 31
CONVERSATION = 512  # tokens


def measure(shape: Shape, threads: int, rounds: int = 7, others: int = OTHERS) -> dict[str, Any]:
    """Seconds, medians. `beside` is measured against `idle` and one `step` of the others."""
    torch.set_num_threads(threads)
    engine = shape.engine("int8", others + 1, kept=0)
    fresh = iter(shape.prompts(2 * rounds))
    idle = median(_first(engine, next(fresh)) for _ in range(rounds))
    beside, step = _beside(engine, shape, rounds, others)
    second = {kept: _second_turn(shape, 256 << 20 if kept else 0, rounds) for kept in (True, False)}
    return {
        "idle": idle,
        "step": step,
        "beside": beside,
        "ratio": beside / (idle + step),
        "second turn, kept": second[True],
        "second turn, read anew": second[False],
        "sooner": second[False] / second[True],
    }


def _beside(engine: Engine, shape: Shape, rounds: int, others: int) -> tuple[float, float]:
    """A new chat's first token, and an ordinary step, while the others write on and on."""
    longest = Sampling(max_tokens=shape.context - shape.asked)
    for number, prompt in enumerate(shape.prompts(others)):
        engine.add(Request(f"other{number}", prompt, longest))
    for _ in range(others * shape.asked // 128 + 4):
        engine.step()
    steps, firsts = [], []
    for prompt in shape.prompts(rounds):
        began = perf_counter()
        engine.step()
        steps.append(perf_counter() - began)
        firsts.append(_first(engine, prompt))
    for number in range(others):
        engine.cancel(f"other{number}")
    return median(firsts), median(steps)


def _first(engine: Engine, prompt: Prompt) -> float:
    """Seconds from asking to the first token."""
    engine.add(Request("new", prompt, Sampling(max_tokens=1)))
    began = perf_counter()
    while not any(produced.request == "new" for produced in engine.step()):
        continue
    return perf_counter() - began


def _second_turn(shape: Shape, kept: int, rounds: int) -> float:
    """The first token of a turn that adds 16 tokens to a conversation."""
    engine = shape.engine("int8", 1, kept=kept)
    took = []
    for number in range(rounds):
        chance = torch.Generator().manual_seed(number)
        earlier = tuple(torch.randint(0, shape.vocabulary, (CONVERSATION,), generator=chance).tolist())
        engine.add(Request("first", earlier, Sampling(max_tokens=1)))
        drained(engine)
        took.append(_first(engine, (*earlier, *range(16))))
    return median(took)
