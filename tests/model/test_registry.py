"""Versions are checked, copied and sealed; one of them answers; nothing hostile gets in."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot.errors import ModelRefused
from model.folder import EMBEDDED
from model.registry import Registry, examine
from tests.hostile import attack
from tests.model.test_lora import adapter_folder
from tests.model.test_packed import FAMILIES, random_model
from tests.model.tiny import saying, tiny_folder, tiny_model, tiny_tokenizer


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
        (lambda: registry.get("other"), "expected one of these: tiny"),
        (lambda: registry.use("../../etc"), "no model version"),
        (lambda: registry.remove("tiny"), "answers now"),
    ):
        with pytest.raises(ModelRefused, match=why) as refusal:
            wish()
        assert "\n" not in str(refusal.value)
    assert [version.name for version in registry.versions()] == ["tiny"]


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


def test_a_hundred_hostile_folders_are_refused_and_run_nothing(tmp_path: Path) -> None:
    outcome = attack(100, 1, tmp_path)
    assert (outcome.executed, outcome.accepted, outcome.unclear) == (0, [], [])
