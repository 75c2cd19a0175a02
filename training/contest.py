"""Answers of two models side by side, and nobody sees which is whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from training.judging import spread
from training.liking import Prompt

Verdict = Literal["new", "live", "equal", "skip"]
KEYS = ("a", "b", "=", "s")


@dataclass(frozen=True, slots=True)
class Match:
    """Two answers to one prompt. `number`: the prompt's place in the suite; `first_is_new`: what nobody sees."""

    number: int
    prompt: Prompt
    new: str
    live: str
    first_is_new: bool

    @property
    def shown(self) -> tuple[str, str]:
        """As A and B."""
        return (self.new, self.live) if self.first_is_new else (self.live, self.new)

    def verdict(self, key: str) -> Verdict:
        """What a key means: a, b, = (equal), s (skip). Raises ValueError for any other."""
        match key:
            case "=":
                return "equal"
            case "s":
                return "skip"
            case "a" | "b":
                return "new" if (key == "a") == self.first_is_new else "live"
            case _:
                raise ValueError(f"expected one of {', '.join(KEYS)}")


def matches(prompts: Sequence[Prompt], new: Sequence[str], live: Sequence[str], count: int, seed: int) -> list[Match]:
    """`count` prompts, evenly spread over those that the models answer differently; the same ones for the same seed."""
    chance = Random(seed)
    different = [number for number in range(len(prompts)) if new[number].strip() != live[number].strip()]
    chosen = spread(different, count) if count else []
    return [Match(at, prompts[at], new[at], live[at], chance.random() < 0.5) for at in chosen]
