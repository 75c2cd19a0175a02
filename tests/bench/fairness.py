"""Who waits how long when one person asks twenty questions and nine ask one; time is counted in answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from statistics import mean
from typing import Any

from bot.lanes import Slots
from bot.messages import Sampling
from model.engine import Engine
from model.schedule import Request
from tests.bench.models import TINY

NINE = 9
MANY = 20
LENGTH = 16  # tokens of an answer, and steps that it takes
SITUATIONS = {  # slots, how many of them others hold, and steps after which the nine come
    "all slots taken": (4, 4, 0),
    "nobody there": (4, 0, 0),
    "half an answer later": (4, 0, LENGTH // 2),
    "as shipped": (32, 0, 0),
}


def measure() -> dict[str, Any]:
    """For how many answers each of the nine waits, in the mean, beside somebody with twenty questions and with one."""
    return {
        name: {
            "slots": slots,
            "beside twenty": asyncio.run(_Day(slots).waits(MANY, *when)),
            "beside one": asyncio.run(_Day(slots).waits(1, *when)),
        }
        for name, (slots, *when) in SITUATIONS.items()
    }


class _Day:
    """The bot's queue before an engine, without the HTTP between them."""

    def __init__(self, slots: int) -> None:
        self._slots = Slots(slots, pauses=True)
        shape = replace(TINY, written=LENGTH)
        self._engine: Engine = shape.engine("float32", slots)
        self._prompt = shape.prompts(1)[0]
        self._ended: dict[str, asyncio.Event] = {}
        self._begun: dict[str, int] = {}  # the step before its first token

    async def waits(self, questions: int, busy: int, later: int) -> float:
        """The first asks before the nine do; `busy`: so many others are answered by then."""
        first = [f"earlier{number}" for number in range(busy)] + ["first"] * questions
        nine = [f"person{number}" for number in range(NINE)]
        tasks = [self._asking(person, number) for number, person in enumerate(first)]
        for step in range(1_000_000):
            if step == later:
                tasks += [self._asking(person, 0) for person in nine]
            for _ in range(len(first) + len(nine)):  # until all that can happen at this time has happened
                await asyncio.sleep(0)
            if all(task.done() for task in tasks):
                break
            for produced in self._engine.step():
                self._begun.setdefault(produced.request, step)
                if produced.finish:
                    self._ended[produced.request].set()
        return mean(self._begun[f"{person} 0"] - later for person in nine) / LENGTH

    def _asking(self, person: str, number: int) -> asyncio.Task[None]:
        return asyncio.create_task(self._ask(person, f"{person} {number}"))

    async def _ask(self, person: str, id: str) -> None:
        async with self._slots.hold(person, lambda ahead: None) as priority:
            self._ended[id] = asyncio.Event()
            self._engine.add(Request(id, self._prompt, Sampling(), priority=priority))
            await self._ended[id].wait()
