"""Fewer bits for a model's weights leave what it says as it is, or they are not taken."""

from __future__ import annotations

import pytest
import torch
from transformers import PreTrainedModel

from model import precision
from model.precision import Precision, settle
from tests.model.test_packed import random_model


@torch.inference_mode()
def chances(model: PreTrainedModel) -> torch.Tensor:
    logits: torch.Tensor = model(input_ids=torch.arange(90)[None], use_cache=False).logits
    return logits.float().log_softmax(-1)


def test_in_bfloat16_a_late_position_is_the_same_one() -> None:
    rounded, true = random_model("llama"), random_model("llama")
    assert settle(rounded, "bfloat16") == "bfloat16"
    assert rounded.dtype == torch.bfloat16
    frequencies = dict(rounded.named_buffers())
    assert any("inv_freq" in name for name in frequencies)
    assert all(torch.equal(frequencies[name], numbers) for name, numbers in true.named_buffers())


@pytest.mark.parametrize("fastest", ["bfloat16", "int8"])
@pytest.mark.parametrize("taken", [True, False])
def test_what_is_fastest_is_taken_only_if_it_says_the_same(
    monkeypatch: pytest.MonkeyPatch, fastest: Precision, taken: bool
) -> None:
    monkeypatch.setattr(precision, "_fastest", lambda model: fastest)
    monkeypatch.setattr(precision, "_ALIKE", 1.0 if taken else 0.0)
    model = random_model("gpt2")
    before = chances(model)
    assert settle(model, "auto") == (fastest if taken else "float32")
    assert torch.allclose(chances(model), before, atol=1e-4) is not taken


@pytest.mark.parametrize(
    ("own", "asked", "supported", "expected"),
    [
        (torch.float32, "auto", True, torch.bfloat16),
        (torch.float32, "auto", False, torch.float32),
        (torch.float16, "auto", True, torch.float16),
        (torch.float32, "float32", True, torch.float32),
        (torch.bfloat16, "float32", True, torch.float32),
        (torch.float16, "bfloat16", True, torch.bfloat16),
        (torch.float32, "int8", True, torch.bfloat16),
    ],
)
def test_a_gpu_computes_in_two_bytes_unless_told_otherwise(
    own: torch.dtype, asked: Precision, supported: bool, expected: torch.dtype
) -> None:
    assert precision.on_gpu(own, asked, supported) == expected


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_a_model_is_fused_and_rounded_and_says_nearly_the_same() -> None:
    model, true = random_model("gpt2"), random_model("gpt2")
    assert settle(model, "auto", "cuda") == "bfloat16"
    model.to("cuda")  # type: ignore[arg-type]
    assert not any(isinstance(module, torch.nn.Dropout) for module in model.modules())
    ids = torch.arange(90)[None]
    with torch.inference_mode():
        rounded = model(input_ids=ids.to("cuda"), use_cache=False).logits.float().log_softmax(-1).cpu()
    assert float((chances(true).exp() * (chances(true) - rounded)).sum(-1).mean()) < 0.1


def test_tied_weights_stay_one() -> None:
    model = random_model("gpt2")
    numbers = sum(weight.numel() for weight in model.parameters())
    settle(model, "bfloat16")
    assert sum(weight.numel() for weight in model.parameters()) == numbers
