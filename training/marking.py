"""A run that learns to mark answers in passages: its windows, its trainer, and its exact match and F1."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, TrainerCallback, TrainingArguments

from training import bases, qa
from training.config import Config, Questions
from training.judging import spread
from training.learning import Learner, arguments
from training.qa import Question
from training.rendering import TrainingRefused
from training.spans import Marked, Window, marked, settled, threshold, windows

_MEASURED = 32  # windows at once when a model is measured
_SHOWN = 6


class SpanTrainer(Learner):
    """Learns where answers start and end; measures F1 of the held-out questions, with the threshold best for them."""

    def __init__(
        self,
        model: PreTrainedModel,
        config: Config,
        arguments: TrainingArguments,
        train: Sequence[Window],
        valid: Reading,
        collate: Callable[[Sequence[Window]], dict[str, Tensor]],
    ) -> None:
        self._valid = valid
        super().__init__(model, config, arguments, train, collate)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        loss = self.shared(summed(outputs, inputs), num_items_in_batch, len(inputs["input_ids"]))
        return (loss, outputs) if return_outputs else loss

    def measured(self, model: Any) -> dict[str, float]:
        found, loss = self._valid.read(model)
        answers = settled(found, threshold(self._valid.questions, found))
        overall = qa.report(self._valid.questions, answers).overall
        return {"eval_f1": overall.f1, "eval_exact": overall.exact, "eval_loss": loss}


class Reading:
    """Held-out questions as windows, and what a model marks in them."""

    def __init__(self, questions: Sequence[Question], rows: Sequence[Window], how: Questions, collate: Any) -> None:
        self.questions = questions
        self._rows = rows
        self._how = how
        self._collate = collate

    @torch.inference_mode()
    def read(self, model: Any) -> tuple[dict[str, Marked], float]:
        """The best answers, and the mean loss in nats a window. The model is left in eval mode."""
        model.eval()
        order = sorted(range(len(self._rows)), key=lambda at: len(self._rows[at].ids))
        scores: dict[int, tuple[list[float], list[float]]] = {}
        lost = 0.0
        for begin in range(0, len(order), _MEASURED):
            places = order[begin : begin + _MEASURED]
            made = self._collate([self._rows[at] for at in places])
            batch = {name: values.to(model.device) for name, values in made.items()}
            outputs = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
            lost += float(summed(outputs, batch))
            starts, ends = outputs.start_logits.float().tolist(), outputs.end_logits.float().tolist()
            scores |= dict(zip(places, zip(starts, ends, strict=True), strict=True))
        found = marked(self.questions, self._rows, [scores[at] for at in range(len(self._rows))], self._how)
        return found, lost / max(1, len(order))


def summed(outputs: Any, batch: dict[str, Tensor]) -> Tensor:
    """Cross entropy in nats of start and end, halved, summed over the windows; passage or last token can be it."""
    whole = torch.zeros((), device=outputs.start_logits.device)
    for logits, wanted in ((outputs.start_logits, batch["starts"]), (outputs.end_logits, batch["ends"])):
        possible = logits.float().masked_fill(~batch["possible"], -math.inf)
        whole = whole + cross_entropy(possible, wanted, reduction="sum") / 2
    return whole


class Collator:
    """Windows of any length as one batch, filled at the end."""

    def __init__(self, pad_id: int) -> None:
        self._pad = pad_id

    def __call__(self, rows: Sequence[Window]) -> dict[str, Tensor]:
        length = max(len(row.ids) for row in rows)
        filled = [[*row.ids, *[self._pad] * (length - len(row.ids))] for row in rows]
        one_each = torch.zeros(len(rows), 1, dtype=torch.long)  # what Trainer counts: each window is one thing to learn
        return {
            "input_ids": torch.tensor(filled),
            "attention_mask": torch.tensor([[int(at < len(row.ids)) for at in range(length)] for row in rows]),
            "possible": torch.tensor([[row.first <= at < len(row.ids) for at in range(length)] for row in rows]),
            "starts": torch.tensor([row.start for row in rows]),
            "ends": torch.tensor([row.end for row in rows]),
            "labels": one_each,
            "shift_labels": one_each,
        }


class Spans:
    """See training.tasks.Task."""

    figure = "f1"

    def __init__(self, config: Config, folder: Path, kept: Path) -> None:
        self.config = config
        self._folder = folder
        learnt = qa.read(folder / "train.json")
        if config.data.rows:
            learnt = list(spread(learnt, config.data.rows))
        self.start = bases.start(config, [text for one in learnt for text in (one.context, one.text)], kept / "base")
        if config.questions.window > self.start.window:
            raise TrainingRefused(f"[questions] window: the model has positions for {self.start.window} tokens")
        self._collate = Collator(self.start.renderer.pad_id)
        self.train = self._windows(learnt)
        self.valid = self._reading("valid")
        self.tokens = sum(len(one.ids) for one in self.train)
        self.sizes = {
            "train": f"{len(learnt)} questions in {len(self.train)} windows",
            "valid": f"{len(self.valid.questions)} questions",
        }

    def learner(
        self, folder: Path, batch: int, accumulation: int, callbacks: Callable[[Any], Sequence[TrainerCallback]]
    ) -> Learner:
        model = self.start.open()
        how = arguments(self.config, folder, batch, accumulation, self.figure, greater_is_better=True)
        made = SpanTrainer(model, self.config, how, self.train, self.valid, self._collate)
        for one in callbacks(model):
            made.add_callback(one)
        return made

    def answers(self, model: Any) -> list[dict[str, str]]:
        """What is marked when something has to be: how well it finds the place, whatever the threshold."""
        some = spread(self.valid.questions, _SHOWN)
        found, _ = self._reading_of(some).read(model)
        return [{"said": one.text, "answered": found[one.id].text} for one in some]

    def judged(self, model: Any) -> dict[str, Any]:
        """With the threshold of the valid part. `exact_silent`: what saying nothing at all would be worth."""
        if not (self._folder / "test.json").is_file():
            return {}
        chosen, _ = self.valid.read(model)
        at = threshold(self.valid.questions, chosen)
        test = self._reading("test")
        found, _ = test.read(model)
        silent = qa.report(test.questions, {}).overall.exact
        limit = at if math.isfinite(at) else None  # None: nothing is best, and JSON has no infinity
        figures = qa.figures(test.questions, settled(found, at), self.config.seed)
        return {**figures, "exact_silent": round(silent, 4), **({} if limit is None else {"silence_threshold": limit})}

    def _reading(self, part: str) -> Reading:
        return self._reading_of(spread(qa.read(self._folder / f"{part}.json"), self.config.questions.judged))

    def _reading_of(self, questions: Sequence[Question]) -> Reading:
        return Reading(questions, self._windows(questions), self.config.questions, self._collate)

    def _windows(self, questions: Sequence[Question]) -> list[Window]:
        tokenizer = self.start.tokenizer
        end = tokenizer.eos_token_id
        if not isinstance(end, int):
            raise TrainingRefused("the tokenizer has no end token to stand between question and passage")
        return list(windows(questions, tokenizer, self.config.questions, end))
