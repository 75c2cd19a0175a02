"""The model that answers now, and its change for another while chats go on.

A new model starts in a process of its own, beside the one that answers, and has to write a token before anybody is
sent to it; the old one ends its answers first. So a bad model changes nothing, and rolling back is the same step.

A model on trial answers a share of the chats beside the one that answers the others, until it is taken back or used.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import BackendBusy, BackendDown, ModelRefused
from bot.messages import Piece, Prompt
from model import folder as folders
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

    def signs(self) -> str:
        """How its answers are signed, as model.serving does it. Reads the weights, to name them by their digest."""
        if self.answers:
            return f"{self.answers}@{folders.weights_digest(self.adapters[self.answers])[:8]}"
        return folders.served_name(self.folder)

    def options(self) -> dict[str, object]:
        """As `python -m model serve` takes them."""
        adapters = [f"{name}={folder}" for name, folder in self.adapters.items()]
        return {"adapter": adapters, "answers": self.answers} if adapters else {}


class _NoMemory(ModelRefused):
    """There is no memory for it beside the model that answers."""


@dataclass(eq=False, slots=True)
class _Running:
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
class _Life:
    """A model and the way to it. `guest`: what runs is another life's, which ends it."""

    choice: Choice
    running: _Running
    backend: OpenAIBackend
    guest: bool = False

    @property
    def process(self) -> ModelProcess:
        return self.running.process


