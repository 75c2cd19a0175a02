"""A folder that could run code, or is no model, is refused with one line that says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from bot.messages import Sampling
from model import folder as folders
from model import weights
from model.folder import FolderError
from tests.model.tiny import CONTEXT, tiny_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_folder(tmp_path / "tiny")


def change(file: Path, **keys: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **keys}))


def test_what_training_writes_is_in_order(folder: Path) -> None:
    (folder / "README.md").write_text("# card")
    folders.check(folder)
    assert weights.window(weights.load(folder)) == CONTEXT


@pytest.mark.parametrize("name", ["modeling_x.py", "pytorch_model.bin", "adapter_config.json", "a.pkl", "x.so"])
def test_files_that_could_run_code_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("{}")
    with pytest.raises(FolderError, match=name):
        folders.check(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_what_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(FolderError, match=name):
        folders.check(folder)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"config\.json is missing"):
        folders.check(tmp_path)
    with pytest.raises(FolderError, match="no such model folder"):
        folders.check(tmp_path / "nothing")


@pytest.mark.parametrize(
    "key", ["auto_map", "_attn_implementation_internal", "attn_implementation", "trust_remote_code", "custom_generate"]
)
@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "generation_config.json"])
def test_keys_that_name_code_are_refused_wherever_they_hide(folder: Path, file: str, key: str) -> None:
    change(folder / file, nested=[{"deeper": {key: "x"}}])
    with pytest.raises(FolderError, match=key):
        folders.check(folder)


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000])
def test_a_configuration_that_is_no_object_is_refused(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(FolderError, match=r"config\.json"):
        folders.check(folder)


def test_missing_weights_are_not_made_up(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("transformer.h.0.mlp.c_fc.weight")
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(FolderError, match=r"1 weights are missing.*c_fc"):
        weights.load(folder)


@pytest.mark.parametrize("content", [b"", b"\xff" * 64])
def test_torn_weights_are_refused(folder: Path, content: bytes) -> None:
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(FolderError):
        weights.load(folder)


def test_an_unknown_architecture_is_refused(folder: Path) -> None:
    change(folder / "config.json", model_type="no-such-model")
    with pytest.raises(FolderError, match="no-such-model"):
        weights.load(folder)


def test_the_name_follows_the_weights(folder: Path, tmp_path: Path) -> None:
    name = folders.served_name(folder)
    assert name.startswith("tiny@")
    assert len(name) == len("tiny@") + 8
    change(folder / "generation_config.json", temperature=0.5)
    assert folders.served_name(folder) == name
    tensors = load_file(folder / "model.safetensors")
    tensors["transformer.ln_f.bias"][0] += 1
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    assert folders.served_name(folder) != name


def test_defaults_mean_what_transformers_makes_of_them(folder: Path) -> None:
    change(folder / "generation_config.json", do_sample=True, temperature=0.7, top_k=5, max_new_tokens=9, min_p=0.1)
    assert folders.default_sampling(folder) == (Sampling(max_tokens=9, temperature=0.7, top_k=5), ("min_p",))
    change(folder / "generation_config.json", do_sample=False)
    assert folders.default_sampling(folder)[0].temperature == 0
    change(folder / "generation_config.json", temperature="hot", do_sample=True)
    with pytest.raises(FolderError, match="temperature"):
        folders.default_sampling(folder)


def test_a_model_that_marks_passages_is_no_talker(folder: Path) -> None:
    change(folder / "config.json", architectures=["GPT2ForQuestionAnswering"])
    with pytest.raises(FolderError, match="GPT2ForQuestionAnswering does not write text"):
        folders.check(folder)
