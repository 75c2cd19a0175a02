"""One answer as the model writes it: waiting for a slot, for a model that restarts, and ending early when told."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace

from bot.core import Core
from bot.delivery import Painter
from bot.errors import BackendBusy, BackendDown, BackendError
from bot.locale import Locale
from bot.messages import Person, Piece, Prompt
from bot.moderation import Masking

log = logging.getLogger(__name__)

_LOOK_AGAIN = 0.5  # seconds until a model that was down or busy is asked again


class Writing:
    """`text` grows while `run` runs; `model` and `kept` say who wrote it and how much of the prompt it saw."""

    def __init__(
        self, core: Core, row: int, person: Person, painter: Painter, locale: Locale, *, streams: bool = True
    ) -> None:
        self.text = ""
        self.model = ""
        self.kept: int | None = None
        self._core = core
        self._row = row
        self._person = f"{person.platform}:{person.id}"
        self._painter = painter
        self._locale = locale
        self._streams = streams
        self._masking = self._mask()
        self._ahead = 0
        self.failure: BackendError | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended = False

    def end(self) -> None:
        """Write no further; `text` stays as it is."""
        self._ended = True
        if self._task is not None:
            self._task.cancel()

    async def run(self, prompt: Prompt) -> None:
        """Let the model write to its end, or until `end`; `failure` is why it could not."""
        self._task = asyncio.create_task(self._persist(prompt))
        announcing = asyncio.create_task(self._announce())
        try:
            await self._task
        except BackendError as error:
            self.failure = error
        except asyncio.CancelledError:
            if not self._ended:
                raise
        finally:
            for task in (self._task, announcing):
                task.cancel()
            await asyncio.wait([self._task, announcing])

    async def _persist(self, prompt: Prompt) -> None:
        """Ask again while the model is starting, restarting or busy, as long as [model] patience says."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._core.settings.model.patience
        loudness = logging.INFO  # the first time; then it is said already
        while True:
            try:
                return await self._stream(prompt)
            except (BackendDown, BackendBusy) as error:
                if loop.time() >= deadline:
                    raise
                log.log(loudness, "inbox row %d: %s; trying again", self._row, error)
                loudness = logging.DEBUG
            self.text, self._masking = "", self._mask()
            await asyncio.sleep(_LOOK_AGAIN)

    async def _stream(self, prompt: Prompt) -> None:
        async with self._core.slots.hold(self._person, self._note_place) as priority:
            self._ahead = 0
            async with aclosing(self._core.backend.generate(replace(prompt, priority=priority))) as pieces:
                async for piece in pieces:
                    self._take(piece)
        self.text += self._masking.end() if self._masking else ""

    def _take(self, piece: Piece) -> None:
        self.text += self._masking.feed(piece.text) if self._masking else piece.text
        self.model = piece.model or self.model
        self.kept = piece.kept if piece.kept is not None else self.kept
        if self._streams and self.text.strip():
            self._painter.show(self.text)

    def _mask(self) -> Masking | None:
        return Masking(self._core.words) if self._core.settings.moderation.outgoing else None

    def _note_place(self, ahead: int) -> None:
        self._ahead = ahead

    async def _announce(self) -> None:
        """After a while without a word, say how many are ahead, and keep that true."""
        await asyncio.sleep(self._core.settings.delivery.notice_after)
        told: int | None = None
        while not self.text:
            if self._ahead != told:
                told = self._ahead
                self._painter.show(self._locale("waiting_in_line" if told else "waiting", ahead=told))
            await asyncio.sleep(_LOOK_AGAIN)
