"""The answer to the most similar question: TF-IDF over character n-grams, cosine."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from training.corpora import Dialogue
from training.measure import Told
from training.samples import Answer


class Retrieval:
    """Of equally similar questions the first in the data wins; with nothing in common, the first question of all."""

    def __init__(self, dialogues: Iterable[Dialogue], sizes: Sequence[int] = (1, 2, 3)) -> None:
        self._sizes = sizes
        known = list(dialogues)
        self._replies = [dialogue.reply for dialogue in known]
        grams = [self._grams(dialogue.question) for dialogue in known]
        frequency = Counter(gram for one in grams for gram in one)
        self._rarity = {gram: math.log(len(known) / count) + 1 for gram, count in frequency.items()}
        self._where: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, counts in enumerate(grams):
            for gram, weight in self._weights(counts).items():
                self._where[gram].append((place, weight))

    def answer(self, said: str) -> Answer:
        return Answer(self._replies[self.nearest(said)], finished=True)

    def nearest(self, said: str) -> int:
        """The place of the most similar question."""
        closeness: defaultdict[int, float] = defaultdict(float)
        for gram, weight in self._weights(self._grams(said)).items():
            for place, theirs in self._where.get(gram, ()):
                closeness[place] += weight * theirs
        return min(closeness, key=lambda place: (-closeness[place], place), default=0)

    def told(self, dialogues: Sequence[Dialogue]) -> list[Told]:
        return []

    def _grams(self, text: str) -> Counter[str]:
        folded = f" {' '.join(text.casefold().split())} "
        grams = (folded[at : at + size] for size in self._sizes for at in range(len(folded) - size + 1))
        return Counter(gram for gram in grams if not gram.isspace())

    def _weights(self, counts: Counter[str]) -> dict[str, float]:
        """Length 1; n-grams that no known question has are left out."""
        raw = {
            gram: (1 + math.log(count)) * self._rarity[gram] for gram, count in counts.items() if gram in self._rarity
        }
        length = math.sqrt(sum(weight**2 for weight in raw.values()))
        return {gram: weight / length for gram, weight in raw.items()}
