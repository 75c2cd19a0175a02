"""In which numbers a model computes: what this machine is fastest in, as long as the answers stay the same."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from statistics import median
from typing import Literal

import torch
from torch import nn
from transformers import PreTrainedModel

from model.int8 import Int8Linear, fuse, quantise
from model.reading import vocabulary

log = logging.getLogger(__name__)

Precision = Literal["auto", "float32", "bfloat16", "int8"]

_SMALL = 30_000_000  # parameters up to which float32 is fast enough anywhere
_BATCH = 8  # tokens of the probe's step
_WORTH = 1.25  # so many times faster must be what is less exact
_ALIKE = 0.02  # nats by which rounded numbers may change the next token's chances, in the mean

Undo = Callable[[], None]


def settle(model: PreTrainedModel, asked: Precision, device: str = "cpu") -> str:
    """Make a model, before it goes to its device, compute as asked; returns what in. For a CPU: a float32 one.

    "auto" is a matter of measuring: how long a layer of this model takes in each, on these cores, now. A GPU is
    fastest in two bytes whatever the model, and computes in the folder's own if those are two.
    """
    fuse(model)
    if device == "cuda":
        kind = on_gpu(model.dtype, asked, torch.cuda.is_bf16_supported(including_emulation=False))
        if kind != model.dtype:
            cast(model, kind)
        return str(kind).removeprefix("torch.")
    match asked:
        case "auto":
            return _chosen(model)
        case "bfloat16":
            cast(model, torch.bfloat16)
        case "int8":
            quantise(model)
    return asked


def on_gpu(own: torch.dtype, asked: Precision, bfloat16: bool) -> torch.dtype:
    """What a model with numbers of its `own` computes in there; 8 bits are for CPUs, and count as "auto"."""
    if asked == "float32":
        return torch.float32
    halved = asked == "bfloat16" or (own == torch.float32 and bfloat16)
    return torch.bfloat16 if halved else own


def cast(model: PreTrainedModel, kind: torch.dtype) -> None:
    """Round the weights, and them alone.

    Rotary frequencies are buffers: in bfloat16 those of a late position would be off by whole turns.
    """
    for weight in model.parameters():
        weight.data = weight.data.to(kind)


def _chosen(model: PreTrainedModel) -> str:
    """What is fastest here, or float32 where that would say something else."""
    fastest = _fastest(model)
    if fastest == "float32":
        return fastest
    true = _chances(model)
    undo = _rounded(model, fastest)
    difference = float((true.exp() * (true - _chances(model))).sum(-1).mean())
    log.info("%s changes the next token's chances by %.4f nats", fastest, difference)
    if difference <= _ALIKE:
        return fastest
    undo()
    return "float32"


def _rounded(model: PreTrainedModel, kind: str) -> Undo:
    """Make the model compute in it; returns what takes it back."""
    if kind == "int8":
        return quantise(model)
    before = [(weight, weight.data) for weight in model.parameters()]
    cast(model, torch.bfloat16)

    def undo() -> None:
        for weight, numbers in before:
            weight.data = numbers

    return undo


@torch.inference_mode()
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


@torch.inference_mode()
def _chances(model: PreTrainedModel) -> torch.Tensor:
    """The next token's, behind each one of a text of many different tokens."""
    ids = torch.arange(48)[None] * 7919 % vocabulary(model)  # a prime: spread over the whole vocabulary
    logits: torch.Tensor = model(input_ids=ids, use_cache=False).logits
    return logits.float().log_softmax(-1)
