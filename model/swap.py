"""The model that answers now, and its change for another while chats go on.

A new model starts in a process of its own, beside the one that answers, and has to write a token before anybody is
sent to it; the old one ends its answers first. So a bad model changes nothing, and rolling back is the same step.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import ModelRefused
from bot.messages import Piece, Prompt
from model.client import OpenAIBackend
from model.process import ModelProcess

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall answer: a model folder, LoRA folders over it by name, and which of those; "": the model as it is."""

    folder: Path
    adapters: Mapping[str, Path] = field(default_factory=dict)
    answers: str = ""

    @property
    def name(self) -> str:
        return self.answers or self.folder.name

    def options(self) -> dict[str, object]:
        """As `python -m model serve` takes them."""
        adapters = [f"{name}={folder}" for name, folder in self.adapters.items()]
        return {"adapter": adapters, "answers": self.answers} if adapters else {}


@dataclass(eq=False, slots=True)
class _Life:
    """A model's process, the way to it, and how many answers it is writing."""

    choice: Choice
    process: ModelProcess
    backend: OpenAIBackend
    watching: asyncio.Task[None]
    answering: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)


class Swapping:
    """A Backend whose model can be changed.

    data          folder for the processes' sockets
    options       of `python -m model serve`
    tags          names of reasoning blocks that are cut out
    load_within   seconds that a new model may take to write its first token
    drain_within  seconds that the old one gets to end its answers

    `swaps` counts the changes since the start, `failed` those that were refused and left everything as it was.
    """

    def __init__(
        self,
        choice: Choice,
        data: Path,
        options: Mapping[str, object],
        tags: Sequence[str],
        *,
        load_within: float = 900.0,
        drain_within: float = 600.0,
    ) -> None:
        self._data = data
        self._options = options
        self._tags = tags
        self._load_within = load_within
        self._drain_within = drain_within
        self._numbers = itertools.count(1)
        self._changing = asyncio.Lock()
        self._open = asyncio.Event()
        self._open.set()
        self._retiring: set[asyncio.Task[None]] = set()
        self.swaps = 0
        self.failed = 0
        self._life = self._begin(choice)

    @property
    def process(self) -> ModelProcess:
        """The one that answers now."""
        return self._life.process

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As OpenAIBackend's; an answer is ended by the model that began it."""
        await self._open.wait()
        life = self._life
        life.answering += 1
        life.idle.clear()
        try:
            async with aclosing(life.backend.generate(prompt)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            life.answering -= 1
            if not life.answering:
                life.idle.set()

    async def use(self, choice: Choice) -> None:
        """Answer with another model from now on. Raises ModelRefused, and then the one before goes on."""
        async with self._changing:
            try:
                await self._change(choice)
            except ModelRefused:
                self.failed += 1
                raise
            self.swaps += 1

    @property
    def name(self) -> str:
        """Of the model that answers now."""
        return self._life.choice.name

    async def exposition(self) -> str:
        """What the process that answers now tells Prometheus; "" while it can't be asked."""
        return await self._life.backend.exposition()

    async def close(self) -> None:
        """End every process."""
        for task in tuple(self._retiring):
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await self._end(self._life)

    async def _change(self, choice: Choice) -> None:
        candidate = self._begin(choice, beside=True)
        if await candidate.process.loads(self._load_within):
            old, self._life = self._life, candidate
            self._retire(old)
            return
        await self._end(candidate)
        reason = candidate.process.last_words or f"wrote no token within {self._load_within:.0f} s"
        if "memory" not in reason:
            raise ModelRefused(f"{choice.name}: {reason}")
        await self._one_after_the_other(choice)

    async def _one_after_the_other(self, choice: Choice) -> None:
        """There is no memory for both: the old one ends its answers, new questions wait, then the new one is loaded."""
        log.warning("no memory for two models: %s is loaded when the running answers have ended", choice.name)
        old = self._life
        self._open.clear()
        try:
            await self._drained(old)
            self._life = self._begin(choice)
            if await self._life.process.loads(self._load_within):
                return
            reason = self._life.process.last_words
            await self._end(self._life)
            self._life = self._begin(old.choice)
            raise ModelRefused(f"{choice.name}: {reason}: the one before is loaded again")
        finally:
            self._open.set()

    def _begin(self, choice: Choice, *, beside: bool = False) -> _Life:
        number = next(self._numbers)
        socket = self._data / ("model.sock" if number == 1 else f"model-{number}.sock")
        options = {**self._options, **choice.options(), **({"beside": True} if beside else {})}
        process = ModelProcess(choice.folder, socket, options)
        watching = asyncio.create_task(process.run())
        life = _Life(choice, process, OpenAIBackend("http://model/v1", uds=process.socket, tags=self._tags), watching)
        life.idle.set()
        return life

    def _retire(self, life: _Life) -> None:
        task = asyncio.create_task(self._drained(life))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _drained(self, life: _Life) -> None:
        """End a process after its last answer."""
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(life.idle.wait(), self._drain_within)
        finally:
            await self._end(life)

    async def _end(self, life: _Life) -> None:
        await life.backend.close()
        await life.process.stop()
        await asyncio.gather(life.watching, return_exceptions=True)
