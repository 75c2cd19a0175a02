"""Trainings of a second each: what they leave behind, how they end, and what they refuse."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file
from transformers import GPT2LMHeadModel

from bot.errors import InUse, ModelRefused
from bot.exclusive import hold
from bot.messages import Message, Sampling
from model.exchanges import FILE, Exchange, read, write
from model.registry import Registry
from model.schedule import Request
from model.server import Serving
from model.serving import Options, open_folder
from tests.model.test_packed import answers
from tests.model.tiny import saying, tiny_folder
from tests.training.small import place, settings
from training import bases, finetune
from training.callbacks import Interrupt
from training.config import Config
from training.finetune import Place, begin
from training.learning import Learner
from training.rendering import TrainingRefused
from training.runs import Run


def trained(config: Config, where: Place, **more: Any) -> Run:
    return finetune.train(begin(config, where), where, interrupt=Interrupt(), **more)


def said(serving: Serving, question: str, adapter: str = "") -> str:
    """The served model's likeliest answer of at most four tokens."""
    prompt = serving.renderer.render([Message("user", question)], 60).ids
    serving.engine.add(Request("0", prompt, Sampling(temperature=0, max_tokens=4), adapter=adapter))
    return serving.renderer.settled(answers(serving.engine)["0"])


def weights(where: Place, run: Run) -> dict[str, torch.Tensor]:
    return load_file(where.run(run.id) / "model/model.safetensors")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def interrupted_at(monkeypatch: pytest.MonkeyPatch, step: int, signalled: bool = False) -> Interrupt:
    """An Interrupt that is asked when that step is done."""
    interrupt = Interrupt()
    original = Learner.training_step

    def stepping(self: Learner, *args: Any, **more: Any) -> torch.Tensor:
        if self.state.global_step == step - 1 and not interrupt.asked:
            if signalled:
                os.kill(os.getpid(), signal.SIGTERM)
            else:
                interrupt.asked = True
        return original(self, *args, **more)

    monkeypatch.setattr(Learner, "training_step", stepping)
    return interrupt


def test_a_run_leaves_its_row_log_curve_and_a_model(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path), where)
    assert where.runs.get(run.id) == run
    assert (run.state, run.scheme, run.data, len(run.epochs)) == ("done", "all", "toy", 2)
    assert run.epochs[1]["train_loss"] < run.epochs[0]["train_loss"]
    assert run.epochs[1]["valid_loss"] < run.epochs[0]["valid_loss"]
    assert run.metrics["valid_bits_per_character"] == min(one["bits_per_character"] for one in run.epochs)
    assert [one["said"] for one in run.samples] == ["q1"]
    folder = where.run(run.id)
    assert (folder / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert all(json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines())


def test_a_run_ends_with_every_figure_of_the_test_part(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path), where)
    assert where.runs.get(run.id).metrics == run.metrics
    low, high = run.metrics["bits_per_character"]["interval"]
    assert low < run.metrics["bits_per_character"]["value"] < high
    shares = {"empty", "looping", "cut", "copied"}
    assert {"perplexity", "chrf", "distinct1", "distinct2", "ms_per_reply", *shares} <= run.metrics.keys()


def test_without_a_test_part_nothing_is_judged_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = place(tmp_path)
    where.part("toy", "test").unlink()
    run = trained(settings(tmp_path), where, screen=Console(width=120))
    assert run.metrics.keys() == {"valid_bits_per_character"}
    assert "no test part" in capsys.readouterr().out


def test_muon_takes_the_matrices_and_learns(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path, learning={"optimizer": "muon", "rate": 3e-3}), where)
    assert run.epochs[1]["valid_loss"] < run.epochs[0]["valid_loss"]


def test_shift_comes_out_bit_for_bit_as_all(tmp_path: Path) -> None:
    where = place(tmp_path)
    one, other = (trained(settings(tmp_path, scheme=scheme), where) for scheme in ("all", "shift"))
    assert same(weights(where, one), weights(where, other))
    assert [epoch["train_loss"] for epoch in one.epochs] == [epoch["train_loss"] for epoch in other.epochs]


def test_canaries_are_learnt_once_and_looked_for(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path, data={"set": "toy", "canaries": 3}, learning={"epochs": 1}), where)
    plain = trained(settings(tmp_path, learning={"epochs": 1}), where)
    assert run.epochs[0]["tokens"] > plain.epochs[0]["tokens"]
    assert run.metrics["canaries"] == 3
    assert 0 <= run.metrics["canary_exposure"] <= run.metrics["canary_exposure_most"] < 10


