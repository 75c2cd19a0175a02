"""Which of many short texts is most like another: TF-IDF over character n-grams, cosine.

Character n-grams need no dictionary, and forgive the spacing and the endings that Korean chats vary most (weights as
in Manning, Raghavan and Schütze, Introduction to Information Retrieval, 6.2 and 6.4: logarithmic counts and rarity).
"""

from __future__ import annotations

import math
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence

SIZES = (1, 2, 3)  # characters of an n-gram


class Nearest:
    """Texts known by their place in `texts`."""

    def __init__(self, texts: Sequence[str]) -> None:
        grams = [_grams(text) for text in texts]
        frequency = Counter(gram for one in grams for gram in one)
        self._rarity = {gram: math.log(len(texts) / count) + 1 for gram, count in frequency.items()}
        self._rarest = math.log(len(texts) or 1) + 1  # of what only one text has, or none
        self._places: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._weights: defaultdict[str, array[float]] = defaultdict(lambda: array("f"))
        for place, counts in enumerate(grams):
            for gram, weight in self._weighed(counts).items():
                self._places[gram].append(place)
                self._weights[gram].append(weight)

    def closeness(self, text: str) -> dict[int, float]:
        """0 to 1 for each text that has anything in common with this one.

        What no text has counts as well: words that nobody knows make everything less alike.
        """
        found: defaultdict[int, float] = defaultdict(float)
        for gram, weight in self._weighed(_grams(text)).items():
            if gram in self._rarity:
                for place, theirs in zip(self._places[gram], self._weights[gram], strict=True):
                    found[place] += weight * theirs
        return dict(found)

    def _weighed(self, counts: Counter[str]) -> dict[str, float]:
        """A vector of length 1."""
        raw = {gram: (1 + math.log(count)) * self._rarity.get(gram, self._rarest) for gram, count in counts.items()}
        length = math.sqrt(sum(weight**2 for weight in raw.values())) or 1.0
        return {gram: weight / length for gram, weight in raw.items()}


def _grams(text: str) -> Counter[str]:
    folded = f" {' '.join(unicodedata.normalize('NFC', text).casefold().split())} "
    grams = (folded[at : at + size] for size in SIZES for at in range(len(folded) - size + 1))
    return Counter(gram for gram in grams if not gram.isspace())
