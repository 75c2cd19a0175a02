"""A model as it is loaded: in which numbers, and how long its texts may be."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import GPT2LMHeadModel, Phi3Config, Phi3ForCausalLM

from bot.messages import Sampling
from model import weights
from model.engine import Engine
from model.schedule import Limits, Request
from tests.model.test_packed import HEADS, SIZES, answers, random_model
from tests.model.tiny import tiny_folder


def longrope() -> Phi3ForCausalLM:
    torch.manual_seed(0)
    rope = {"rope_type": "longrope", "short_factor": [1.0] * 4, "long_factor": [9.0] * 4}
    shape = SIZES | HEADS | {"pad_token_id": 0, "eos_token_id": 1}
    model = Phi3ForCausalLM(Phi3Config(**shape, original_max_position_embeddings=64, rope_parameters=rope))
    with torch.no_grad():
        for numbers in model.parameters():
            if numbers.dim() > 1:
                numbers.normal_(std=0.3)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def test_a_model_reads_as_long_texts_as_it_has_positions_for() -> None:
    assert weights.window(random_model("llama")) == 256


def test_with_longrope_a_long_text_beside_it_changes_nobodys_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    limits = Limits(slots=2, waiting=2, context=weights.window(longrope()), kept=0)
    assert limits.context == 64
    assert "LongRoPE" in caplog.text
    short, long = Request("short", (1, 2, 3), Sampling(max_tokens=20)), Request("long", (7,) * 60, Sampling())
    told = []
    for asked in ([short], [long, short]):
        engine = Engine(longrope(), limits, stop_ids=[], defaults=Sampling(temperature=0))
        for request in asked:
            engine.add(request)
        told.append(answers(engine)["short"])
    assert told[0] == told[1]


def test_a_folder_is_rounded_before_it_goes_to_a_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone: list[torch.dtype] = []

    def to(model: GPT2LMHeadModel, device: str) -> GPT2LMHeadModel:
        gone.append(model.dtype)
        return model

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    monkeypatch.setattr(GPT2LMHeadModel, "to", to)
    model = weights.load(tiny_folder(tmp_path / "tiny"))
    assert gone == [torch.bfloat16]
    assert not any(isinstance(module, torch.nn.Dropout) for module in model.modules())
