"""Two processes learn together what one learns alone, and leave one run behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.small import place, settings
from tests.training.test_finetune import no_dropout, trained
from training import processes
from training.config import Config
from training.finetune import Place
from training.rendering import TrainingRefused
from training.runs import Run

ROOT = Path(__file__).resolve().parents[2]


def torchrun(config: Config, where: Place) -> Run:
    """`irang train` in two processes over gloo, without any GPU."""
    file = where.data.parent / "two.toml"
    base = config.base
    assert base
    learning = "\n".join(f"{name} = {json.dumps(value)}" for name, value in config.learning.model_dump().items())
    file.write_text(
        f'name = "{config.name}"\nscheme = "{config.scheme}"\n[data]\nset = "{config.data.set}"\n'
        f'[base]\nfolder = "{base.folder}"\n[learning]\n{learning}\n[samples]\nsaid = ["q1"]\ntokens = 4\n'
    )
    bot = where.data.parent / "config.toml"
    bot.write_text(f'[bot]\ndata = "{where.data}"\n')
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "bot", "train", str(file)]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *command, "--config", str(bot)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    (run,) = [one for one in where.runs.all() if one.name == config.name]
    return run


@pytest.mark.long
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_two_processes_learn_what_one_learns(tmp_path: Path, optimizer: str) -> None:
    where = place(tmp_path, rows=64)
    no_dropout(tmp_path)
    whole = settings(tmp_path, scheme="replies", learning={"batch": 16, "optimizer": optimizer})
    halves = settings(tmp_path, scheme="replies", learning={"batch": 8, "optimizer": optimizer}, name="two")
    alone, together = trained(whole, where), torchrun(halves, where)
    assert together.state == "done"
    for one, other in zip(alone.epochs, together.epochs, strict=True):
        assert other["train_loss"] == pytest.approx(one["train_loss"], abs=1e-4)
        assert other["valid_loss"] == pytest.approx(one["valid_loss"], abs=1e-4)
    assert (where.run(together.id) / "model/model.safetensors").is_file()


def test_one_process_is_the_first_and_decides() -> None:
    assert (processes.count(), processes.first()) == (1, True)
    assert processes.agreed(lambda: "toy-1") == "toy-1"
    assert [processes.anywhere(one) for one in (True, False)] == [True, False]


def test_what_the_first_process_refuses_is_refused() -> None:
    def refusing() -> str:
        raise TrainingRefused("no such data")

    with pytest.raises(TrainingRefused, match="no such data"):
        processes.agreed(refusing)