@dataclass(frozen=True, slots=True)
class _Trial:
    """A model that answers `share` percent of the chats, always the same ones."""

    life: _Life
    share: int

    def takes(self, chat: str) -> bool:
        """By a hash of chat and model, so that another trial falls on other chats. A prompt without chat never."""
        digest = hashlib.sha256(f"{self.life.choice.name}\0{chat}".encode(errors="surrogatepass")).digest()
        return bool(chat) and int.from_bytes(digest[:8]) / 2**64 < self.share / 100


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
        self._retiring: dict[asyncio.Task[None], _Life] = {}
        self.swaps = 0
        self.failed = 0
        self._life = self._begin(choice, beside=False)
        self._trial: _Trial | None = None

    @property
    def process(self) -> ModelProcess:
        """The one that answers now."""
        return self._life.process

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As OpenAIBackend's; an answer is ended by the model that began it.

        Where the model on trial can't begin one, nobody suffers: the other one writes it.
        """
        await self._open.wait()
        trial, begun = self._trial, False
        if trial and trial.takes(prompt.chat):
            try:
                async with aclosing(self._written(trial.life, prompt)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except (BackendDown, BackendBusy) as error:
                if begun:
                    raise
                log.warning("the model on trial can't answer (%s): the other one does", error)
        async with aclosing(self._written(self._life, prompt)) as pieces:
            async for piece in pieces:
                yield piece

    async def _written(self, life: _Life, prompt: Prompt) -> AsyncGenerator[Piece]:
        with life.running.writing():
            async with aclosing(life.backend.generate(prompt)) as pieces:
                async for piece in pieces:
                    yield piece

    async def use(self, choice: Choice) -> None:
        """Answer with another model from now on. Raises ModelRefused, and then the one before goes on.

        A trial ends with that: what it was compared with is gone.
        """
        async with self._changing:
            try:
                await self._change(choice)
            except ModelRefused:
                self.failed += 1
                raise
            self.swaps += 1

    async def share(self, choice: Choice, percent: int) -> None:
        """Let this model answer so many percent of the chats, beside the one that answers the others.

        Raises ModelRefused when it can't be loaded beside that, and then that one answers all of them.
        """
        async with self._changing:
            self._end_trial()
            try:
                self._trial = _Trial(await self._beside(choice), percent)
            except ModelRefused:
                self.failed += 1
                raise

    async def unshare(self) -> None:
        """One model answers everybody again; answers that the other one has begun it ends."""
        async with self._changing:
            self._end_trial()

    @property
    def on_trial(self) -> str:
        """The name of the model that answers a share of the chats; "": there is none."""
        return self._trial.life.choice.name if self._trial else ""

    @property
    def name(self) -> str:
        """Of the model that answers now."""
        return self._life.choice.name

    async def exposition(self) -> str:
        """What the process that answers now tells Prometheus; "" while it can't be asked."""
        return await self._life.backend.exposition()

    async def close(self) -> None:
        """End every process."""
        self._end_trial()
        retiring = dict(self._retiring)
        for task in retiring:
            task.cancel()
        await asyncio.gather(*retiring, return_exceptions=True)
        for life in (*retiring.values(), self._life):  # a task that had not begun has ended nothing
            await self._end(life)

    async def _beside(self, choice: Choice) -> _Life:
        """A second life. An adapter that the first one has loaded needs no process of its own."""
        first = self._life
        if choice.folder == first.choice.folder and choice.answers and choice.answers in first.choice.adapters:
            signs = await asyncio.to_thread(choice.signs)
            backend = OpenAIBackend("http://model/v1", signs, uds=first.process.socket, tags=self._tags)
            return _Life(choice, first.running, backend, guest=True)
        try:
            return await self._proved(self._begin(choice, beside=True))
        except _NoMemory:
            fix = "use it for all chats, or for none"
            raise ModelRefused(f"{choice.name}: there is no memory for two models: {fix}") from None

    async def _proved(self, life: _Life) -> _Life:
        """It, when it has written a token. Raises ModelRefused or _NoMemory, and then nothing of it is left."""
        process = life.process
        if await process.loads(self._load_within):
            return life
        await self._end(life)
        reason = process.last_words or f"wrote no token within {self._load_within:.0f} s"
        refused = _NoMemory if process.lacked_memory else ModelRefused
        raise refused(f"{life.choice.name}: {reason}")

    def _end_trial(self) -> None:
        """Nobody new is sent there; its answers under way come to their end."""
        trial, self._trial = self._trial, None
        if trial:
            self._retire(trial.life)

    async def _change(self, choice: Choice) -> None:
        trial = self._trial
        if trial and trial.life.choice == choice and not trial.life.guest:  # it is loaded and has proved itself
            self._trial = None
            return self._promote(trial.life)
        try:
            candidate = await self._proved(self._begin(choice, beside=True))
        except _NoMemory:
            return await self._one_after_the_other(choice)
        self._promote(candidate)
        self._end_trial()

    def _promote(self, life: _Life) -> None:
        """It answers from now on, and the one before ends what it has begun."""
        old, self._life = self._life, life
        life.process.beside = False  # if it is ever restarted, it is the one that people wait for
        self._retire(old)

    async def _one_after_the_other(self, choice: Choice) -> None:
        """There is no memory for both: the old one ends its answers, new questions wait, then the new one is loaded."""
        log.warning("no memory for two models: %s is loaded when the running answers have ended", choice.name)
        old = self._life
        self._open.clear()
        self._end_trial()
        try:
            await asyncio.gather(self._drained(old), *self._retiring)
            self._life = self._begin(choice, beside=False)
            await self._proved(self._life)
        except ModelRefused as error:
            self._life = self._begin(old.choice, beside=False)
            raise ModelRefused(f"{error}: the one before is loaded again") from None
        finally:
            self._open.set()

    def _begin(self, choice: Choice, *, beside: bool) -> _Life:
        number = next(self._numbers)
        socket = self._data / ("model.sock" if number == 1 else f"model-{number}.sock")
        process = ModelProcess(choice.folder, socket, {**self._options, **choice.options()}, beside=beside)
        backend = OpenAIBackend("http://model/v1", uds=process.socket, tags=self._tags)
        return _Life(choice, _Running(process, asyncio.create_task(process.run())), backend)

    def _retire(self, life: _Life) -> None:
        task = asyncio.create_task(self._drained(life))
        self._retiring[task] = life
        task.add_done_callback(self._retired)

    def _retired(self, task: asyncio.Task[None]) -> None:
        self._retiring.pop(task, None)

    async def _drained(self, life: _Life) -> None:
        """End a process after its last answer."""
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(life.running.idle.wait(), self._drain_within)
        finally:
            await self._end(life)

    async def _end(self, life: _Life) -> None:
        await life.backend.close()
        if not life.guest:
            await life.running.end()
