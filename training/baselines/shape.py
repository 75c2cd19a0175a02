"""What every baseline can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from training.corpora import Dialogue
from training.measure import Told
from training.samples import Answer

# A character that training never had is spelt out as one of Unicode's scalar values, all equally likely, so that the
# bits of any text can be counted: 0x110000 code points without the 2,048 surrogates.
SCALARS = 0x110000 - 0x800

LONGEST = 64  # characters of an answer, after which it counts as cut


class Baseline(Protocol):
    """`told`: the cost of the dialogues' last replies; empty where a baseline has no probabilities."""

    def answer(self, said: str) -> Answer: ...

    def told(self, dialogues: Sequence[Dialogue]) -> list[Told]: ...
