"""Trainings of a second that mark or write answers, from file to exact match and F1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForQuestionAnswering

from tests.training import small_questions
from tests.training.small import settings
from tests.training.test_finetune import interrupted_at, same, trained, weights
from training import finetune
from training.callbacks import Interrupt
from training.config import Config
from training.finetune import Place, begin
from training.marking import Collator, summed
from training.rendering import TrainingRefused
from training.spans import Window

QUESTIONS = {"window": 40, "stride": 4, "question": 8, "longest": 5}
FIGURES = {f"{name}{kind}" for name in ("exact", "f1") for kind in ("", "_has", "_none")}


def quiz(root: Path, **more: Any) -> Config:
    learning = {"epochs": 12, "rate": 3e-3, "patience": 0, "batch": 4, **more.pop("learning", {})}
    questions = {**QUESTIONS, **more.pop("questions", {})}
    chosen: dict[str, Any] = {"task": "spans", "data": {"set": "quiz"}, "samples": {}, **more}
    return settings(root, learning=learning, questions=questions, **chosen)


def placed(root: Path) -> Place:
    small_questions.place(root)
    return Place(root / "data")


def test_a_model_learns_to_mark_names_and_to_be_silent(tmp_path: Path) -> None:
    run = trained(quiz(tmp_path, learning={"epochs": 30, "rate": 1e-2}), placed(tmp_path))
    assert run.metrics.keys() >= FIGURES | {"valid_f1", "exact_silent"}
    assert run.metrics["exact_silent"] == 50
    assert run.metrics["f1"]["value"] > 90
    assert run.metrics["valid_f1"] == max(one["f1"] for one in run.epochs) > 90


def test_what_it_leaves_behind_is_a_question_answering_model_of_transformers(tmp_path: Path) -> None:
    where = placed(tmp_path)
    run = trained(quiz(tmp_path, learning={"epochs": 1}), where)
    model = AutoModelForQuestionAnswering.from_pretrained(where.run(run.id) / "model")
    assert type(model).__name__ == "GPT2ForQuestionAnswering"
    record = json.loads((where.run(run.id) / "model/training.json").read_text())
    assert record["config"]["questions"]["window"] == 40
    assert (where.run(run.id) / "losses.png").is_file()


def test_it_starts_from_nothing_too_and_with_muon(tmp_path: Path) -> None:
    shape = {"vocabulary": 300, "width": 16, "layers": 1, "heads": 2, "window": 64}
    config = quiz(tmp_path, scratch=shape, learning={"epochs": 1, "optimizer": "muon"})
    assert trained(config, placed(tmp_path)).metrics.keys() >= FIGURES


def test_a_resumed_run_marks_the_same_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = placed(tmp_path)
    config = quiz(tmp_path, learning={"epochs": 3})
    whole = trained(config, where)
    half = finetune.train(begin(config, where), where, interrupt=interrupted_at(monkeypatch, 4))
    assert half.state == "interrupted"
    monkeypatch.undo()
    again = finetune.train(half, where, interrupt=Interrupt())
    assert same(weights(where, whole), weights(where, again))


def test_a_window_longer_than_the_model_reads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="positions for 96"):
        trained(quiz(tmp_path, questions={"window": 200}), placed(tmp_path))


def test_a_base_that_only_speaks_is_refused_in_a_line(tmp_path: Path) -> None:
    config = quiz(tmp_path)
    file = tmp_path / "base/config.json"
    file.write_text(file.read_text().replace('"gpt2"', '"mamba"'))
    with pytest.raises(TrainingRefused) as refusal:
        trained(config, placed(tmp_path))
    assert "\n" not in str(refusal.value)


def test_neither_question_nor_filling_can_be_marked() -> None:
    """Equal scores: 2 tokens of passage and the end token share the chance, so each costs log 3."""
    row = Window(0, (1, 2, 256, 3, 4, 256), 3, ((0, 1), (1, 2)), 3, 4)
    batch = Collator(0)([row, Window(0, (*row.ids[:-1], 5, 256), 3, ((0, 1), (1, 2), (2, 3)), 6, 6)])
    logits = torch.zeros(2, 7)
    outputs = type("Outputs", (), {"start_logits": logits, "end_logits": logits})
    assert float(summed(outputs, batch)) == pytest.approx(torch.tensor([3.0, 4.0]).log().sum().item())


def test_a_model_learns_to_write_the_answer(tmp_path: Path) -> None:
    where = placed(tmp_path)
    run = trained(writing(tmp_path), where)
    assert run.metrics.keys() >= FIGURES | {"bits_per_character", "perplexity", "chrf"}
    assert run.metrics["exact_none"]["value"] == 100
    assert [one["said"] for one in run.samples] == ["who?"] * 6, "every second question of the valid part"


def writing(root: Path) -> Config:
    silence = {"silence": "no", "longest": 6}
    learning = {"epochs": 12, "rate": 1e-2}
    return quiz(root, task="answers", scheme="last_reply", questions=silence, learning=learning)


def test_a_base_without_a_chat_template_takes_the_settings_one(tmp_path: Path) -> None:
    config = writing(tmp_path)
    (tmp_path / "base/chat_template.jinja").unlink()
    template = (
        "{% for message in messages %}{% if message.role == 'user' %}{{ message.content }}\nAnswer:\n"
        "{% elif message.role == 'assistant' %}{{ message.content }}{{ eos_token }}{% endif %}{% endfor %}"
    )
    assert config.base
    given = config.model_copy(update={"base": config.base.model_copy(update={"template": template})})
    where = placed(tmp_path)
    run = trained(given, where)
    assert (where.run(run.id) / "model/chat_template.jinja").read_text() == template
