"""Versions are checked, copied and sealed; one of them answers; nothing hostile gets in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import (
    AutoModelForCausalLM,
    CodeGenConfig,
    CTRLConfig,
    GPTJConfig,
    PreTrainedConfig,
    XGLMConfig,
)

from bot.erasing import pseudonym, withdraw
from bot.errors import ModelRefused
from model.exchanges import Exchange, read, write
from model.folder import EMBEDDED
from model.registry import Registry, examine
from model.repertoire import FILES, bring_along
from tests.hostile import attack
from tests.model.test_lora import adapter_folder
from tests.model.test_packed import FAMILIES, random_model
from tests.model.tiny import saying, tiny_folder, tiny_model, tiny_tokenizer

# Each makes the tokenizers library panic, at load or with the first words, or fail in a way of its own.
SPOILT: dict[str, dict[str, Any]] = {
    "a character map of nonsense": {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}},
    "an empty character map": {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AQAAAA=="}},
    "pieces of no length": {"pre_tokenizer": {"type": "FixedLength", "length": 0}},
    "a vocabulary without its unknown": {
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {},
        }
    },
}

# (family, its configuration, how many positions it claims): each computes tables of them in memory of its own.
TABLES: list[tuple[Callable[..., PreTrainedConfig], dict[str, Any]]] = [
    (GPTJConfig, {"n_embd": 32, "n_layer": 1, "n_head": 2, "rotary_dim": 16, "n_positions": 10**8}),
    (CodeGenConfig, {"n_embd": 32, "n_layer": 1, "n_head": 4, "rotary_dim": 8, "n_positions": 10**8}),
    (CTRLConfig, {"n_embd": 32, "n_layer": 1, "n_head": 2, "dff": 32, "n_positions": 10**8}),
    (
        XGLMConfig,
        {"d_model": 32, "num_layers": 1, "attention_heads": 2, "ffn_dim": 32, "max_position_embeddings": 10**8},
    ),
]


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny_folder(tmp_path / "tiny")


def test_a_version_is_a_sealed_copy_with_its_manifest(registry: Registry, source: Path) -> None:
    (source / "metrics.json").write_text('{"bits_per_character": 1.5, "note": "x"}')
    version = registry.add(source, licence="MIT")
    (source / "model.safetensors").unlink()
    assert [one.name for one in registry.versions()] == ["tiny"]
    assert version.manifest.parameters > 1000
    assert (version.manifest.licence, version.manifest.scores) == ("MIT", {"bits_per_character": 1.5})
    assert registry.verify("tiny") == []
    examine(version.folder)


def test_use_points_at_a_version_and_remembers_the_one_before(registry: Registry, source: Path) -> None:
    registry.add(source, "v1")
    registry.add(source, "v2")
    assert registry.current() is None
    for name in ("v1", "v2"):
        registry.use(name)
    current, previous = registry.current(), registry.previous()
    assert current
    assert previous
    assert (current.name, previous.name) == ("v2", "v1")
    registry.use("")
    assert registry.current() is None


def test_every_wish_that_can_not_be_granted_says_why(registry: Registry, source: Path) -> None:
    registry.add(source)
    registry.use("tiny")
    for wish, why in (
        (lambda: registry.add(source), "of that name is there"),
        (lambda: registry.add(source, "../up"), "can't be a version's name"),
        (lambda: registry.add(source / "nowhere", "x"), "no such model folder"),
        (lambda: registry.get("other"), "there are tiny"),
        (lambda: registry.use("../../etc"), "no model version"),
        (lambda: registry.remove("tiny"), "answers now"),
    ):
        with pytest.raises(ModelRefused, match=why) as refusal:
            wish()
        assert "\n" not in str(refusal.value)
    assert [version.name for version in registry.versions()] == ["tiny"]


@pytest.mark.parametrize("spoilt", ["[]", "{", "\udcff", "[" * 100_000])
@pytest.mark.parametrize("file", ["config.json", "metrics.json", "generation_config.json", "tokenizer_config.json"])
def test_what_is_no_json_object_is_refused_in_one_line(
    registry: Registry, source: Path, file: str, spoilt: str
) -> None:
    (source / file).write_text(spoilt, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ModelRefused, match=file) as refusal:
        registry.add(source)
    assert "\n" not in str(refusal.value)
    assert registry.versions() == []


def test_a_score_is_a_number_that_can_be_kept(registry: Registry, source: Path) -> None:
    (source / "metrics.json").write_text(f'{{"a": 2, "b": {"9" * 400}, "c": NaN, "d": 1e999, "e": [1]}}')
    assert registry.add(source).manifest.scores == {"a": 2}


def test_an_adapter_is_a_version_over_its_base(registry: Registry, tmp_path: Path, source: Path) -> None:
    adapter = adapter_folder(tmp_path / "polite", tiny_model(), "gpt2", 1)
    with pytest.raises(ModelRefused, match="--base"):
        registry.add(adapter)
    registry.add(source, "v1")
    with pytest.raises(ModelRefused, match="--base"):
        registry.add(source, "v2", base="v1")
    assert registry.add(adapter, base="v1").manifest.base == "v1"
    with pytest.raises(ModelRefused, match="adapter itself"):
        registry.add(adapter, "again", base="polite")
    with pytest.raises(ModelRefused, match="base of polite"):
        registry.remove("v1")
    assert registry.verify("polite") == []
    weights = registry.get("v1").folder / "model.safetensors"
    weights.chmod(0o644)
    weights.write_bytes(weights.read_bytes() + b"x")
    assert registry.verify("polite") == ["v1/model.safetensors: has changed"]


def test_what_was_written_for_a_model_is_sealed_with_it_and_with_an_adapter_what_it_was_taught(
    registry: Registry, tmp_path: Path, source: Path
) -> None:
    bring_along(EMBEDDED, source)
    assert set(FILES) <= set(os.listdir(registry.add(source, "v1").folder))
    adapter = adapter_folder(tmp_path / "polite", tiny_model(), "gpt2", 1)
    write(adapter, [Exchange("", "배고파", "밥 먹어요!", people=("0123456789abcdef",))])
    assert read(registry.add(adapter, base="v1").folder) == read(adapter)


def test_who_is_erased_while_a_version_is_added_is_not_in_it_and_it_can_be_used(
    registry: Registry, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.add(source, "v1")
    who = pseudonym("telegram", "1")
    adapter = adapter_folder(tmp_path / "polite", tiny_model(), "gpt2", 1)
    write(adapter, [Exchange("", "배고파", "밥 먹어요!", people=(who,))])

    def erased_meanwhile(folder: Path) -> int:
        parameters = examine(folder)
        if folder != adapter:
            withdraw(tmp_path, who, "")
        return parameters

    monkeypatch.setattr("model.registry.examine", erased_meanwhile)
    added = registry.add(adapter, base="v1")
    assert read(added.folder) == []
    assert registry.verify(added.name) == []


@pytest.mark.parametrize("name", FILES)
def test_a_repertoire_that_could_not_be_served_is_refused(registry: Registry, source: Path, name: str) -> None:
    (source / name).write_text("no such thing\n")
    with pytest.raises(ModelRefused, match=name):
        registry.add(source)


def test_a_changed_version_is_noticed_and_can_be_removed(registry: Registry, source: Path) -> None:
    folder = registry.add(source).folder
    os.chmod(folder / "config.json", 0o600)
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").unlink()
    (folder / "x.py").touch()
    assert registry.verify("tiny") == ["x.py: is new", "config.json: has changed", "tokenizer.json: is gone"]
    registry.remove("tiny")
    assert registry.versions() == []


def test_a_copy_that_was_interrupted_leaves_no_version(
    registry: Registry, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        registry.add(source)
    assert registry.versions() == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_let_in(registry: Registry, tmp_path: Path, family: str) -> None:
    folder = tmp_path / family
    random_model(family).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    assert registry.add(folder).name == family


def test_the_embedded_model_and_one_in_pieces_are_let_in(registry: Registry, tmp_path: Path) -> None:
    registry.add(EMBEDDED, "embedded")
    folder = tiny_folder(tmp_path / "pieces")
    (folder / "model.safetensors").unlink()
    saying("ab").save_pretrained(folder, max_shard_size="100KB")
    assert json.loads((folder / "model.safetensors.index.json").read_text())
    registry.add(folder)


@pytest.mark.parametrize("harm", SPOILT)
def test_a_tokenizer_that_breaks_its_library_is_refused_in_one_line(
    registry: Registry, source: Path, harm: str, capfd: pytest.CaptureFixture[str]
) -> None:
    content = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    (source / "tokenizer.json").write_text(json.dumps(content | SPOILT[harm]), encoding="utf-8")
    capfd.readouterr()
    with pytest.raises(ModelRefused, match=r"tokenizer\.json: no tokenizer that works") as refusal:
        registry.add(source)
    assert "panicked" not in capfd.readouterr().err
    assert "\n" not in str(refusal.value)
    assert registry.versions() == []


def test_what_is_no_fault_of_the_tokenizer_is_not_swallowed(
    registry: Registry, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tokenizers.Tokenizer.from_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        registry.add(source)


@pytest.mark.parametrize(("kind", "sizes"), TABLES)
def test_positions_that_would_fill_the_memory_are_refused(
    registry: Registry, tmp_path: Path, kind: Callable[..., PreTrainedConfig], sizes: dict[str, Any]
) -> None:
    few = {name: 64 if value == 10**8 else value for name, value in sizes.items()}
    folder = tmp_path / "model"
    AutoModelForCausalLM.from_config(kind(vocab_size=300, **few)).save_pretrained(folder)  # type: ignore[no-untyped-call]
    tiny_tokenizer().save_pretrained(folder)
    assert registry.add(folder, "honest")
    config = json.loads((folder / "config.json").read_text())
    many = {name: value for name, value in sizes.items() if value == 10**8}
    (folder / "config.json").write_text(json.dumps(config | many))
    with pytest.raises(ModelRefused, match="check its positions"):
        registry.add(folder, "hostile")


def test_a_hundred_hostile_folders_are_refused_and_run_nothing(tmp_path: Path) -> None:
    outcome = attack(100, 1, tmp_path)
    assert (outcome.executed, outcome.accepted, outcome.unclear) == (0, [], [])


def test_who_only_looks_up_versions_needs_no_torch() -> None:
    code = "import sys; import model.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False).returncode == 0
