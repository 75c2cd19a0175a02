"""Tokens a second of many chats in one batch, against `model.generate` for one chat after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from transformers import GenerationConfig, GPT2LMHeadModel

from model.precision import Precision
from tests.bench.models import Prompt, Shape, answered, seconds

CHATS = (1, 8, 32, 128)
TARGETS = {("int8", 1): 3.5, ("int8", 8): 13.0, ("int8", 32): 18.0, ("int8", 128): 20.0, ("bfloat16", 32): 6.0}


def measure(shape: Shape, threads: int, rounds: int = 3, chats: tuple[int, ...] = CHATS) -> dict[str, Any]:
    """Ratios for each precision and number of chats. The baseline is measured before and after: drift shows."""
    torch.set_num_threads(threads)
    baseline = shape.model()
    before = _sequential(baseline, shape, rounds)
    rows = [row for precision in ("float32", "bfloat16", "int8") for row in _rows(shape, precision, chats, rounds)]
    theirs = _their_batching(shape, max(chats[:3]), rounds)
    after = _sequential(baseline, shape, rounds)
    plain = (before + after) / 2
    return {
        "threads": threads,
        "sequential": {"before": before, "after": after},
        "rows": [
            {"precision": precision, "chats": count, "tokens/s": speed, "ratio": speed / plain, "target": target}
            for precision, count, speed in rows
            for target in [TARGETS.get((precision, count)) if threads == 2 else None]
        ],
        "transformers": {"chats": max(chats[:3]), "tokens/s": theirs, "ratio": theirs / plain if theirs else None},
    }


def _rows(shape: Shape, precision: Precision, chats: tuple[int, ...], rounds: int) -> Iterator[tuple[str, int, float]]:
    engine = shape.engine(precision, max(chats))
    for count in chats:
        prompts = shape.prompts(count)
        took = seconds(lambda some=prompts: answered(engine, some), rounds)  # type: ignore[misc]
        yield precision, count, count * shape.written / took


def _sequential(model: GPT2LMHeadModel, shape: Shape, rounds: int) -> float:
    """Tokens a second of one chat after another, in float32."""
    prompts = shape.prompts(2)

    def one_after_another() -> None:
        for prompt in prompts:
            _generated(model, shape, prompt)

    took = seconds(one_after_another, rounds)
    return len(prompts) * shape.written / took


def _generated(model: GPT2LMHeadModel, shape: Shape, prompt: Prompt) -> None:
    ids = torch.tensor([prompt])
    model.generate(  # type: ignore[misc]
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=shape.written,
        min_new_tokens=shape.written,
        do_sample=False,
        pad_token_id=0,
    )


def _their_batching(shape: Shape, count: int, rounds: int) -> float | None:
    """transformers' own continuous batching in bfloat16, its cache told its size; None where it does not run."""
    from transformers import ContinuousBatchingConfig

    model: Any = shape.model()
    model.to(torch.bfloat16)
    model.set_attn_implementation("sdpa")
    prompts = [list(prompt) for prompt in shape.prompts(count)]
    generation = GenerationConfig(max_new_tokens=shape.written, do_sample=False, eos_token_id=-1, pad_token_id=0)  # type: ignore[no-untyped-call]
    batching = ContinuousBatchingConfig(page_size=32, num_blocks=4 * count, max_batch_tokens=128 + count)

    def work() -> None:
        told = model.generate_batch(prompts, generation, batching)
        if len(told) != count or any(len(one.generated_tokens) != shape.written for one in told.values()):
            raise RuntimeError("not everybody was answered")

    try:
        return count * shape.written / seconds(work, rounds)
    except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
        print(f"transformers' continuous batching does not run here: {type(error).__name__}: {error!s:.200}")
        return None
