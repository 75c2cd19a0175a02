"""A base in 4 bits is asked for as its paper has it; a base that can't be used is refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, BitsAndBytesConfig, BloomConfig

from tests.training.small import place, settings
from training import bases
from training.bases import four_bits
from training.callbacks import Interrupt
from training.config import Lora
from training.finetune import begin, train
from training.rendering import TrainingRefused

NF4 = {"rank": 2, "targets": ["c_attn"], "quantise": "nf4"}


def test_four_bits_are_nf4_with_double_quantisation_and_bfloat16() -> None:
    made: Any = BitsAndBytesConfig(**four_bits(Lora.model_validate(NF4)))  # type: ignore[no-untyped-call]
    assert made.quantization_method() == "nf4"
    assert (made.load_in_4bit, made.bnb_4bit_use_double_quant) == (True, True)
    assert made.bnb_4bit_compute_dtype == torch.bfloat16


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is there")
def test_without_a_cuda_device_it_is_refused_in_one_line(tmp_path: Path) -> None:
    where = place(tmp_path)
    with pytest.raises(TrainingRefused) as refusal:
        train(begin(settings(tmp_path, lora=NF4), where), where, interrupt=Interrupt())
    assert str(refusal.value) == '[lora] quantise = "nf4" needs a CUDA device: leave it out here'


def test_without_bitsandbytes_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = place(tmp_path)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(TrainingRefused, match=r"pip install 'irang\[qlora\]'"):
        bases.start(settings(tmp_path, lora=NF4), [], where.data / "kept").open()


@pytest.mark.parametrize("window", [0, 16])
def test_a_base_that_could_not_be_served_is_not_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    where, endless = place(tmp_path), BloomConfig()
    chosen = settings(tmp_path, lora={"rank": 2}, window=window)
    monkeypatch.setattr(AutoConfig, "from_pretrained", lambda *_, **__: endless)
    with pytest.raises(TrainingRefused, match="could not be served either"):
        bases.start(chosen, [], where.data / "kept")
