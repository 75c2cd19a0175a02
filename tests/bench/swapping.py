"""A model is changed under running chats: does anybody's answer fail, and how long does its next token take?"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bot.errors import BackendError
from bot.longlived import keep_for_good
from bot.messages import Message, Prompt, Sampling
from model.folder import EMBEDDED
from model.lives import Choice
from model.swap import Swapping

CHATS = 32
DRAINING = 2.0  # seconds after the change in which the old model ends its answers beside the new one
ASKED = ("안녕", "오늘 뭐 했어?", "재밌는 얘기 해줘", "배고파")


def measure(threads: int, chats: int = CHATS, quiet: float = 12.0, runs: int = 5) -> dict[str, Any]:
    """Gaps between two pieces of an answer, in seconds: with nothing else going on, and while the model is changed.

    `quiet`: seconds of the first, about as long as a change takes: the longest gap depends on how long one looks.
    Of the run whose longest gap grew by the median; "worst": by how much it grew in the worst.
    """
    measured = sorted(
        (asyncio.run(_measure(threads, chats, quiet)) for _ in range(runs)), key=lambda one: one["longer by"]
    )
    failed = sum(one["failed"] for one in measured)
    return {**measured[runs // 2], "failed": failed, "runs": runs, "worst": measured[-1]["longer by"]}


async def _measure(threads: int, chats: int, quiet: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as data:
        models = Swapping(Choice(EMBEDDED), Path(data), {"threads": threads, "slots": chats}, ())
        try:
            await models.process.wait_ready(120)
            watch = _Watch(models)
            talking = [asyncio.create_task(watch.chat(number)) for number in range(chats)]
            keep_for_good()  # as the bot does
            await asyncio.sleep(1)  # until everybody is in the middle of something
            usual = await watch.during(asyncio.sleep(quiet))
            began = perf_counter()
            changed = await watch.during(models.use(Choice(EMBEDDED)))
            took = perf_counter() - began
            changed += await watch.during(asyncio.sleep(DRAINING))
            for task in talking:
                task.cancel()
            await asyncio.gather(*talking, return_exceptions=True)
        finally:
            await models.close()
    return {
        "chats": chats,
        "took": took,
        "failed": watch.failed,
        "answers": watch.answers,
        "usual": {"median": median(usual), "longest": max(usual)},
        "while changed": {"median": median(changed), "longest": max(changed)},
        "longer by": max(changed) - max(usual),
    }


class _Watch:
    """Chats that never end, and the gaps between the pieces of their answers."""

    def __init__(self, models: Swapping) -> None:
        self._models = models
        self._gaps: list[float] = []
        self.failed = 0
        self.answers = 0

    async def during(self, work: Any) -> list[float]:
        """The gaps while `work` went on."""
        self._gaps = []
        await work
        return self._gaps

    async def chat(self, number: int) -> None:
        while True:
            prompt = Prompt((Message("user", ASKED[number % len(ASKED)]),), Sampling(seed=self.answers), lookup=False)
            try:
                await self._read(prompt)
                self.answers += 1
            except BackendError:
                self.failed += 1

    async def _read(self, prompt: Prompt) -> None:
        last: float | None = None
        async for _ in self._models.generate(prompt):
            now = perf_counter()
            if last is not None:
                self._gaps.append(now - last)
            last = now
