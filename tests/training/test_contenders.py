"""Two models are weighed in the same numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from model import weights
from tests.model.tiny import tiny_folder
from training import contenders
from training.contenders import Contender


def test_a_model_is_weighed_in_32_bits_where_a_gpu_would_keep_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = weights.load
    monkeypatch.setattr(weights, "load", lambda *asked: loaded(*asked).bfloat16())  # as "auto" does beside CUDA
    opened = contenders.opened(Contender("", tiny_folder(tmp_path / "model")))
    assert {each.dtype for each in opened.model.parameters()} == {torch.float32}
