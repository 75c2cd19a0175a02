"""The model that answers now, and its change for another while chats go on.

A new model starts in a process of its own, beside the one that answers, and has to write a token before anybody is
sent to it; the old one ends its answers first. So a bad model changes nothing, and rolling back is the same step.

A model on trial answers a share of the chats beside the one that answers the others, until it is taken back or used.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from bot.errors import BackendBusy, BackendDown, ModelRefused
from bot.messages import Piece, Prompt
from model.client import OpenAIBackend
from model.lives import Choice, Life, NoMemory, Running, Trial
from model.process import ModelProcess

log = logging.getLogger(__name__)


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
        self._retiring: dict[asyncio.Task[None], Life] = {}
        self.swaps = 0
        self.failed = 0
        self._life = self._begin(choice, beside=False)
        self._trial: Trial | None = None

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
                async with aclosing(trial.life.generate(prompt)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except (BackendDown, BackendBusy) as error:
                if begun:
                    raise
                log.warning("the model on trial can't answer (%s): the other one does", error)
        async with aclosing(self._life.generate(prompt)) as pieces:
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
                self._trial = Trial(await self._beside(choice), percent)
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
            await life.end()

    async def _beside(self, choice: Choice) -> Life:
        """A second life. An adapter that the first one has loaded needs no process of its own."""
        first = self._life
        if choice.folder == first.choice.folder and choice.answers and choice.answers in first.choice.adapters:
            signs = await asyncio.to_thread(choice.signs)
            backend = OpenAIBackend("http://model/v1", signs, uds=first.process.socket, tags=self._tags)
            return Life(choice, first.running, backend, guest=True)
        try:
            return await self._begin(choice, beside=True).proved(self._load_within)
        except NoMemory:
            fix = "use it for all chats, or for none"
            raise ModelRefused(f"{choice.name}: there is no memory for two models: {fix}") from None

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
            candidate = await self._begin(choice, beside=True).proved(self._load_within)
        except NoMemory:
            return await self._one_after_the_other(choice)
        self._promote(candidate)
        self._end_trial()

    def _promote(self, life: Life) -> None:
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
            await asyncio.gather(old.drained(self._drain_within), *self._retiring)
            self._life = self._begin(choice, beside=False)
            await self._life.proved(self._load_within)
        except ModelRefused as error:
            self._life = self._begin(old.choice, beside=False)
            raise ModelRefused(f"{error}: the one before is loaded again") from None
        finally:
            self._open.set()

    def _begin(self, choice: Choice, *, beside: bool) -> Life:
        number = next(self._numbers)
        socket = self._data / ("model.sock" if number == 1 else f"model-{number}.sock")
        process = ModelProcess(choice.folder, socket, {**self._options, **choice.options()}, beside=beside)
        backend = OpenAIBackend("http://model/v1", uds=process.socket, tags=self._tags)
        return Life(choice, Running(process, asyncio.create_task(process.run())), backend)

    def _retire(self, life: Life) -> None:
        task = asyncio.create_task(life.drained(self._drain_within))
        self._retiring[task] = life
        task.add_done_callback(self._retired)

    def _retired(self, task: asyncio.Task[None]) -> None:
        self._retiring.pop(task, None)
