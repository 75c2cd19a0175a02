"""Tells kinds of things that are said apart: a classifier in a model folder (bot/linear.py, model/ears.py)."""

from __future__ import annotations

from pathlib import Path

from bot.linear import Linear
from model.folder import FolderError

_LONGEST = 120  # characters of what is said that are looked at, and of what was said before


class Kinds:
    """A classifier's labels, whichever they are: `names`."""

    def __init__(self, classifier: Linear) -> None:
        self._classifier = classifier
        self.names = frozenset(classifier.labels)

    @classmethod
    def load(cls, folder: Path, name: str) -> Kinds | None:
        """A model folder's; None where it has none. Raises FolderError."""
        file = folder / name
        if not file.is_file():
            return None
        try:
            return cls(Linear.load(file))
        except (OSError, ValueError, RecursionError):
            raise FolderError(f"{file}: no classifier: take the file of a whole folder") from None

    def chances(self, said: str, context: str = "") -> dict[str, float]:
        """How likely each kind is, the likeliest first; together 1."""
        chances = self._classifier.chances(said[-_LONGEST:], context[-_LONGEST:])
        return dict(sorted(chances.items(), key=lambda one: -one[1]))
