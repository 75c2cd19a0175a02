"""After how many steps a slot belongs to the next one: an answer has ended, was stopped, or its reader has gone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from bot.messages import Sampling
from model.engine import Engine
from model.schedule import Request
from tests.bench.models import TINY
from tests.model.served import Endpoint, served, until
from tests.model.tiny import saying


def measure() -> dict[str, Any]:
    """Steps from the end of one to the first token of the next, with one slot; `disconnected`: over HTTP."""
    return {"finished": _finished(), "stopped": _stopped(), "disconnected": asyncio.run(_disconnected())}


def _finished() -> int:
    engine = _one_and_another(answer=3)
    while not any(produced.finish for produced in engine.step()):
        continue
    return _steps_to_another(engine)


def _stopped() -> int:
    engine = _one_and_another(answer=300)
    engine.step()
    engine.cancel("one")
    return _steps_to_another(engine)


def _one_and_another(answer: int) -> Engine:
    engine = TINY.engine("float32", 1, kept=0)
    for name, prompt in zip(("one", "another"), TINY.prompts(2), strict=True):
        engine.add(Request(name, prompt, Sampling(max_tokens=answer)))
    return engine


def _steps_to_another(engine: Engine) -> int:
    steps = 1
    while not any(produced.request == "another" for produced in engine.step()):
        steps += 1
    return steps


async def _disconnected() -> int:
    """The step under way and those until the server has heard of it count too; a step takes two milliseconds here."""
    async with served(saying("ab", for_ever=True), slots=1) as endpoint:
        engine = endpoint.engine
        engine.hold()
        one = asyncio.create_task(_read(endpoint))
        await until(lambda: engine.running == 1, doing=engine.allow)
        another = asyncio.create_task(_read(endpoint))
        await until(lambda: engine.waiting == 1, doing=engine.allow)
        before = engine.steps
        one.cancel()
        await until(lambda: not engine.waiting, doing=engine.allow)  # it got its slot, and its token in the same step
        steps = engine.steps - before
        another.cancel()
        await asyncio.gather(one, another, return_exceptions=True)
    return steps


async def _read(endpoint: Endpoint) -> None:
    body = {"model": "", "messages": [{"role": "user", "content": "안녕"}], "stream": True}
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("POST", f"{endpoint.url}/chat/completions", json=body) as response,
    ):
        async for _ in response.aiter_bytes():
            continue
