"""The endpoint on a socket in this process, round a model whose words are known, with an engine that can be held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Semaphore
from types import MappingProxyType

import uvicorn
from transformers import GPT2LMHeadModel

from bot.messages import Sampling
from model import sockets
from model.engine import Engine
from model.prompt import Renderer
from model.repertoire import Repertoire
from model.schedule import Limits
from model.server import Serving, build
from model.writer import Produced
from tests.model.tiny import CONTEXT, tiny_tokenizer

NAME = "tiny@00000000"


class HeldEngine(Engine):
    """An engine that, once held, makes a step only when it is allowed one. It can be told to fail, too."""

    _permits: Semaphore | None = None
    fails = False
    steps = 0

    def hold(self) -> None:
        self._permits = Semaphore(0)

    def allow(self, steps: int = 1) -> None:
        assert self._permits
        self._permits.release(steps)

    def let_go(self) -> None:
        permits, self._permits = self._permits, None
        if permits:
            permits.release()

    def step(self) -> list[Produced]:
        if self._permits:
            self._permits.acquire()
        if self.fails:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        self.steps += 1
        return super().step()


def held_engine(model: GPT2LMHeadModel, *, slots: int = 4, waiting: int = 4, chunk: int = 128) -> HeldEngine:
    stops = Renderer(tiny_tokenizer()).stop_ids
    limits = Limits(slots=slots, waiting=waiting, context=CONTEXT, chunk=chunk)
    return HeldEngine(model, limits, stop_ids=stops, defaults=Sampling(temperature=0))


@dataclass
class Endpoint:
    url: str
    engine: HeldEngine
    told: list[str] = field(default_factory=list)


@asynccontextmanager
async def served(
    model: GPT2LMHeadModel,
    *,
    slots: int = 4,
    waiting: int = 4,
    key: str | None = None,
    uds: Path | None = None,
    repertoires: Mapping[str, Repertoire] = MappingProxyType({}),
) -> AsyncIterator[Endpoint]:
    listener = sockets.bind_unix(uds) if uds else sockets.bind_tcp("127.0.0.1", 0)
    url = "http://irang/v1" if uds else f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    endpoint = Endpoint(url, held_engine(model, slots=slots, waiting=waiting))
    app = build(
        Serving(
            NAME,
            Renderer(tiny_tokenizer()),
            endpoint.engine,
            Sampling(temperature=0),
            {name: name for name in repertoires if name},
            repertoires,
        ),
        key=key,
        on_ready=lambda: endpoint.told.append("ready"),
        on_death=lambda: endpoint.told.append("dead"),
    )
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await until(lambda: server.started or serving.done())
        yield endpoint
    finally:
        endpoint.engine.let_go()
        server.should_exit = True
        await serving


async def until(condition: Callable[[], bool], *, doing: Callable[[], None] = lambda: None) -> None:
    """Wait for something that another thread or process does, and that no event tells of."""
    async with asyncio.timeout(30):
        while not condition():
            doing()
            await asyncio.sleep(0.002)
