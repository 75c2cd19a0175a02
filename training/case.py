"""One improvement on its way: what it works on, what its steps found, and the ways in which it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from bot.config import ImproveSettings
from bot.errors import IrangError
from model.registry import Registry
from training.callbacks import Interrupt
from training.contest import Match
from training.finetune import Place
from training.improvements import Improvements
from training.recipe import Recipe
from training.suite import Suite


class ImproveRefused(IrangError):
    """This improvement ends here, and nothing has changed for anybody: the reason in one line."""


class NotBetter(ImproveRefused):
    """It was weighed, and people keep the model that they have."""


class Later(IrangError):
    """It is left where it stands: how to go on with it."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What only the caller can do.

    judge    shows two answers, gives the key that was pressed (training.contest.KEYS); raises Later
    promote  lets a version answer some of the chats; gives the sentence that says so
    """

    judge: Callable[[Match, int, int], str]
    promote: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Case:
    """`base`: the version that is taught further; None: the one that is live. `id`: "" until it has begun.

    `again`: whether it shall begin even where an earlier one has learnt the same.
    """

    place: Place
    recipe: Recipe
    settings: ImproveSettings
    hands: Hands
    screen: Console
    interrupt: Interrupt
    suite: Suite
    base: str | None = None
    again: bool = False
    id: str = ""

    @property
    def terms(self) -> dict[str, Any]:
        """What a new model is weighed by: by other terms the same one may be better."""
        wanted = self.settings
        return {"bits": wanted.bits, "faults": wanted.faults, "judged": wanted.judged, "suite": self.suite.digest}

    @property
    def registry(self) -> Registry:
        return Registry(self.place.data / "models")

    @property
    def rows(self) -> Improvements:
        return Improvements(self.place.data / "runs.db")

    def details(self, step: str) -> dict[str, Any]:
        """What a step that is done has found. Raises KeyError for one that isn't."""
        return self.rows.steps(self.id)[step].details