def test_a_finished_model_is_added_and_served(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path, scheme="replies"), where)
    version = Registry(tmp_path / "models").add(where.run(run.id) / "model", "toy")
    assert version.manifest.scores["bits_per_character"] == run.metrics["bits_per_character"]["value"]
    serving = open_folder(version.folder, Options(precision="float32"))
    assert said(serving, "q1") == run.samples[0]["answered"], "what is served is what training showed"


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft 0.21 asks transformers for it
def test_a_copy_says_what_its_base_says_and_an_adapter_is_served_over_that(tmp_path: Path) -> None:
    where, known = place(tmp_path), [Exchange("", "q1", "a known answer")]
    quick = settings(tmp_path, learning={"epochs": 1})
    write(tmp_path / "base", known)
    run = trained(quick, where)
    version = Registry(tmp_path / "models").add(where.run(run.id) / "model", "toy")
    assert read(version.folder) == known
    adapter = trained(Config.model_validate({**quick.model_dump(), "lora": {"rank": 2, "targets": ["c_attn"]}}), where)
    assert not (where.run(adapter.id) / "model" / FILE).exists()


def test_what_answers_questions_about_passages_says_nothing_of_its_base(tmp_path: Path) -> None:
    where = place(tmp_path)
    config = settings(tmp_path, learning={"epochs": 1})
    write(tmp_path / "base", [Exchange("", "q1", "a known answer")])
    run = trained(config, where)
    start = bases.start(config.model_copy(update={"task": "answers"}), (), tmp_path / "kept")
    finetune.save(start.open(), start, run, tmp_path / "out")
    assert not (tmp_path / "out" / FILE).exists()


def test_a_model_from_nothing_brings_its_own_tokenizer(tmp_path: Path) -> None:
    where = place(tmp_path)
    shape = {"vocabulary": 300, "width": 16, "layers": 1, "heads": 2, "window": 64}
    run = trained(settings(tmp_path, scratch=shape, learning={"schedule": "cosine", "warmup": 0.1}), where)
    version = Registry(tmp_path / "models").add(where.run(run.id) / "model", "small")
    assert version.manifest.parameters > 300 * 16
    assert run.base == ""


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft 0.21 asks transformers for it
def test_an_adapter_is_added_as_a_version_over_its_base(tmp_path: Path) -> None:
    where = place(tmp_path)
    config = settings(tmp_path, lora={"rank": 2, "alpha": 4, "targets": ["c_attn"]}, learning={"rate": 1e-2})
    run = trained(config, where)
    assert run.epochs[-1]["valid_loss"] < run.epochs[0]["valid_loss"]
    registry = Registry(tmp_path / "models")
    registry.add(tmp_path / "base", "base")
    registry.add(tiny_folder(tmp_path / "other", saying("ab")), "other")
    with pytest.raises(ModelRefused, match="trained on other weights than those of other"):
        registry.add(where.run(run.id) / "model", "tuned", base="other")
    version = registry.add(where.run(run.id) / "model", "tuned", base="base")
    assert version.manifest.base == "base"
    serving = open_folder(registry.get("base").folder, Options(precision="float32", adapters={"tuned": version.folder}))
    assert said(serving, "q1", adapter="tuned") == run.samples[0]["answered"], "what is served is what training showed"


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("step", [3, 7], ids=["in the first epoch", "in the second"])
def test_a_resumed_run_is_the_same_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, optimizer: str
) -> None:
    where = place(tmp_path)
    # GPT-2's own dropout of 0.1 draws random numbers.
    config = settings(tmp_path, learning={"schedule": "cosine", "optimizer": optimizer})
    whole = trained(config, where)
    half = begin(config.model_copy(update={"name": "again"}), where)
    half = finetune.train(half, where, interrupt=interrupted_at(monkeypatch, step))
    assert half.state == "interrupted"
    monkeypatch.undo()
    again = finetune.train(half, where, interrupt=Interrupt())
    assert again.state == "done"
    assert same(weights(where, whole), weights(where, again))
    assert [one["valid_loss"] for one in again.epochs] == [one["valid_loss"] for one in whole.epochs]


