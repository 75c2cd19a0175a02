"""Tokens a second of many chats in one batch, against `model.generate` for one chat after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from transformers import ContinuousBatchingConfig, GenerationConfig, GPT2LMHeadModel

from model.int8 import fuse, quantise
from model.precision import Precision
from tests.bench.genai import GenAI
from tests.bench.models import Prompt, Shape, answered, seconds

CHATS = (1, 8, 32, 128)
TARGETS = {("int8", 1): 3.5, ("int8", 8): 13.0, ("int8", 32): 18.0, ("int8", 128): 20.0, ("bfloat16", 32): 6.0}
OURS, THEIRS, OPENVINO = "이랑", "transformers", "OpenVINO GenAI"


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second of so many chats."""

    who: str
    precision: Precision
    chats: int
    speed: float


def measure(shape: Shape, threads: int, rounds: int = 3, chats: tuple[int, ...] = CHATS) -> dict[str, Any]:
    """Ratios for each precision and number of chats. The baseline is measured before and after: drift shows."""
    torch.set_num_threads(threads)
    baseline = shape.model()
    before = _sequential(baseline, shape, rounds)
    speeds = [*_openvino(shape, threads, chats, rounds)]
    for precision in ("int8", "bfloat16", "float32"):
        speeds += _ours(shape, precision, chats, rounds)
    speeds += _transformers(shape, max(chats[:3]), rounds)
    after = _sequential(baseline, shape, rounds)
    plain = (before + after) / 2
    return {
        "threads": threads,
        "sequential": {"before": before, "after": after},
        "rows": [
            {
                "who": one.who,
                "precision": one.precision,
                "chats": one.chats,
                "tokens/s": one.speed,
                "ratio": one.speed / plain,
                "target": TARGETS.get((one.precision, one.chats)) if (one.who, threads) == (OURS, 2) else None,
            }
            for one in speeds
        ],
    }


def _ours(shape: Shape, precision: Precision, chats: tuple[int, ...], rounds: int) -> Iterator[Speed]:
    engine = shape.engine(precision, max(chats))
    for count in chats:
        prompts = shape.prompts(count)
        took = seconds(lambda some=prompts: answered(engine, some), rounds)  # type: ignore[misc]
        yield Speed(OURS, precision, count, count * shape.written / took)


def _openvino(shape: Shape, threads: int, chats: tuple[int, ...], rounds: int) -> Iterator[Speed]:
    """On the same weights in 8 bits; nothing where the extra `bench` is not installed."""
    try:
        pipeline = GenAI(shape, threads, max(chats))
    except ImportError:
        print("OpenVINO GenAI is not installed: pip install -e '.[bench]'")
        return
    for count in chats:
        yield Speed(OPENVINO, "int8", count, pipeline.speed(count, rounds))


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


def _transformers(shape: Shape, count: int, rounds: int) -> Iterator[Speed]:
    """transformers' own continuous batching, in bfloat16 and with our 8-bit layers; its cache is told its size."""
    for precision in ("int8", "bfloat16"):
        model = shape.model()
        if precision == "int8":
            fuse(model)
            quantise(model)
        else:
            torch.nn.Module.to(model, torch.bfloat16)
        try:
            yield Speed(THEIRS, precision, count, _their_speed(model, shape, count, rounds))
        except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
            print(f"transformers' batching does not run here in {precision}: {type(error).__name__}: {error!s:.200}")


def _their_speed(model: Any, shape: Shape, count: int, rounds: int) -> float:
    model.set_attn_implementation("sdpa")
    prompts = [list(prompt) for prompt in shape.prompts(count)]
    generation = GenerationConfig(max_new_tokens=shape.written, do_sample=False, eos_token_id=-1, pad_token_id=0)  # type: ignore[no-untyped-call]
    batching = ContinuousBatchingConfig(page_size=32, num_blocks=4 * count, max_batch_tokens=128 + count)

    def work() -> None:
        told = model.generate_batch(prompts, generation, batching)
        if len(told) != count or any(len(one.generated_tokens) != shape.written for one in told.values()):
            raise RuntimeError("not everybody was answered")

    return count * shape.written / seconds(work, rounds)
