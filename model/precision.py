"""In which numbers a model computes on a CPU: what this machine is fastest in, as long as the answers stay the same."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from statistics import median
from typing import Literal

import torch
from torch import nn
from transformers import PreTrainedModel

from model.int8 import Int8Linear, Replaced, fuse, quantise

log = logging.getLogger(__name__)

Precision = Literal["auto", "float32", "bfloat16", "int8"]

_SMALL = 30_000_000  # parameters up to which float32 is fast enough anywhere
_BATCH = 8  # tokens of the probe's step
_WORTH = 1.25  # so many times faster must be what is less exact
_ALIKE = 0.02  # nats by which 8-bit weights may change the next token's chances, in the mean


@torch.inference_mode()
def settle(model: PreTrainedModel, asked: Precision) -> str:
    """Make a float32 model compute as asked; returns what it computes in now.

    "auto" is a matter of measuring: how long a layer of this model takes in each, on these cores, now.
    """
    fuse(model)
    chosen = asked if asked != "auto" else _fastest(model)
    if chosen == "bfloat16":
        nn.Module.to(model, torch.bfloat16)
    elif chosen == "int8":
        replaced = quantise(model)
        if asked == "auto" and not _alike(model, replaced):
            replaced.undo()
            return "float32"
    return chosen


def _fastest(model: PreTrainedModel) -> str:
    if model.num_parameters() <= _SMALL:
        return "float32"
    size = int(model.config.get_text_config(decoder=True).hidden_size)
    x, layer = torch.randn(_BATCH, size), nn.Linear(size, 4 * size)
    half, bytes_ = nn.Linear(size, 4 * size).to(torch.bfloat16), Int8Linear(layer.weight.detach(), layer.bias.detach())
    took = {
        "float32": _seconds(lambda: layer(x)),
        "bfloat16": _seconds(lambda: half(x.to(torch.bfloat16))) * _WORTH,
        "int8": _seconds(lambda: bytes_(x)) * _WORTH,
    }
    log.info("a layer takes %s", ", ".join(f"{took[name] * 1e6:.0f} us in {name}" for name in took))
    return min(took, key=lambda name: took[name])


def _seconds(work: Callable[[], object]) -> float:
    """The median of several runs, after a few that warm up."""
    times = []
    for _ in range(25):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times[5:])


def _alike(model: PreTrainedModel, replaced: Replaced) -> bool:
    """Whether the quantised model's chances are near those of the true one, on a text of many different tokens."""
    vocabulary = int(model.config.get_text_config(decoder=True).vocab_size)
    ids = torch.arange(48)[None] * 7919 % vocabulary  # a prime: spread over the whole vocabulary
    quantised = _chances(model, ids)
    replaced.undo()
    true = _chances(model, ids)
    replaced.redo()
    difference = float((true.exp() * (true - quantised)).sum(-1).mean())
    log.info("8-bit weights change the next token's chances by %.4f nats", difference)
    return difference <= _ALIKE


def _chances(model: PreTrainedModel, ids: torch.Tensor) -> torch.Tensor:
    logits: torch.Tensor = model(input_ids=ids, use_cache=False).logits
    return logits.float().log_softmax(-1)