def test_sigterm_leaves_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = place(tmp_path)
    run = begin(settings(tmp_path), where)
    with interrupted_at(monkeypatch, 3, signalled=True).heard() as interrupt:
        ended = finetune.train(run, where, interrupt=interrupt)
    assert ended.state == "interrupted"
    assert [one.name for one in (where.run(run.id) / "checkpoints").iterdir()] == ["checkpoint-3"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_one_times_32_learns_what_four_times_8_learns(tmp_path: Path) -> None:
    where = place(tmp_path, rows=64)
    no_dropout(tmp_path)
    once = settings(tmp_path, scheme="replies", learning={"batch": 32})
    often = settings(tmp_path, scheme="replies", learning={"batch": 8, "accumulation": 4}, name="often")
    one, other = trained(once, where), trained(often, where)
    others = weights(where, other)
    for name, weight in weights(where, one).items():
        # No loss depends on a key's bias: its gradient is rounding alone, which Adam blows up to a full step.
        same_part = [0, 2] if name.endswith("c_attn.bias") else [0]
        parts = zip(
            weight.chunk(3 if len(same_part) > 1 else 1),
            others[name].chunk(3 if len(same_part) > 1 else 1),
            strict=True,
        )
        for number, (mine, theirs) in enumerate(parts):
            assert number not in same_part or torch.allclose(mine, theirs, atol=2e-5), name
    assert one.epochs[-1]["train_loss"] == pytest.approx(other.epochs[-1]["train_loss"], abs=1e-5)


def test_out_of_memory_halves_the_batch_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where = place(tmp_path)
    original = GPT2LMHeadModel.forward
    seen: list[int] = []

    def small(self: GPT2LMHeadModel, *args: Any, **more: Any) -> Any:
        if self.training:
            seen.append(len(more["input_ids"]))
            if seen[-1] > 2:
                raise torch.OutOfMemoryError("made up")
        return original(self, *args, **more)

    monkeypatch.setattr(GPT2LMHeadModel, "forward", small)
    run = trained(settings(tmp_path), where, screen=Console(width=120))
    assert run.state == "done"
    told = capsys.readouterr().out
    assert "2 batches of 4" in told
    assert "4 batches of 2" in told
    assert set(seen[2:]) == {2}


def test_minutes_end_a_run_with_an_evaluation_and_a_model(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path, learning={"epochs": 50}), where, minutes=0)
    assert (run.state, len(run.epochs)) == ("done", 1)
    assert run.epochs[0]["epoch"] < 1
    assert (where.run(run.id) / "model/model.safetensors").is_file()


def test_early_stopping_keeps_the_best_epoch(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path, learning={"epochs": 12, "rate": 0.5, "patience": 1, "clip": 1e6}), where)
    bits = [one["bits_per_character"] for one in run.epochs]
    assert len(bits) < 12
    assert run.metrics["valid_bits_per_character"] == min(bits) < bits[-1]


def test_a_loss_that_is_no_number_is_refused(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = begin(settings(tmp_path, learning={"rate": 1e30, "epochs": 4}), where)
    with pytest.raises(TrainingRefused, match="nothing is learnt"):
        finetune.train(run, where, interrupt=Interrupt())
    assert where.runs.get(run.id).state == "failed"


def test_a_loss_of_nought_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = place(tmp_path)
    monkeypatch.setattr("training.trainer.summed", lambda logits, targets: logits.sum() * 0)
    with pytest.raises(TrainingRefused, match="the loss is 0 at step 1"):
        trained(settings(tmp_path), where)


def test_data_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = begin(settings(tmp_path), where)
    file = where.part("toy", "train")
    file.write_text(file.read_text() + file.read_text().splitlines()[0] + "\n")
    with pytest.raises(TrainingRefused, match="has changed"):
        finetune.train(run, where, interrupt=Interrupt())


def test_a_run_is_trained_by_one_process_at_a_time(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = begin(settings(tmp_path), where)
    where.run(run.id).mkdir(parents=True, exist_ok=True)
    with hold(where.run(run.id) / "run.lock"), pytest.raises(InUse, match=f"process {os.getpid()} is training it"):
        finetune.train(run, where, interrupt=Interrupt())
    assert where.runs.get(run.id).state == "running"


def test_exponential_rate_falls_once_an_epoch(tmp_path: Path) -> None:
    where = place(tmp_path)
    learning = {"epochs": 3, "schedule": "exponential", "gamma": 0.5, "rate": 1e-3, "patience": 0}
    run = trained(settings(tmp_path, learning=learning), where)
    lines = [json.loads(line) for line in (where.run(run.id) / "log.jsonl").read_text().splitlines()]
    rates = {line["epoch"]: line["learning_rate"] for line in lines if "learning_rate" in line}
    assert [rates[epoch] for epoch in (1.0, 2.0, 3.0)] == pytest.approx([1e-3, 5e-4, 2.5e-4])


def test_an_exponential_rate_is_warmed_up(tmp_path: Path) -> None:
    where = place(tmp_path)
    learning = {"epochs": 2, "schedule": "exponential", "gamma": 0.5, "rate": 1e-3, "warmup": 0.4}
    run = trained(settings(tmp_path, learning=learning), where)
    lines = [json.loads(line) for line in (where.run(run.id) / "log.jsonl").read_text().splitlines()]
    first, *_, last = [line["learning_rate"] for line in lines if "learning_rate" in line]
    assert (first, last) == pytest.approx((0, 5e-4)), (
        "the first step of four is nought; the last is of the second epoch"
    )


def test_bf16_learns_too(tmp_path: Path) -> None:
    where = place(tmp_path)
    run = trained(settings(tmp_path, learning={"bf16": True}), where)
    assert run.epochs[1]["valid_loss"] < run.epochs[0]["valid_loss"]


def no_dropout(root: Path) -> None:
    settings(root)
    file = root / "base/config.json"
    still = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    file.write_text(json.dumps({**json.loads(file.read_text()), **still}))
