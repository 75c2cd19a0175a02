"""GPT-2's own forward pass says what transformers' modules say, to the last bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from model import gpt2, int8, reading
from model.memory import Memory
from model.packed import Packed, Stretch, prepare
from model.precision import cast

SHAPE: dict[str, Any] = {"vocab_size": 97, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"scale_attn_by_inverse_layer_idx": True},
    {"scale_attn_weights": False},
    {"layer_norm_epsilon": 0.1, "n_inner": 48, "activation_function": "relu"},
]


def model(**settings: Any) -> GPT2LMHeadModel:
    """Every number of it drawn, also those that begin as 0 or 1, so that none can be left out unseen."""
    torch.manual_seed(3)
    made = GPT2LMHeadModel(GPT2Config(**(SHAPE | settings)))
    with torch.no_grad():
        for numbers in made.parameters():
            numbers.normal_(std=0.3)
    made.eval()  # type: ignore[no-untyped-call]
    prepare(made)
    return made


def steps() -> tuple[Packed, Packed]:
    """Three prompts, one of a single token; then the next token of the first and the next two of the last."""
    ids, memory = [5, 90, 14, 2, 61], Memory(64)
    seats = [memory.seat(16) for _ in range(3)]
    prompts = [Stretch(seat, 0, part) for seat, part in zip(seats, (ids, [*ids, *ids], ids[:1]), strict=True)]
    further = [Stretch(seats[0], 5, [7]), Stretch(seats[2], 1, [8, 9])]
    return Packed(prompts, torch.device("cpu")), Packed(further, torch.device("cpu"))


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: next(iter(settings), "plain"))
@torch.inference_mode()
def test_every_figure_is_transformers_own(precision: str, settings: dict[str, Any]) -> None:
    made = model(**settings)
    if precision == "bfloat16":
        cast(made, torch.bfloat16)
    if precision == "int8":
        int8.quantise(made)
    assert gpt2.reads(made)
    for one, other in zip(steps(), steps(), strict=True):
        assert torch.equal(gpt2.logits(made, one, one.last), reading._logits(made, other, other.last))


@torch.inference_mode()
def test_what_is_expected_behind_any_place_can_be_asked() -> None:
    made, (packed, _), places = model(), steps(), torch.tensor([0, 3, 15])
    everywhere = reading.read(made, packed, torch.arange(16))
    assert torch.allclose(reading.read(made, packed, places), everywhere[places], atol=1e-5)
    assert torch.allclose(reading.read(made, packed), everywhere[packed.last], atol=1e-5)


def test_a_model_that_attends_to_another_ones_text_is_left_to_transformers() -> None:
    assert not gpt2.reads(model(add_cross_attention=True))
