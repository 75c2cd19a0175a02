"""Who waits how long when one person asks twenty questions and nine ask one; time is counted in answers."""

from __future__ import annotations

import asyncio
from statistics import mean
from typing import Any

from bot.lanes import Slots

NINE = 9
MANY = 20


def measure() -> dict[str, Any]:
    """For how many answers each of the nine waits, in the mean, beside somebody with twenty questions and with one."""
    return {
        name: {"slots": slots, "beside twenty": _mean(MANY, slots, busy), "beside one": _mean(1, slots, busy)}
        for name, slots, busy in (("all slots taken", 4, True), ("nobody there", 4, False), ("as shipped", 32, False))
    }


def _mean(questions: int, slots: int, busy: bool) -> float:
    return asyncio.run(_Day(slots).waits(questions, busy))


class _Day:
    """Answers take one unit of time each, and begin only when another is done or a slot is free."""

    def __init__(self, slots: int) -> None:
        self._slots = Slots(slots)
        self._count = slots
        self._now = 0
        self._waits: list[int] = []
        self._written = asyncio.Condition()

    async def waits(self, questions: int, busy: bool) -> float:
        """The first asks before the nine do; `busy`: somebody else is answered when they come."""
        earlier = [f"earlier{number}" for number in range(self._count if busy else 0)]
        people = [*earlier, *["first"] * questions, *(f"person{number}" for number in range(NINE))]
        tasks = [asyncio.create_task(self._ask(person)) for person in people]
        while not all(task.done() for task in tasks):
            for _ in people:  # until all that can happen at this time has happened
                await asyncio.sleep(0)
            async with self._written:
                self._now += 1
                self._written.notify_all()
        return mean(self._waits)

    async def _ask(self, person: str) -> None:
        async with self._slots.hold(person, lambda ahead: None):
            if person.startswith("person"):
                self._waits.append(self._now)
            async with self._written:
                await self._written.wait()
