"""A model is fetched by the real download code, from a hub on loopback; each fault of a hub is one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants

from bot.errors import ModelRefused
from model import hub as hubs
from model.registry import Registry
from tests.model.fake_hub import COMMIT, ID, FakeHub, Fault, hub
from tests.model.test_lora import adapter_folder
from tests.model.tiny import tiny_folder, tiny_model

ROOT = Path(__file__).resolve().parents[2]
STRANGE = {
    "pytorch_model.bin": b"a pickle",
    "modeling_tiny.py": b"import os",
    "preprocessor_config.json": b"{}",
    "consolidated.safetensors": b"again",
    "onnx/model.onnx": b"once more",
    "../escaped.json": b"{}",
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """What a hub holds of a tiny model."""
    folder = tiny_folder(tmp_path / "source")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token and no cache of this machine's, and no pause before the library tries again."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)


def fetch(fake: FakeHub | str, to: Path, monkeypatch: pytest.MonkeyPatch, revision: str | None = None) -> str:
    """As with HF_ENDPOINT set before the start: the library reads it once."""
    url = fake if isinstance(fake, str) else fake.url
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    return hubs.fetch(ID, revision, to)


def irang(fake: FakeHub, here: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`irang …` in a process of its own, with that hub."""
    environment = {**os.environ, "HF_ENDPOINT": fake.url, "HF_HOME": str(here / "hf"), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=here, env=environment, capture_output=True, text=True, check=False
    )


def test_a_model_of_the_hub_becomes_a_version_and_nothing_else_is_fetched(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    with hub(files | STRANGE) as fake:
        result = irang(fake, tmp_path, "models", "add", ID, "--licence", "MIT")
        assert result.returncode == 0, result.stderr
        assert fake.fetched() == set(files)
    version = Registry(tmp_path / "data" / "models").get("tiny")
    assert (version.manifest.source, version.manifest.revision, version.manifest.licence) == (ID, COMMIT, "MIT")
    assert {name: (version.folder / name).read_bytes() for name in version.manifest.files} == files


def test_a_refusal_is_one_line_of_the_command_line(tmp_path: Path, files: dict[str, bytes]) -> None:
    with hub(files, "gated") as fake:
        result = irang(fake, tmp_path, "models", "add", ID)
    assert result.returncode != 0
    assert [line for line in result.stderr.splitlines() if line.strip()] == [
        f"{ID}: its owner asks for consent: agree at https://huggingface.co/{ID} and put your token into HF_TOKEN"
    ]
    assert Registry(tmp_path / "data" / "models").versions() == []


def test_weights_that_can_run_code_are_refused_and_not_fetched(
    tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    del files["model.safetensors"]
    with hub(files | {"pytorch_model.bin": b"a pickle"}) as fake:
        with pytest.raises(ModelRefused, match="no weights in safetensors"):
            fetch(fake, tmp_path / "to", monkeypatch)
        assert fake.fetched() == set()


FAULTS: list[tuple[Fault, int, str]] = [
    ("missing", 401, r"does not give it \(401\): check the name"),
    ("missing", 404, r"does not give it \(404\): check the name"),
    ("gated", 401, "asks for consent: agree at https://huggingface.co/irang/tiny"),
    ("gated", 403, "asks for consent"),
    ("no revision", 404, "no revision 'v9' of it"),
    ("busy", 429, r"left alone for a while \(429\)"),
    ("broken", 503, r"itself fails \(503\)"),
    ("no hub", 200, "no hub .*HF_ENDPOINT"),
    ("cut always", 200, "broke off"),
    ("short", 200, "broke off"),
]


@pytest.mark.parametrize(("fault", "status", "told"), FAULTS)
def test_each_fault_of_the_hub_is_one_line_that_says_what_to_do(
    tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, fault: Fault, status: int, told: str
) -> None:
    with hub(files, fault, status) as fake, pytest.raises(ModelRefused, match=told) as refusal:
        fetch(fake, tmp_path / "to", monkeypatch, "v9")
    assert str(refusal.value).startswith(f"{ID}: ")
    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)
    assert not (tmp_path / "to" / "model.safetensors").exists()


def test_a_file_that_breaks_off_once_comes_whole_all_the_same(
    tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub(files, "cut once") as fake:
        assert fetch(fake, tmp_path / "to", monkeypatch) == COMMIT
    assert {file.name: file.read_bytes() for file in (tmp_path / "to").iterdir()} == files


def test_nobody_there_and_no_network_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelRefused, match="can't be reached"):
        fetch("http://127.0.0.1:9", tmp_path, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelRefused, match="HF_HUB_OFFLINE is set"):
        fetch("http://127.0.0.1:9", tmp_path, monkeypatch)


def test_a_place_that_can_not_be_written_is_named(
    tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "to").write_text("a file")
    with hub(files) as fake, pytest.raises(ModelRefused, match="can't be written: "):
        fetch(fake, tmp_path / "to", monkeypatch)


def test_an_adapter_comes_without_the_model_that_lies_beside_no_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = adapter_folder(tmp_path / "polite", tiny_model(), "gpt2", 1)
    adapter = {file.name: file.read_bytes() for file in folder.iterdir()}
    with hub(adapter | {"config.json": b"{}", "tokenizer.json": b"{}"}) as fake:
        fetch(fake, tmp_path / "to", monkeypatch)
    assert {file.name for file in (tmp_path / "to").iterdir()} == set(adapter)
