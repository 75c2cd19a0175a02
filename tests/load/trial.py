"""One trial: so many chats ask at a steady pace, and what was seen of it."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from tests.kill.questions import Question
from tests.load.people import Name, People, Unanswered, answered, on_telegram, on_the_web
from tests.load.watched import Memory

_SAMPLE = 1.0  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Plan:
    """How many chats, messages a second in all, and for how many seconds. The times are those of a Poisson process."""

    platform: Name
    chats: int
    rate: float
    seconds: float
    seed: int

    @property
    def settled(self) -> float:
        """The second from which growth counts: the first minute, or of a short trial a quarter."""
        return min(60.0, self.seconds / 4)

    def moments(self) -> Iterator[tuple[float, int]]:
        """When somebody asks, and in which chat: each has its turn before one has its second."""
        chance = random.Random(self.seed)
        chats = list(range(self.chats))
        chance.shuffle(chats)
        when, number = chance.expovariate(self.rate), 0
        while when < self.seconds:
            yield when, chats[number % self.chats]
            when, number = when + chance.expovariate(self.rate), number + 1


@dataclass
class Seen:
    """What a trial has shown. `waits` in seconds, from the moment a message was due until its answer was whole.

    lost        questions without a whole answer in the end
    twice       whole answers too many
    left        other messages that stayed: a "…" that nothing came of
    unanswered  people who gave up waiting, or were told something else
    busy        seconds of a core that the bot used
    """

    asked: int = 0
    chats: int = 0
    waits: list[float] = field(default_factory=list)
    lost: int = 0
    twice: int = 0
    left: int = 0
    unanswered: int = 0
    haste: int = 0
    faults: list[str] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    lateness: dict[str, int] = field(default_factory=dict)
    busy: float = 0.0
    machine: list[float] = field(default_factory=list)  # the load average of a minute, before and after

    def wait(self, percent: int) -> float:
        """Seconds that so many of a hundred people did not wait longer than."""
        if len(self.waits) < 2:
            return max(self.waits, default=float("inf"))
        return quantiles(self.waits, n=100, method="inclusive")[percent - 1]


async def trial(plan: Plan, folder: Path) -> Seen:
    """`folder` is empty, and on a real disk."""
    seen = Seen(machine=[os.getloadavg()[0]])
    async with (on_the_web if plan.platform == "web" else on_telegram)(folder) as people:
        before = people.bot.busy()
        sampling = asyncio.create_task(people.bot.sample(_SAMPLE))
        await _ask_all(plan, people, seen)
        seen.busy, seen.memory = people.bot.busy() - before, people.bot.memory
        sampling.cancel()
        await people.calm()
    seen.machine.append(os.getloadavg()[0])
    seen.lateness = people.bot.lateness
    _count(seen, list(people.shown(folder)))
    seen.haste, seen.faults = people.haste(), list(people.faults())
    return seen


async def _ask_all(plan: Plan, people: People, seen: Seen) -> None:
    """Ask when it is time to, whether or not the others are answered."""
    loop = asyncio.get_running_loop()
    began, places = loop.time(), set()
    async with asyncio.TaskGroup() as group:
        for number, (when, chat) in enumerate(plan.moments(), start=1):
            await asyncio.sleep(began + when - loop.time())
            group.create_task(_ask(people, Question(number, 1), chat, began + when, seen))
            seen.asked = number
            places.add(chat)
    seen.chats = len(places)


async def _ask(people: People, question: Question, chat: int, due: float, seen: Seen) -> None:
    try:
        await people.ask(question, chat)
    except Unanswered:
        seen.unanswered += 1
    else:
        seen.waits.append(asyncio.get_running_loop().time() - due)


def _count(seen: Seen, texts: list[str]) -> None:
    answers = answered(texts)
    seen.lost = seen.asked - len(answers)
    seen.twice = answers.total() - len(answers)
    seen.left = len(texts) - answers.total()
