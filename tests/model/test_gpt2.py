"""GPT-2's own forward pass says what transformers' modules say, to the last bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel

from model import gpt2, int8, reading
from model.memory import Memory
from model.packed import Packed, Stretch, prepare

SHAPE: dict[str, Any] = {"vocab_size": 97, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64}


def model(**settings: bool) -> GPT2LMHeadModel:
    torch.manual_seed(3)
    made = GPT2LMHeadModel(GPT2Config(**(SHAPE | settings)))
    made.eval()  # type: ignore[no-untyped-call]
    prepare(made)
    return made


def step(memory: Memory) -> Packed:
    """A prompt, a longer one, and a single token behind a third."""
    ids = [5, 90, 14, 2, 61]
    return Packed([Stretch(memory.seat(9), 0, part) for part in (ids, [*ids, *ids], ids[:1])], torch.device("cpu"))


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
@pytest.mark.parametrize(
    "settings",
    [{}, {"scale_attn_by_inverse_layer_idx": True}, {"scale_attn_weights": False}, {"reorder_and_upcast_attn": True}],
    ids=lambda settings: next(iter(settings), "plain"),
)
@torch.inference_mode()
def test_every_figure_is_transformers_own(precision: str, settings: dict[str, bool]) -> None:
    made = model(**settings)
    if precision == "bfloat16":
        nn.Module.to(made, torch.bfloat16)
    if precision == "int8":
        int8.quantise(made)
    assert gpt2.reads(made)
    one, other = step(Memory(64)), step(Memory(64))
    assert torch.equal(gpt2.logits(made, one, one.last), reading._logits(made, other, other.last))


def test_a_model_that_attends_to_another_ones_text_is_left_to_transformers() -> None:
    assert not gpt2.reads(model(add_cross_attention=True))
