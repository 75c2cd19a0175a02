"""Which command a request is, however it is put: what bot/phrase.py's phrases know, and what is like it.

A classifier that has learnt from requests and talk (bot/linear.py; `python -m training.intents` makes its file).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.linear import Linear

FILE = Path(__file__).with_name("intents.linear")
TALK = ""  # the label of what is no request


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text looks like: a command's name (TALK: none), how likely that is, and what the command is to do."""

    name: str
    chance: float
    action: str = ""


class Intents:
    """Labels are commands' names, or "name.action" where a command does several things."""

    def __init__(self, classifier: Linear) -> None:
        self._classifier = classifier
        self._names = {label: label.partition(".")[0] for label in classifier.labels}
        self.names = frozenset(self._names.values()) - {TALK}

    def guess(self, text: str) -> Guess:
        """The likeliest command, whatever it is to do; then what."""
        chances = self._classifier.chances(text)
        by_name: defaultdict[str, float] = defaultdict(float)
        for label, chance in chances.items():
            by_name[self._names[label]] += chance
        name = max(by_name, key=by_name.__getitem__)
        likeliest = max((label for label in chances if self._names[label] == name), key=chances.__getitem__)
        return Guess(name, by_name[name], likeliest.partition(".")[2])


@cache
def intents() -> Intents:
    """Those that come along."""
    return Intents(Linear.load(FILE))
