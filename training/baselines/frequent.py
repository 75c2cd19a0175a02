"""The reply that occurs most often, whatever was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from training.corpora import Dialogue
from training.measure import Told
from training.samples import Answer


class MostFrequent:
    """Of equally frequent replies it is the first in the data."""

    def __init__(self, dialogues: Iterable[Dialogue]) -> None:
        self._reply = Counter(dialogue.reply for dialogue in dialogues).most_common(1)[0][0]

    def answer(self, said: str) -> Answer:
        return Answer(self._reply, finished=True)

    def told(self, dialogues: Sequence[Dialogue]) -> list[Told]:
        return []
