"""What shall answer, the process in which it does, and the way there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import ModelRefused
from bot.messages import Piece, Prompt
from model import folder as folders
from model.client import OpenAIBackend
from model.process import ModelProcess


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall answer: a model folder, LoRA folders over it by name, and which of those; "": the model as it is."""

    folder: Path
    adapters: Mapping[str, Path] = field(default_factory=dict)
    answers: str = ""

    @property
    def name(self) -> str:
        return self.answers or self.folder.name

    def signs(self) -> str:
        """How its answers are signed, as model.serving does it. Reads the weights, to name them by their digest."""
        if self.answers:
            return f"{self.answers}@{folders.weights_digest(self.adapters[self.answers])[:8]}"
        return folders.served_name(self.folder)

    def options(self) -> dict[str, object]:
        """As `python -m model serve` takes them."""
        adapters = [f"{name}={folder}" for name, folder in self.adapters.items()]
        return {"adapter": adapters, "answers": self.answers} if adapters else {}


class NoMemory(ModelRefused):
    """There is no memory for it beside the model that answers."""


@dataclass(eq=False, slots=True)
class Running:
    """A model's process, and how many answers it is writing, whoever sent them there."""

    process: ModelProcess
    watching: asyncio.Task[None]
    answering: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.idle.set()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """For as long as it writes one answer."""
        self.answering += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.answering -= 1
            if not self.answering:
                self.idle.set()

    async def end(self) -> None:
        await self.process.stop()
        await asyncio.gather(self.watching, return_exceptions=True)


@dataclass(eq=False, slots=True)
class Life:
    """A model and the way to it. `guest`: what runs is another life's, which ends it."""

    choice: Choice
    running: Running
    backend: OpenAIBackend
    guest: bool = False

    @property
    def process(self) -> ModelProcess:
        return self.running.process

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        with self.running.writing():
            async with aclosing(self.backend.generate(prompt)) as pieces:
                async for piece in pieces:
                    yield piece

    async def proved(self, within: float) -> Life:
        """It, when it has written a token. Raises ModelRefused or NoMemory, and then nothing of it is left."""
        if await self.process.loads(within):
            return self
        await self.end()
        reason = self.process.last_words or f"wrote no token within {within:.0f} s"
        refused = NoMemory if self.process.lacked_memory else ModelRefused
        raise refused(f"{self.choice.name}: {reason}")

    async def drained(self, within: float) -> None:
        """End it after its last answer."""
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.running.idle.wait(), within)
        finally:
            await self.end()

    async def end(self) -> None:
        await self.backend.close()
        if not self.guest:
            await self.running.end()


@dataclass(frozen=True, slots=True)
class Trial:
    """A model that answers `share` percent of the chats, always the same ones."""

    life: Life
    share: int

    def takes(self, chat: str) -> bool:
        """By a hash of chat and model, so that another trial falls on other chats. A prompt without chat never."""
        digest = hashlib.sha256(f"{self.life.choice.name}\0{chat}".encode(errors="surrogatepass")).digest()
        return bool(chat) and int.from_bytes(digest[:8]) / 2**64 < self.share / 100
