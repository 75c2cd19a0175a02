"""What kind of thing is said (something sad, good news, a wish for advice …) and on what subject (pets, work, sleep …).

That much is heard where no more is understood. A model folder may hold kinds.linear and subjects.linear, classifiers
(bot/linear.py; `python -m training.kinds` makes ours). Their labels are those that a folder's exchanges have words for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.linear import Linear
from model.folder import FolderError

KINDS, SUBJECTS = "kinds.linear", "subjects.linear"

_LAST = 4  # lines of a talk that tell what it is about


@dataclass(frozen=True, slots=True)
class Kinds:
    """Tells kinds and subjects apart; None: the folder has no classifier of them."""

    kinds: Linear | None
    subjects: Linear | None

    @classmethod
    def load(cls, folder: Path) -> Kinds:
        """A model folder's. Raises FolderError."""
        return cls(_classifier(folder / KINDS), _classifier(folder / SUBJECTS))

    def kind(self, said: str, before: str) -> tuple[str, float]:
        """The kind of what is said after the bot said `before` ("": nothing), and how likely it is."""
        return _likeliest(self.kinds, heard(said, before))

    def subject(self, lines: Sequence[str]) -> tuple[str, float]:
        """What a talk is about, from all that was said in it, and how likely that is."""
        return _likeliest(self.subjects, talk(lines))


def heard(said: str, before: str) -> str:
    """A text for the classifier of kinds: whether it follows a question of the bot's, a statement, or nothing."""
    if not before:
        return said
    return f"{'↩?' if before.rstrip().endswith('?') else '↩'} {said}"


def talk(lines: Sequence[str]) -> str:
    """A text for the classifier of subjects: the talk's last lines."""
    return " / ".join(lines[-_LAST:])


def _likeliest(classifier: Linear | None, text: str) -> tuple[str, float]:
    if classifier is None:
        return "", 0.0
    chances = classifier.chances(text)
    label = max(chances, key=chances.__getitem__)
    return label, chances[label]


def _classifier(file: Path) -> Linear | None:
    if not file.is_file():
        return None
    try:
        return Linear.load(file)
    except (OSError, ValueError, RecursionError):
        raise FolderError(f"{file}: no classifier: take the file of a whole folder") from None
