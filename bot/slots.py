"""What a slot takes: a kind of words, checked before a command acts on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.korean import when
from bot.korean.counting import count

_ANY = datetime(2026, 1, 1, tzinfo=UTC)  # whether words are a time does not depend on today


def _anything(text: str) -> bool:
    return bool(text.strip())


def _nothing(typed: str) -> Sequence[str]:
    return ()


def brief(accepts: Callable[[str], object], longest: int = 40) -> Callable[[str], bool]:
    """`accepts`, not asked about more than `longest` letters: no place, sum or day has a name as long as a message."""
    return lambda text: len(text) <= longest and bool(accepts(text))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of words.

    accepts  whether words can be such a value
    suggest  completes what somebody began to type
    choices  all the values there are, where they are few: (value, label in Korean, label in English)
    apart    in a phrase it begins a word
    least    with `most`: it is a whole number between them
    """

    name: str
    accepts: Callable[[str], bool] = _anything
    suggest: Callable[[str], Sequence[str]] = _nothing
    choices: tuple[tuple[str, str, str], ...] = ()
    apart: bool = False
    least: int | None = None
    most: int | None = None

    @property
    def names_things(self) -> bool:
        """Whether it takes some words and not others, so that they are known where they stand among more."""
        return self.accepts is not _anything and self.accepts is not WHEN.accepts and self.least is None

    @property
    def suggests(self) -> bool:
        """Whether it has anything to suggest at all."""
        return self.suggest is not _nothing


TEXT = Kind("text")
WORDS = Kind("text", apart=True)
WHEN = Kind("when", brief(lambda text: when.read(text, _ANY)[0], longest=60))


def counted(most: int) -> Kind:
    """A whole number from 1 to `most`, in digits or words: 3, 세, 열두."""
    return Kind("count", brief(lambda text: count(text) is not None), least=1, most=most)
