"""Versioned rules that make raw lines fit to learn from: the version is written into a set's manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from bot.messages import Message
from training.cleaning import original, v2

Clean = Callable[[Sequence[Message]], tuple[Message, ...] | None]


def rules(name: str, seed: int = 7) -> Clean:
    """A dialogue as it is kept, None for one that is not. Raises KeyError for rules that don't exist.

    v2        the default
    original  what the first bot did, for comparisons; it masks no personal data
    none      nothing at all
    """
    chance = Random(seed)
    made: dict[str, Clean] = {
        "v2": lambda messages: v2.cleaned(messages, seed),
        "original": lambda messages: _original(messages, chance),
        "none": tuple,
    }
    return made[name]


NAMES = ("v2", "original", "none")


def _original(messages: Sequence[Message], chance: Random) -> tuple[Message, ...] | None:
    found = [(message.role, original.cleaned(message.content, chance)) for message in messages]
    kept = tuple(Message(role, text) for role, text in found if text)
    return kept if len(kept) == len(messages) else None
