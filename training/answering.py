"""A run that learns to write the answer to a question about a passage, or that the passage holds none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.messages import Message
from training import qa
from training.config import Config
from training.judging import answers, judge, spread
from training.qa import Question
from training.talking import Dialogues, Talk

_AT_ONCE = 16
_SHOWN = 6


class Answers(Dialogues):
    """A question is a dialogue of one turn, so all the rest is as with dialogues; exact match and F1 come on top."""

    def __init__(self, config: Config, folder: Path, kept: Path) -> None:
        self._files = {part: folder / f"{part}.json" for part in ("train", "valid", "test")}
        super().__init__(config, folder, kept)

    def talks(self, part: str) -> Iterator[Talk]:
        for one in self._questions(part, self.config.data.rows if part == "train" else 0):
            answer = one.answers[0] if one.answers else self.config.questions.silence
            yield self._asked(one), Message("assistant", answer)

    def has(self, part: str) -> bool:
        return part in self._files and self._files[part].is_file()

    def answers(self, model: Any) -> list[dict[str, str]]:
        some = self._questions("valid", _SHOWN)
        told = self._told(model, some)
        return [{"said": one.text, "answered": told[one.id]} for one in some]

    def judged(self, model: Any) -> dict[str, Any]:
        """Of the whole test part; a passage too long for the window loses its start, and so perhaps its answer."""
        if not self.has("test"):
            return {}
        renderer, window, seed = self.start.renderer, self.start.window, self.config.seed
        test = self._questions("test", self.config.questions.judged)
        return judge(model, renderer, self.held_out("test"), window, seed) | qa.figures(
            test, self._told(model, test), seed
        )

    def _told(self, model: Any, questions: list[Question]) -> dict[str, str]:
        """What the model writes to each, by id; its word for silence is silence."""
        told: dict[str, str] = {}
        order = sorted(questions, key=lambda one: len(one.context))
        for at in range(0, len(order), _AT_ONCE):
            some = order[at : at + _AT_ONCE]
            prompts = [(self._asked(one),) for one in some]
            found = answers(model, self.start.renderer, prompts, self.start.window, self.config.questions.longest)
            told |= {one.id: self._said(answer.text) for one, answer in zip(some, found, strict=True)}
        return told

    def _said(self, text: str) -> str:
        return "" if text.strip().casefold() == self.config.questions.silence.casefold() else text.strip()

    def _questions(self, part: str, most: int) -> list[Question]:
        return list(spread(qa.read(self._files[part]), most))

    def _asked(self, question: Question) -> Message:
        return Message("user", f"{question.context}\n\n{question.text}")
