"""The answer to the most similar question: TF-IDF over character n-grams, cosine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from model.nearest import Nearest
from training.corpora import Dialogue
from training.measure import Told
from training.samples import Answer


class Retrieval:
    """Of equally similar questions the first in the data wins; with nothing in common, the first question of all."""

    def __init__(self, dialogues: Iterable[Dialogue]) -> None:
        known = list(dialogues)
        self._replies = [dialogue.reply for dialogue in known]
        self._questions = Nearest([dialogue.question for dialogue in known])

    def answer(self, said: str) -> Answer:
        return Answer(self._replies[self.nearest(said)], finished=True)

    def nearest(self, said: str) -> int:
        """The place of the most similar question."""
        closeness = self._questions.closeness(said)
        return min(closeness, key=lambda place: (-closeness[place], place), default=0)

    def told(self, dialogues: Sequence[Dialogue]) -> list[Told]:
        return []
