"""What commands may ask beyond the message in front of them: the database, outside sources, chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlite_utils import Database

if TYPE_CHECKING:
    from bot.forms import Form
    from bot.knowledge import Knowledge
    from bot.sources.facts import Facts

T = TypeVar("T")


def _yes() -> bool:
    return True


class Read(Protocol):
    """Runs a look-up on the writer thread."""

    async def __call__(self, work: Callable[[Database], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class World:
    """None: the operator configured no such source. `able`: the model that writes now can follow instructions."""

    read: Read
    random: Random = field(default_factory=SystemRandom)
    facts: Facts | None = None
    knowledge: Knowledge | None = None
    forms: Mapping[str, Form] = field(default_factory=dict)
    able: Callable[[], bool] = _yes
