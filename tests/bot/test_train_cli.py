"""`irang train` from the command line: a run, its model added, one interrupted and gone on with, one reproduced."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import typer
from typer.testing import CliRunner, Result

from bot import train_cli
from bot.errors import IrangError
from bot.models_cli import models
from tests.training.small import place, settings
from training.finetune import Place
from training.reproducing import shown
from training.trainer import DialogueTrainer

app = typer.Typer()
app.command("train")(train_cli.train)
app.command("reproduce")(train_cli.reproduce)
app.add_typer(models, name="models")


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    made = place(tmp_path)
    settings(tmp_path)  # makes the base
    (tmp_path / "toy.toml").write_text(
        'name = "toy"\n[data]\nset = "toy"\n[base]\nfolder = "base"\n'
        '[learning]\nepochs = 1\nbatch = 8\n[samples]\nsaid = ["q1"]\ntokens = 2\n'
    )
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_file_of_settings_becomes_a_version(where: Place) -> None:
    result = run("train", "toy.toml")
    assert result.exit_code == 0, result.output
    (done,) = where.runs.all()
    assert done.state == "done"
    assert run("models", "add", str(where.run(done.id) / "model"), "--name", "mine").exit_code == 0
    assert "mine" in run("models", "list").output


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft 0.21 asks transformers for it
def test_an_adapter_is_added_over_the_version_that_it_was_trained_on(where: Place) -> None:
    models = where.data / "models"
    assert run("models", "add", "base", "--name", "first").exit_code == 0
    adapted = Path("toy.toml").read_text().replace('"base"', f'"{models / "first"}"')
    Path("adapted.toml").write_text(adapted + '[lora]\nrank = 2\ntargets = ["c_attn"]\n')
    told = run("train", "adapted.toml").output
    assert told.replace("\n", "").rstrip().endswith("--base first`")
    (done,) = where.runs.all()
    adapter = str(where.run(done.id) / "model")
    assert "with --base" in str(run("models", "add", adapter).exception)
    assert "irang models add model/assets" in str(run("models", "add", adapter, "--base", "embedded").exception)
    assert run("models", "add", adapter, "--base", "first", "--name", "second").exit_code == 0


def test_reproducing_a_run_gives_the_same_figures(where: Place) -> None:
    run("train", "toy.toml")
    (first,) = where.runs.all()
    result = run("reproduce", str(where.runs.publish(first.id, where.data)))
    assert result.exit_code == 0, result.output
    figure = shown(first.metrics["bits_per_character"])
    assert f"bits_per_character: {figure} then, {figure} now: same" in result.output


def test_a_run_that_came_out_otherwise_ends_reproduce_with_1(where: Place) -> None:
    run("train", "toy.toml")
    (first,) = where.runs.all()
    better = {"bits_per_character": {"value": 0.5, "interval": [0.4, 0.6]}}
    where.runs.save(replace(first, metrics=better))
    result = run("reproduce", first.id)
    assert result.exit_code == 1
    assert "now: apart" in result.output


def test_a_signal_leaves_a_run_to_go_on_with(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    original = DialogueTrainer.training_step

    def stepping(self: DialogueTrainer, *args: Any, **more: Any) -> torch.Tensor:
        if self.state.global_step == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(self, *args, **more)

    monkeypatch.setattr(DialogueTrainer, "training_step", stepping)
    result = run("train", "toy.toml")
    (half,) = where.runs.all()
    assert (result.exit_code, half.state) == (130, "interrupted")
    assert f"--resume {half.id}" in result.output
    monkeypatch.setattr(DialogueTrainer, "training_step", original)
    assert run("train", "--resume", half.id).exit_code == 0
    assert where.runs.get(half.id).state == "done"


def test_neither_file_nor_run_is_refused(where: Place) -> None:
    assert isinstance(run("train").exception, IrangError)


@pytest.mark.parametrize("content", ["{}", "[]", "no JSON", None])
def test_what_was_trained_without_settings_cannot_be_reproduced(where: Place, content: str | None) -> None:
    Path("odd.json").write_text(content or "")
    result = run("reproduce", "odd.json" if content else "baseline-6-gram-songys-strict")
    assert isinstance(result.exception, IrangError)
    assert "expected a run that was trained with settings" in str(result.exception)


def test_a_bare_name_means_what_comes_along(where: Place) -> None:
    result = run("train", "small-scratch")
    assert "irang data import" in str(result.exception), "songys is not there, and what to do is told"
