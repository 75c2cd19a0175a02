"""What kind of thing is said, where no more of it is understood: something sad, good news, a wish for advice …

A model folder may hold kinds.linear, a classifier (bot/linear.py; `python -m training.kinds` makes ours). Its labels
are the kinds that a folder's exchanges have words for. moods.linear tells what whoever tells something feels.
"""

from __future__ import annotations

from pathlib import Path

from bot.linear import Linear
from model.folder import FolderError

FILE = "kinds.linear"
MOODS = "moods.linear"


class Kinds:
    """Tells kinds apart."""

    def __init__(self, classifier: Linear) -> None:
        self._classifier = classifier
        self.names = frozenset(classifier.labels)

    @classmethod
    def load(cls, folder: Path, name: str = FILE) -> Kinds | None:
        """A model folder's; None where it has none. Raises FolderError."""
        file = folder / name
        if not file.is_file():
            return None
        try:
            return cls(Linear.load(file))
        except (OSError, ValueError, RecursionError):
            raise FolderError(f"{file}: no classifier: take the file of a whole folder") from None

    def likeliest(self, said: str, before: str) -> tuple[str, float]:
        """The kind of what is said after the bot said `before` ("": nothing), and how likely it is."""
        chances = self._classifier.chances(heard(said, before))
        kind = max(chances, key=chances.__getitem__)
        return kind, chances[kind]


def heard(said: str, before: str) -> str:
    """A text for the classifier: whether it follows a question of the bot's, a statement, or nothing."""
    if not before:
        return said
    return f"{'↩?' if before.rstrip().endswith('?') else '↩'} {said}"
