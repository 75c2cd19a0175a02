"""How late the bot's event loop is while the model writes for many chats."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from bot.backends import model
from bot.messages import Address, Person, Piece, Prompt
from bot.ports import Backend
from tests.stage import Stage, on_stage, open_settings

TICK = 0.005  # seconds
LIMIT = 0.05


def measure(chats: int = 32, rounds: int = 6) -> dict[str, Any]:
    """Seconds by which a ticker wakes too late, while so many chats are answered by the embedded model."""
    return asyncio.run(_measure(chats, rounds))


async def _measure(chats: int, rounds: int) -> dict[str, Any]:
    settings = open_settings(quota={"person_per_minute": 0, "chat_per_minute": 0}, model={"patience": 60.0})
    stage, late = Stage(), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            model(settings, Path(folder)) as (backend, ready),
            on_stage(Path(folder), stage, _Made(backend), settings),
        ):
            await ready()
            ticking = asyncio.create_task(_tick(late))
            await _talk(stage, chats, rounds)
            ticking.cancel()
    cuts = quantiles(late, n=100)
    return {"answers": chats * rounds, "ticks": len(late), "p50": cuts[49], "p99": cuts[98], "max": max(late)}


class _Made:
    """The model's own words, never those that were written for it: as many pieces as it can make."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        async with aclosing(self._backend.generate(replace(prompt, lookup=False))) as pieces:
            async for piece in pieces:
                yield piece


async def _tick(late: list[float]) -> None:
    while True:
        began = perf_counter()
        await asyncio.sleep(TICK)
        late.append(perf_counter() - began - TICK)


async def _talk(stage: Stage, chats: int, rounds: int) -> None:
    """Everybody asks, and asks again when everybody is answered."""
    for turn in range(1, rounds + 1):
        for chat in range(chats):
            person = Person("stage", str(chat), f"사람{chat}")
            await stage.say("재밌는 얘기 해줘", person=person, to=Address("stage", f"home{chat}"))
        await stage.until(lambda done=chats * turn: stage.deliveries >= done, within=120)  # type: ignore[misc]
