"""Where a step's time goes, as torch's profiler sees it."""

from __future__ import annotations

from typing import Any

import torch

from bot.messages import Sampling
from model.schedule import Request
from tests.bench.models import Shape

STEPS = 10
KINDS = {
    "8-bit products": ("quantized::linear_dynamic",),
    "attention": ("aten::bmm", "aten::_scaled_dot_product_flash_attention_for_cpu", "aten::_softmax", "aten::baddbmm"),
    "quantising": ("aten::amax", "aten::abs", "aten::div", "aten::cat", "aten::addcmul", "aten::clamp_min_"),
    "activation": ("aten::gelu",),
}


def measure(shape: Shape, threads: int, chats: tuple[int, ...] = (1, 8, 32)) -> list[dict[str, Any]]:
    """For each number of chats the shares of a step of 8-bit answers; `the rest` is many small operations."""
    torch.set_num_threads(threads)
    return [{"chats": count, "threads": threads, "shares": _shares(shape, count)} for count in chats]


def _shares(shape: Shape, chats: int) -> dict[str, float]:
    engine = shape.engine("int8", chats, kept=0)
    for number, prompt in enumerate(shape.prompts(chats)):
        engine.add(Request(str(number), prompt, Sampling(max_tokens=shape.written + 2 * STEPS)))
    for _ in range(chats * shape.asked // 128 + 4):
        engine.step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        for _ in range(STEPS):
            engine.step()
    took = {event.key: event.self_cpu_time_total for event in profile.key_averages()}
    whole = sum(took.values())
    shares = {kind: sum(took.get(name, 0.0) for name in names) / whole for kind, names in KINDS.items()}
    return {**shares, "the rest": 1 - sum(shares.values())}
