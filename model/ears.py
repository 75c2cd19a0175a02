"""What a model folder hears in what is said, where no more of it is understood.

A folder may hold classifiers (`python -m training.listening` makes ours), whose labels are what its exchanges.jsonl has
words for:

kinds.linear   something sad, good news, a wish for advice …
moods.linear   what whoever tells something feels
asks.linear    what somebody asks about who begins; "none": they ask nothing
turns.linear   what the last words in a talk call for, seen with what came before

The first two were learnt from many more texts than the others, to which their opinion is a hint. Labels are free but
for some that have a meaning in the code (listening.py): "bright.…" is never said to who has failed, "asking.…" asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.korean.echo import is_told
from model.kinds import Kinds

KINDS, MOODS, ASKS, TURNS = "kinds.linear", "moods.linear", "asks.linear", "turns.linear"
NOTHING = "none"  # asks.linear: nothing is asked

_NOTHING, _NOTHING_THOUGH_IT_ASKS = 0.3, 0.99  # chance from which nothing is asked

NEVER = 2.0  # a chance that nothing has

Chances = Mapping[str, float]  # of each label, the likeliest first


@dataclass(frozen=True, slots=True)
class Ears:
    """A folder's classifiers; None: it has none of that name, which hears nothing."""

    kinds: Kinds | None = None
    moods: Kinds | None = None
    asks: Kinds | None = None
    turns: Kinds | None = None

    @classmethod
    def load(cls, folder: Path) -> Ears:
        """Raises FolderError."""
        return cls(*(Kinds.load(folder, name) for name in (KINDS, MOODS, ASKS, TURNS)))

    def kind(self, said: str, before: str) -> Chances:
        """What kind of thing is said after the bot said `before` ("": nothing)."""
        return self.kinds.chances(said, mark(before)) if self.kinds else {}

    def mood(self, said: str) -> Chances:
        """What is felt by whoever tells this."""
        return self.moods.chances(said) if self.moods else {}

    def asked(self, said: str) -> Chances:
        """What is asked about; nothing where nothing is."""
        chances = self.asks.chances(said, hints=self.hints_of_asks(said)) if self.asks else {}
        nothing = chances.pop(NOTHING, 0.0)
        if nothing >= (_NOTHING if is_told(said) else _NOTHING_THOUGH_IT_ASKS):
            return {}
        return {label: chance / (1 - nothing) for label, chance in chances.items()}

    def turn(self, said: str, before: str, told: str) -> Chances:
        """What is called for by what is said, after the person had `told` something and the bot had answered."""
        if self.turns is None:
            return {}
        return self.turns.chances(said, f"{told} {mark(before)}", self.hints_of_turns(said, told))

    def hints_of_asks(self, said: str) -> tuple[str, ...]:
        return tuple(self.kinds.hints(said, "kind")) if self.kinds else ()

    def hints_of_turns(self, said: str, told: str) -> tuple[str, ...]:
        marked = ((self.moods, said, "mood"), (self.moods, told, "told"), (self.kinds, told, "kind"))
        return tuple(hint for ears, text, whose in marked if ears and text for hint in ears.hints(text, whose))


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
