"""Adapters change their own requests alone, as merging them into the model would."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from bot.errors import ModelRefused
from bot.messages import Sampling
from model.engine import Engine
from model.int8 import quantise
from model.lora import attach, check, load
from model.schedule import Limits, Request
from tests.model.test_packed import answers, continued, prompts, random_model

TARGETS = {"gpt2": ("c_attn", "c_fc"), "llama": ("q_proj", "v_proj", "down_proj")}


def adapter_folder(folder: Path, model: PreTrainedModel, family: str, seed: int, **config: Any) -> Path:
    """What peft would have written."""
    folder.mkdir()
    torch.manual_seed(seed)
    weights = {}
    for path, layer in model.named_modules():
        if path.rpartition(".")[2] in TARGETS[family] and isinstance(layer, nn.Linear | Conv1D):
            into, out = (layer.nx, layer.nf) if isinstance(layer, Conv1D) else (layer.in_features, layer.out_features)
            weights[f"base_model.model.{path}.lora_A.weight"] = torch.randn(4, into) * 0.2
            weights[f"base_model.model.{path}.lora_B.weight"] = torch.randn(out, 4) * 0.2
    save_file(weights, folder / "adapter_model.safetensors")
    content = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "none", **config}
    (folder / "adapter_config.json").write_text(json.dumps(content))
    return folder


@torch.no_grad()
def merged(model: PreTrainedModel, folder: Path) -> PreTrainedModel:
    for path, (down, up) in load(folder, "x", model).layers.items():
        layer = model.get_submodule(path)
        assert isinstance(layer, nn.Linear | Conv1D)
        change = up @ down
        layer.weight += change.T if isinstance(layer, Conv1D) else change
    return model


@pytest.mark.parametrize("family", TARGETS)
def test_each_request_is_answered_by_its_own_adapter(tmp_path: Path, family: str) -> None:
    folders = {name: adapter_folder(tmp_path / name, random_model(family), family, n) for n, name in enumerate("ab")}
    asked = prompts(9)
    wanted = ["", "a", "b"] * 3
    models = {
        "": random_model(family),
        **{name: merged(random_model(family), folder) for name, folder in folders.items()},
    }
    alone = [continued(models[name], prompt, 12) for name, prompt in zip(wanted, asked, strict=True)]
    base = random_model(family)
    adapters = {name: load(folder, name, base) for name, folder in folders.items()}
    limits = Limits(slots=5, waiting=9, context=200, chunk=16)
    engine = Engine(base, limits, stop_ids=[], defaults=Sampling(temperature=0, max_tokens=12), adapters=adapters)
    for number, (name, prompt) in enumerate(zip(wanted, asked, strict=True)):
        engine.add(Request(str(number), prompt, Sampling(), adapter=name))
    written = answers(engine)
    assert [written[str(number)] for number in range(9)] == alone
    assert continued(models["a"], asked[0], 12) != continued(models[""], asked[0], 12)


def test_who_reads_beside_the_engine_reads_with_the_model_as_it_is(tmp_path: Path) -> None:
    model, ids = random_model("gpt2"), torch.tensor([[1, 2, 3]])
    plain = model(ids).logits
    turn = attach(model, {"a": load(adapter_folder(tmp_path / "a", model, "gpt2", 1), "a", model)})
    turn.rows = {"a": torch.tensor([0, 1, 2])}
    with ThreadPoolExecutor(1) as others:
        assert torch.equal(others.submit(lambda: model(ids).logits).result(), plain)
    assert not torch.allclose(model(ids).logits, plain)


def test_what_one_adapter_read_is_not_taken_for_what_another_reads(tmp_path: Path) -> None:
    base, prompt = random_model("llama"), tuple(range(64))
    adapters = {"a": load(adapter_folder(tmp_path / "a", base, "llama", 1), "a", base)}
    limits = Limits(slots=1, waiting=9, context=200)
    engine = Engine(base, limits, stop_ids=[], defaults=Sampling(temperature=0, max_tokens=12), adapters=adapters)
    for number, name in enumerate(["", "a", "", "a"]):
        engine.add(Request(str(number), prompt, Sampling(), adapter=name))
    written = answers(engine)
    assert written["0"] == written["2"] != written["1"] == written["3"]
    assert (engine.kept.hits, engine.kept.misses) == (2, 2)


def test_an_adapter_sits_on_8_bit_layers_too(tmp_path: Path) -> None:
    base = random_model("llama")
    folder = adapter_folder(tmp_path / "a", base, "llama", 1)
    quantise(base)
    adapters = {"a": load(folder, "a", base)}
    engine = Engine(
        base,
        Limits(slots=2, waiting=2, context=99),
        stop_ids=[],
        defaults=Sampling(temperature=0, max_tokens=8),
        adapters=adapters,
    )
    engine.add(Request("0", (1, 2, 3), Sampling()))
    engine.add(Request("1", (1, 2, 3), Sampling(), adapter="a"))
    written = answers(engine)
    assert written["0"] != written["1"]


@pytest.mark.parametrize(
    "config",
    [{"use_dora": True}, {"bias": "all"}, {"modules_to_save": ["lm_head"]}, {"r": 0}, {"r": 10**9}, {"lora_alpha": "8"},
     {"peft_type": "LOHA"}, {"lora_alpha": 1e999}, {"lora_alpha": 10**400}, {"nested": {"auto_map": "x"}},
     {"alpha_pattern": {"a": 1}}],
)  # fmt: skip
def test_what_would_be_done_wrongly_is_refused(tmp_path: Path, config: dict[str, Any]) -> None:
    folder = adapter_folder(tmp_path / "a", random_model("gpt2"), "gpt2", 1, **config)
    with pytest.raises(ModelRefused) as refusal:
        check(folder)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("spoilt", ["[]", "{", "{}"])
def test_an_adapter_whose_settings_are_none_is_refused(tmp_path: Path, spoilt: str) -> None:
    folder = adapter_folder(tmp_path / "a", random_model("gpt2"), "gpt2", 1)
    (folder / "adapter_config.json").write_text(spoilt)
    with pytest.raises(ModelRefused, match=r"adapter_config\.json"):
        check(folder)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    folder = adapter_folder(tmp_path / "a", random_model("gpt2"), "gpt2", 1)
    check(folder)
    with pytest.raises(ModelRefused, match="another one"):
        load(folder, "a", random_model("llama"))
