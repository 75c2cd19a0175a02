"""What a model folder hears in what is said, where no more of it is understood.

A folder may hold classifiers (`python -m training.listening` makes ours), whose labels are what its exchanges.jsonl has
words for:

kinds.linear   something sad, good news, a wish for advice …
moods.linear   what whoever tells something feels
asking.linear  whether somebody who begins asks anything: "asks" or "tells"
asks.linear    what they ask about
turns.linear   what the last words in a talk call for, seen with what came before

Labels are free but for some that have a meaning in the code (listening.py): "bright.…" is never said to who has failed,
"asking.…" asks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.korean import questions
from bot.korean.echo import is_told
from model.kinds import Kinds

KINDS, MOODS, ASKING, ASKS, TURNS = "kinds.linear", "moods.linear", "asking.linear", "asks.linear", "turns.linear"
FILES = (KINDS, MOODS, ASKING, ASKS, TURNS)
ASKS_SOMETHING, TELLS_SOMETHING = "asks", "tells"  # labels of asking.linear

# Chance from which something is asked; of what is told by its endings, and of what is put as a question.
_ASKS, _ASKS_THOUGH_IT_TELLS, _ASKS_BY_ITS_FORM = 0.5, 0.9, 0.35
_PLAIN = ("allowed", "amiss", "fault", "over", "worry", "yours")  # ways to put it that nothing else looks like
_AT_A_LOSS = re.compile(
    r"(?:어떡해|어떡하|어떻게\s?해|어쩌지|어쩌죠|어쩌나|어째야|어캄|어뜩해)\S{0,4}(?:\s\S{1,4})?[\s.!?~ㅋㅎㅠㅜ]*$"
)

NEVER = 2.0  # a chance that nothing has

Chances = Mapping[str, float]  # of each label, the likeliest first


@dataclass(frozen=True, slots=True)
class Ears:
    """A folder's classifiers; None: it has none of that name, which hears nothing."""

    kinds: Kinds | None = None
    moods: Kinds | None = None
    asking: Kinds | None = None
    asks: Kinds | None = None
    turns: Kinds | None = None

    @classmethod
    def load(cls, folder: Path) -> Ears:
        """Raises FolderError."""
        return cls(*(Kinds.load(folder, name) for name in FILES))

    def kind(self, said: str, before: str) -> Chances:
        """What kind of thing is said after the bot said `before` ("": nothing)."""
        return self.kinds.chances(said, mark(before)) if self.kinds else {}

    def mood(self, said: str) -> Chances:
        """What is felt by whoever tells this."""
        return self.moods.chances(said) if self.moods else {}

    def asked(self, said: str) -> Chances:
        """What is asked about; nothing where nothing is."""
        if self.asks is None or self.asking is None:
            return {}
        way = questions.sort(said)
        if way in _PLAIN or _AT_A_LOSS.search(said):
            return self.asks.chances(said)
        least = _ASKS_BY_ITS_FORM if way else _ASKS_THOUGH_IT_TELLS if is_told(said) else _ASKS
        return self.asks.chances(said) if self.asking.chances(said).get(ASKS_SOMETHING, 0.0) >= least else {}

    def turn(self, said: str, before: str, told: str) -> Chances:
        """What is called for by what is said, after the person had `told` something and the bot had answered."""
        return self.turns.chances(said, f"{told} {mark(before)}") if self.turns else {}


def mark(before: str) -> str:
    """Whether the bot asked, or said something, or nothing."""
    return "" if not before else "↩?" if before.rstrip().endswith("?") else "↩"


def surest(chances: Chances, sure: float, sure_of_half: float = NEVER) -> str:
    """The likeliest label where it is likely enough; else the first half of labels such as "advice.gift", where all of
    these together are; else ""."""
    label, chance = next(iter(chances.items()), ("", 0.0))
    if chance >= sure:
        return label
    halves: defaultdict[str, float] = defaultdict(float)
    for each, likely in chances.items():
        halves[each.partition(".")[0]] += likely
    half, chance = max(halves.items(), key=lambda one: one[1], default=("", 0.0))
    return half if chance >= sure_of_half else ""
