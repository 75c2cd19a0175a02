"""Names that a slip of the finger changed by one jamo: 헤운대 for 해운대."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.korean.jamo import decomposed
from bot.korean.placenames import Kind

SHORTEST = 3  # syllables: shorter names are too near to other words
_GAP = "_"


class Slips:
    """Finds the names near to a word. One slip leaves one half of a name whole, so names are kept by their halves."""

    def __init__(self) -> None:
        self._by_half: dict[str, list[tuple[Kind, str]]] = defaultdict(list)

    def add(self, name: str, kind: Kind) -> None:
        """Keep a name, unless it is none that may be misspelled: too short, uncertain, or a 면.

        Verbs end in 면: 지나면 is not 지사면.
        """
        if len(name) < SHORTEST or kind > Kind.SHORT or (kind is Kind.FULL and name.endswith("면")):
            return
        for half in _halves(name):
            self._by_half[half].append((kind, name))

    def near(self, word: str) -> Iterator[tuple[Kind, str]]:
        """The names that differ from the word by one onset, nucleus or coda.

        A full name keeps its last syllable (시, 구, 동), lest 지금도 become 지금동.
        """
        for half in _halves(word):
            for kind, name in self._by_half.get(half, ()):
                if (kind is Kind.SHORT or name[-1] == word[-1]) and _one_off(name, word):
                    yield kind, name


def _halves(word: str) -> tuple[str, str]:
    """The first half and the second, each with the place of the other kept: 해__, _운대."""
    middle = len(word) // 2
    return word[:middle] + _GAP * (len(word) - middle), _GAP * middle + word[middle:]


def _one_off(name: str, word: str) -> bool:
    """Whether two words of one length differ by one jamo; a coda may come or go."""
    other = [(ours, theirs) for ours, theirs in zip(name, word, strict=True) if ours != theirs]
    if len(other) != 1 or not all("가" <= syllable <= "힣" for syllable in other[0]):
        return False
    ours, theirs = map(decomposed, other[0])
    return sum(jamo != instead for jamo, instead in zip(ours, theirs, strict=True)) == 1
