"""A run that learns dialogues: its rows, its trainer, and what it is worth on the test part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from bot.messages import Message
from training import bases, canaries, metrics, records
from training.config import Config
from training.corpora import Dialogue
from training.judging import answers, judge
from training.labels import IGNORED, targets
from training.learning import Learner, arguments
from training.measure import reply_bits
from training.rendering import Rendered, TrainingRefused, render
from training.trainer import FIGURE, DialogueTrainer

Talk = tuple[Message, ...]


class Dialogues:
    """See training.tasks.Task."""

    figure = FIGURE

    def __init__(self, config: Config, folder: Path, kept: Path) -> None:
        self.config = config
        self.folder = folder
        self.start = bases.start(config, self._lines(), kept / "base")
        self.train = self.rendered("train", drop_unlabelled=config.data.drop_unlabelled)
        self.valid = self.rendered("valid", drop_unlabelled=config.data.drop_unlabelled)
        self.sizes = {"train": _size(self.train), "valid": _size(self.valid)}
        self.tokens = sum(one != IGNORED for row in self.train.rows for one in targets(row.labels, config.scheme))
        for name, part in (("train", self.train), ("valid", self.valid)):
            if not part.rows:
                raise TrainingRefused(f"{folder}: no row of {name} is left to use")

    def talks(self, part: str) -> Iterator[Talk]:
        """The dialogues of a part; those to learn from with made-up secrets among them, if that is asked for."""
        most = self.config.data.rows if part == "train" else 0
        for number, record in enumerate(records.read(self.folder / f"{part}.jsonl")):
            if most and number >= most:
                break
            yield record.messages
        if part == "train":
            yield from (one.messages for one in self._canaries())

    def learner(
        self, folder: Path, batch: int, accumulation: int, callbacks: Callable[[Any], Sequence[TrainerCallback]]
    ) -> Learner:
        model = self.start.open()
        how = arguments(self.config, folder, batch, accumulation, self.figure, greater_is_better=False)
        made = DialogueTrainer(model, self.start, how, self.train, self.valid)
        for one in callbacks(model):
            made.add_callback(one)
        return made

    def answers(self, model: Any) -> list[dict[str, str]]:
        samples = self.config.samples
        return [{"said": said, "answered": self.reply(model, said, samples.tokens)} for said in samples.said]

    def reply(self, model: Any, said: str, longest: int) -> str:
        (answer,) = answers(model, self.start.renderer, [[Message("user", said)]], self.start.window, longest)
        return answer.text

    def judged(self, model: Any) -> dict[str, Any]:
        if not self.has("test"):
            return {}
        renderer, window, seed = self.start.renderer, self.start.window, self.config.seed
        figures = judge(model, renderer, self.held_out("test"), window, seed)
        if self.has("random"):
            known = reply_bits(model, renderer, self.held_out("random"))
            figures["bits_per_character_random"] = metrics.bits_per_character(known, seed).plain()
        if secrets := self._canaries():
            figures |= canaries.told(model, renderer, secrets, seed)
        return figures

    def has(self, part: str) -> bool:
        return (self.folder / f"{part}.jsonl").is_file()

    def held_out(self, part: str) -> tuple[Dialogue, ...]:
        """What is measured on: a dialogue that can't be learnt from can't be measured on either, and is left out."""
        return self.rendered(part, drop_unlabelled=True).dialogues

    def rendered(self, part: str, *, drop_unlabelled: bool) -> Rendered:
        scheme, window = self.config.scheme, self.start.window
        return render(self.talks(part), self.start.renderer, scheme, window, drop_unlabelled=drop_unlabelled)

    def _canaries(self) -> list[canaries.Canary]:
        return canaries.made(self.config.data.canaries, self.config.seed)

    def _lines(self) -> Iterator[str]:
        """What a new tokenizer learns from: never what the model is measured on."""
        for messages in self.talks("train"):
            yield from (message.content for message in messages)


def _size(part: Rendered) -> str:
    return f"{len(part.rows)} rows" + "".join(f", {number} dropped: {why}" for why, number in part.dropped.items())
