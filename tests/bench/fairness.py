"""Who waits how long when one person asks twenty questions and nine ask one."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.lanes import Slots

SLOTS = 4
STEPS = 8  # turns of the event loop that an answer takes


def measure() -> dict[str, Any]:
    """Answers that went before each of the nine, in the mean: beside somebody with twenty questions, and with one."""
    greedy, fair = asyncio.run(_waits(20)), asyncio.run(_waits(1))
    return {"beside twenty": greedy, "beside one": fair, "reused at once": asyncio.run(_reused())}


async def _waits(questions: int) -> float:
    slots, order = Slots(SLOTS), list[str]()

    async def ask(person: str) -> None:
        async with slots.hold(person, lambda ahead: None):
            order.append(person)
            for _ in range(STEPS):
                await asyncio.sleep(0)

    people = ["greedy"] * questions + [f"person{number}" for number in range(9)]
    await asyncio.gather(*(ask(person) for person in people))
    return sum(order.index(person) for person in order if person != "greedy") / 9


async def _reused() -> bool:
    """Whether a slot that is given back is held by the next one in the same turn of the loop."""
    slots, told = Slots(1), list[str]()

    async def ask(name: str) -> None:
        async with slots.hold(name, lambda ahead: None):
            told.append(name)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(ask(name))
    return told == ["a", "b", "c"]
