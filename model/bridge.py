"""The engine in a thread of its own, and asyncio on the other side: orders go over in a queue, tokens come back."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from bot.messages import Sampling
from model.engine import Engine
from model.schedule import QueueFull, Request
from model.writer import Produced

log = logging.getLogger(__name__)

_TRIM = 60.0  # seconds after which memory goes that was not needed meanwhile


class EngineDead(Exception):
    """The engine has failed or was stopped: it will never answer again."""


@dataclass(frozen=True, slots=True)
class _Add:
    request: Request
    accepted: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Cancel:
    id: str


class _Stop:
    pass


class Answer:
    """What the engine makes of one request. Iterate it to the end, or close it: closing frees its slot.

    Attributes: `begun` and `first` are when it was asked for and when its first token came, on time.monotonic().
    """

    def __init__(self, id: str, close: Callable[[str], None]) -> None:
        self.id = id
        self.begun = time.monotonic()
        self.first: float | None = None
        self._close = close
        self._produced: asyncio.Queue[Produced] = asyncio.Queue()

    def put(self, produced: Produced) -> None:
        if produced.tokens and self.first is None:
            self.first = time.monotonic()
        self._produced.put_nowait(produced)

    async def next(self) -> Produced:
        """The next token or the end. Not to be called after the end."""
        return await self._produced.get()

    async def __aiter__(self) -> AsyncIterator[Produced]:
        while True:
            produced = await self.next()
            yield produced
            if produced.finish:
                return

    def close(self) -> None:
        self._close(self.id)


class Bridge:
    """Belongs to one event loop. `on_death` is called there when the engine has failed.

    `steps` counts those in which the model really read: a prompt or beams give nobody a token for long.
    """

    def __init__(self, engine: Engine, on_death: Callable[[], None]) -> None:
        self._engine = engine
        self._on_death = on_death
        self._loop = asyncio.get_running_loop()
        self._orders: SimpleQueue[_Add | _Cancel | _Stop] = SimpleQueue()
        self._answers: dict[str, Answer] = {}
        self._asked: set[asyncio.Future[None]] = set()
        self._next_step = asyncio.Event()
        self._thread = Thread(target=self._work, name="engine", daemon=True)
        self._trimmed = time.monotonic()
        self.steps = engine.progress
        self.dead = False

    def start(self) -> None:
        self._thread.start()

    async def submit(
        self,
        ids: Sequence[int],
        sampling: Sampling,
        banned: tuple[tuple[int, ...], ...] = (),
        adapter: str = "",
        priority: int = 0,
    ) -> Answer:
        """Ask for an answer. Raises QueueFull, ValueError for a prompt that doesn't fit, EngineDead."""
        if self.dead:
            raise EngineDead
        answer = Answer(uuid.uuid4().hex, self._close)
        self._answers[answer.id] = answer
        accepted: asyncio.Future[None] = self._loop.create_future()
        self._asked.add(accepted)
        self._orders.put(_Add(Request(answer.id, tuple(ids), sampling, banned, adapter, priority), accepted))
        try:
            await accepted
        except BaseException:  # cancelled as well: nobody is left to close it
            answer.close()
            raise
        finally:
            self._asked.discard(accepted)
        return answer

    async def alive(self, deadline: float) -> bool:
        """Whether the model really reads within `deadline` seconds: for a probe, or for those before it."""
        step = self._next_step
        waits = [asyncio.create_task(step.wait()), asyncio.create_task(self._probed(step))]
        try:
            await asyncio.wait(waits, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        return step.is_set() and not self.dead

    async def _probed(self, step: asyncio.Event) -> None:
        """Ends when the model's numbers for a probe are not finite, or with the step that makes it needless."""
        with suppress(QueueFull):  # then there is enough to read without a probe
            probe = await self.submit([0], Sampling(max_tokens=1))
            with closing(probe):
                if [produced.finish async for produced in probe][-1] == "error":
                    return
        await step.wait()

    async def stop(self) -> None:
        """End the thread after the step it is in; what is still being written ends as an error."""
        self._orders.put(_Stop())
        self._fail()
        await asyncio.to_thread(self._thread.join, 5)

    def _close(self, id: str) -> None:
        if self._answers.pop(id, None):
            self._orders.put(_Cancel(id))

    def _deliver(self, all_produced: Sequence[Produced], steps: int) -> None:
        if steps > self.steps:
            self.steps = steps
            self._next_step.set()
            self._next_step = asyncio.Event()
        for produced in all_produced:
            answer = (
                self._answers.pop(produced.request, None) if produced.finish else self._answers.get(produced.request)
            )
            if answer:
                answer.put(produced)

    def _fail(self) -> None:
        self.dead = True
        for id, answer in self._answers.items():
            answer.put(Produced(id, (), "error"))
        self._answers.clear()
        for accepted in self._asked:
            _settle(accepted, EngineDead())
        self._next_step.set()

    def _die(self) -> None:
        self._fail()
        self._on_death()

    # ---- in the engine's thread ------------------------------------------------------------------

    def _work(self) -> None:
        try:
            while self._take_orders():
                produced = self._engine.step()
                self._loop.call_soon_threadsafe(self._deliver, produced, self._engine.progress)
                self._trim()
        except Exception:  # whatever the model raises, nobody may wait for ever: this process ends and is restarted
            log.exception("the engine failed")
            self._loop.call_soon_threadsafe(self._die)

    def _take_orders(self) -> bool:
        """Do what was ordered, waiting for an order while there is nothing to write. False: stop."""
        while not self._orders.empty() or not (self._engine.running or self._engine.waiting):
            match self._next_order():
                case None:
                    self._trim()
                case _Add(request, accepted):
                    self._add(request, accepted)
                case _Cancel(id):
                    self._engine.cancel(id)
                case _Stop():
                    return False
        return True

    def _next_order(self) -> _Add | _Cancel | _Stop | None:
        with suppress(Empty):
            return self._orders.get(timeout=_TRIM)
        return None

    def _trim(self) -> None:
        if time.monotonic() - self._trimmed >= _TRIM:
            self._engine.trim()
            self._trimmed = time.monotonic()

    def _add(self, request: Request, accepted: asyncio.Future[None]) -> None:
        try:
            self._engine.add(request)
        except (QueueFull, ValueError) as error:
            self._loop.call_soon_threadsafe(_settle, accepted, error)
        else:
            self._loop.call_soon_threadsafe(_settle, accepted, None)


def _settle(accepted: asyncio.Future[None], error: Exception | None) -> None:
    if accepted.done():
        return
    if error is None:
        accepted.set_result(None)
    else:
        accepted.set_exception(error)
