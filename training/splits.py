"""Held-out dialogues, chosen by hash so that every run holds out the same ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from training.corpora import Dialogue, letters


@dataclass(frozen=True, slots=True)
class Split:
    """`strict`: no answer of it occurs in `train`. `random`: questions drawn at random, whose answers `train` may know.

    Only `random` can be compared with figures of others; only `strict` tells how well new answers are predicted.
    """

    train: tuple[Dialogue, ...]
    strict: tuple[Dialogue, ...]
    random: tuple[Dialogue, ...]


def split(dialogues: Iterable[Dialogue], *, held_out: int = 5) -> Split:
    """Hold out about `held_out` percent of the answers with all their rows, and of the rest as many questions."""
    train: list[Dialogue] = []
    strict: list[Dialogue] = []
    random: list[Dialogue] = []
    for dialogue in dialogues:
        if percentile("answer", dialogue.reply) < held_out:
            strict.append(dialogue)
        elif percentile("question", dialogue.question) < held_out:
            random.append(dialogue)
        else:
            train.append(dialogue)
    return Split(tuple(train), tuple(strict), tuple(random))


def percentile(kind: str, text: str) -> int:
    """0 to 99, the same for texts that differ only in letter case, spaces and punctuation."""
    return int.from_bytes(hashlib.sha256(f"{kind}:{letters(text) or text}".encode()).digest()[:8]) % 100
