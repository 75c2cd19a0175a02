"""What a run can learn, behind one shape: dialogues, written answers to questions, answers marked in a passage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from transformers import TrainerCallback

from training.bases import Start
from training.config import Config
from training.learning import Learner


class Task(Protocol):
    """Rows to learn from and to measure on.

    figure   by which the best epoch is chosen
    tokens   that are learnt in an epoch
    sizes    rows of each part, and what was left out of it: {"train": "120 rows, 3 dropped: too long"}
    """

    figure: str
    start: Start
    tokens: int
    sizes: dict[str, str]

    def learner(
        self, folder: Path, batch: int, accumulation: int, callbacks: Callable[[Any], Sequence[TrainerCallback]]
    ) -> Learner:
        """A trainer with a fresh model; `callbacks` are made for that model, `folder` is for checkpoints."""

    def answers(self, model: Any) -> list[dict[str, str]]:
        """A few samples: {"said", "answered"}."""

    def judged(self, model: Any) -> dict[str, Any]:
        """Every figure of the test part; none where a set has no test part."""


def suffix(config: Config) -> str:
    """Of the files of a set: dialogues are lines of JSON, questions about passages are files as SQuAD has them."""
    return ".jsonl" if config.task == "dialogues" else ".json"


def made(config: Config, folder: Path, kept: Path) -> Task:
    """`folder`: the data set's; `kept`: the run's own. Raises TrainingRefused, ModelRefused."""
    match config.task:
        case "dialogues":
            from training.talking import Dialogues

            return Dialogues(config, folder, kept)
        case "answers":
            from training.answering import Answers

            return Answers(config, folder, kept)
        case "spans":
            from training.marking import Spans

            return Spans(config, folder, kept)
