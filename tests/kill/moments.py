"""When to kill: moments spread over a life, many of them between a call and its commit."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from tests.kill.endpoint import Endpoint
from tests.kill.worlds import World

_PATIENCE = 3.0  # seconds to wait for a moment that may never come

# How often each kind is chosen, of 100.
_WEIGHTS = {"starting": 18, "polling": 12, "writing": 16, "committing": 16, "sending": 18, "editing": 14, "living": 6}


class Moments:
    """Chooses the next moment, and waits for it."""

    def __init__(self, world: World, model: Endpoint, chance: random.Random) -> None:
        self._world = world
        self._model = model
        self._chance = chance
        self.chosen: Counter[str] = Counter()

    async def wait(self, arrived: Callable[[], object]) -> str:
        """The name of the moment, once it is there; `arrived` tells that the bot of this life listens."""
        kind = self._chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        self.chosen[kind] += 1
        if kind == "starting":
            await asyncio.sleep(self._chance.uniform(0.0, 1.0))
            return kind
        await self._world.until(arrived, 20.0)
        await self._wait_for(kind)
        return kind

    async def _wait_for(self, kind: str) -> None:
        match kind:
            case "polling":
                await asyncio.sleep(self._chance.uniform(0.0, 0.6))
            case "writing":
                await self._after(lambda: self._model.said, self._chance.randint(1, 8), 0.05)
            case "committing":
                await self._after(lambda: self._model.finished, 1, 0.04)
            case "sending":
                await self._after(lambda: self._world.calls("send"), 1, 0.02)
            case "editing":
                await self._after(lambda: self._world.calls("edit"), self._chance.randint(1, 2), 0.02)
            case "living":
                await asyncio.sleep(self._chance.uniform(1.5, 3.0))

    async def _after(self, count: Callable[[], int], more: int, at_most: float) -> None:
        """Wait for so many more of something, and then up to `at_most` seconds."""
        goal = count() + more
        await self._world.until(lambda: count() >= goal, _PATIENCE)
        if left := self._chance.choice([0.0, self._chance.uniform(0.0, at_most)]):
            await asyncio.sleep(left)
