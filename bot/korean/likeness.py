"""How much a run of letters looks like Korean typed on the wrong layout, and how much like English.

The facts: which syllable follows which (korean.txt) and which words English has (english.txt). Every figure is the
natural logarithm of a probability.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import log

from bot.korean.jamo import latin

# What a run is made of. Korean: syllables that were seen together, or any that are built alike. English: a listed
# word, something that sounds like one, or any letters (codes, initials).
_TOGETHER, _ALIKE = 0.6, 0.4
_LISTED, _SOUNDS, _ANY = 0.75, 0.2, 0.05
_LETTERS = 27  # and the end of a word
# How many made-up observations the wider model is worth against the counts of the narrower one (Dirichlet smoothing).
_WIDER = 4.0
# A capital inside a small-letter word (skfTl) is common on the Korean layout and rare in English (iPhone).
_CAPITAL = 0.05


class Keys:
    """Which key follows which two. Frames words with ^^ and $."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def count(self, before: str, keys: str, times: int = 1) -> None:
        """Notes that after `before`, at least two keys long, `keys` were typed."""
        for two, key in _following(before, keys):
            for gram in (two + key, two + "*", two[1] + key, two[1] + "*"):
                self._seen[gram] += times

    def __call__(self, word: str) -> float:
        """The probability of a word's keys."""
        seen, chance = self._seen, 1.0
        for two, key in _following("^^", word + "$"):
            wide = (seen[two[1] + key] + _WIDER / _LETTERS) / (seen[two[1] + "*"] + _WIDER)
            chance *= (seen[two + key] + _WIDER * wide) / (seen[two + "*"] + _WIDER)
        return chance


class Korean:
    """How likely a string of syllables is as a Korean word. `rows`: korean.txt without its head."""

    def __init__(self, rows: Iterable[str]) -> None:
        self._pairs: dict[str, int] = {}
        self._firsts: Counter[str] = Counter()
        self._keys = Keys()
        for first, *entries in map(str.split, rows):
            before = latin(first).rjust(2, "^")
            for entry in entries:
                self._note(first, before, entry[0], int(entry[1:]))
        self._syllables = len(self._firsts)

    def __call__(self, word: str) -> float:
        together = 1.0
        for first, second in zip(f"^{word}", f"{word}$", strict=True):
            seen = self._pairs.get(first + second, 0)
            together *= (seen + _WIDER / self._syllables) / (self._firsts[first] + _WIDER)
        return log(_TOGETHER * together + _ALIKE * self._keys(latin(word)))

    def _note(self, first: str, before: str, second: str, times: int) -> None:
        self._pairs[first + second] = times
        self._firsts[first] += times
        self._keys.count(before, latin(second), times)


class English:
    """How likely a run of letters is as an English word. `words`: the most frequent first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._ranks = {word: rank for rank, word in enumerate(words, start=1)}
        self._keys = Keys()
        for word in self._ranks:
            self._keys.count("^^", word + "$")

    def words(self, most: int) -> list[str]:
        """The `most` frequent ones."""
        return list(self._ranks)[:most]

    def knows(self, word: str) -> bool:
        return word in self._ranks

    def __call__(self, run: str) -> float:
        word = run.lower()
        # Zipf: the word of rank r makes up about 1/(10 r) of a text.
        listed = _LISTED / (10 * self._ranks[word]) if word in self._ranks else 0.0
        capitals = _CAPITAL ** sum(a.islower() and b.isupper() for a, b in pairwise(run))
        return log(capitals * (listed + _SOUNDS * self._keys(word) + _ANY * 0.2 * (_LETTERS - 1) ** -len(word)))


def _following(before: str, keys: str) -> Iterable[tuple[str, str]]:
    typed = before[-2:] + keys
    return ((typed[at - 2 : at], typed[at]) for at in range(2, len(typed)))


@cache
def korean() -> Korean:
    """The table that ships, read at its first use."""
    return Korean(_table("korean.txt"))


@cache
def english() -> English:
    """The table that ships, read at its first use."""
    return English(_table("english.txt"))


def _table(name: str) -> list[str]:
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
