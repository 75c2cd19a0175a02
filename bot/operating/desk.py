"""The operator's desk: everything about the running bot in one place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core import Core
from bot.delivery import Dispatch
from bot.errors import IrangError, ModelRefused
from bot.inbox import Inbox
from bot.operating import history, letters
from bot.operating.believed import Believed
from bot.operating.faults import Faults
from bot.operating.figures import Witness
from bot.operating.health import Checks, Pulse
from bot.operating.metrics import Seen, exposition
from bot.operating.reading import Reader
from bot.operating.recorder import Recorder
from bot.overview import (
    Box,
    Bucket,
    Change,
    Counts,
    Health,
    Letter,
    ModelVersion,
    Overview,
    PlatformState,
    Span,
    Waiting,
)
from bot.ports import Models, Watched

log = logging.getLogger(__name__)

_COUNTS_FOR = 3.0  # seconds that counted rows are believed
_HISTORY_FOR = 20.0


class Desk:
    """An Operator of the bot on the data folder `folder`."""

    def __init__(
        self, core: Core, inbox: Inbox, witness: Witness, models: Models, faults: Faults, folder: Path
    ) -> None:
        self._core = core
        self._inbox = inbox
        self._witness = witness
        self._models = models
        self._faults = faults
        self._reader = Reader(folder)
        self._started = core.clock.now()
        self._pulse = Pulse()
        self.recorder = Recorder(core, witness, models)
        now = core.clock.now
        self._checks = Checks(core.settings.health, core.store, witness, self._pulse, self._platforms, now)
        self._counts = Believed(self._count, _COUNTS_FOR)
        self._histories: dict[Span, Believed[Sequence[Bucket]]] = {
            span: Believed(partial(self._look_back, span), _HISTORY_FOR) for span in history.SPANS
        }
        self._change: Change | None = None
        self._changing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Look at the bot until cancelled. A change of models that is under way is given up then."""
        try:
            await asyncio.gather(self._pulse.run(), self.recorder.run())
        finally:
            if self._changing:
                self._changing.cancel()
                await asyncio.gather(self._changing, return_exceptions=True)

    # ---- how it is ---------------------------------------------------------------------------------

    async def alive(self) -> Health:
        return await self._checks.alive()

    async def ready(self) -> Health:
        return await self._checks.ready()

    async def metrics(self) -> str:
        overview = await self.overview(since=0.0)
        seen = Seen(overview, self._core.figures, self._witness, self._faults.levels, self._pulse.worst)
        return exposition(seen, self.recorder.expositions)

    async def overview(self, since: float = 0.0) -> Overview:
        figures = self._core.figures
        return Overview(
            version=_version(),
            now=self._core.clock.now(),
            started=self._started,
            lag=self._pulse.lag,
            platforms=tuple(self._platforms()),
            samples=self.recorder.since(since),
            answers=dict(figures.answers),
            latency=figures.talk().latency(),
            faults=self._faults.all(),
            counts=await self._counts.get(),
            model=self.recorder.model(),
            change=self._change,
        )

    async def history(self, span: Span) -> Sequence[Bucket]:
        return await self._histories[span].get()

    # ---- what nobody looks at by itself ------------------------------------------------------------

    async def letters(self) -> Sequence[Letter]:
        return await self._reader.read(letters.letters)

    async def letter_text(self, box: Box, id: int) -> str:
        log.info("the operator looks into %s row %d", box, id)
        return await self._reader.read(lambda db: letters.text(db, box, id))

    async def retry(self, box: Box, id: int) -> bool:
        self._counts.doubt()
        platforms = tuple(self._core.couriers)
        if box == "inbox":
            row = await self._core.store.run(lambda db: letters.take_up(db, id, platforms))
            if row:
                self._inbox.put(row)
            return row is not None
        bubble = await self._core.store.run(lambda db: letters.send_again(db, id, platforms))
        if bubble:
            way = self._core.delivery(bubble.inbox, bubble.lane, bubble.address, bubble.reply_to, [bubble])
            self._core.lanes.put(bubble.lane, Dispatch(way))
        return bubble is not None

    async def discard(self, box: Box, id: int) -> bool:
        self._counts.doubt()
        return await self._core.store.run(lambda db: letters.discard(db, box, id))

    async def reminders(self) -> Sequence[Waiting]:
        return await self._reader.read(letters.reminders)

    async def cancel(self, id: int) -> bool:
        self._counts.doubt()
        return await self._core.store.run(lambda db: letters.cancel(db, id))

    # ---- models ------------------------------------------------------------------------------------

    async def versions(self) -> Sequence[ModelVersion]:
        return await asyncio.to_thread(self._models.versions)

    async def use(self, name: str) -> None:
        if self._changing and not self._changing.done():
            raise ModelRefused("another model is being loaded: wait until that has ended")
        versions = await self.versions()
        if versions and name not in {version.name for version in versions}:
            raise ModelRefused(f"no model version is called {name!r:.70}")
        self._change = Change(name, "changing")
        self._changing = asyncio.create_task(self._use(name))

    async def _use(self, name: str) -> None:
        try:
            await self._models.use(name)
            self._change = Change(name, "done")
        except IrangError as error:
            log.warning("the model was not changed: %s", error)
            self._change = Change(name, "refused", str(error))
        except Exception:
            log.exception("the model was not changed")
            self._change = Change(name, "refused", "an error, see the log")

    # ---- looks -------------------------------------------------------------------------------------

    def _platforms(self) -> list[PlatformState]:
        return [self._platform(name) for name in self._core.couriers]

    def _platform(self, name: str) -> PlatformState:
        courier = self._core.couriers[name]
        waits, everywhere = courier.pacer.parked(), courier.pacer.parked_everywhere()
        state = partial(
            PlatformState,
            name,
            parked=len(waits),
            parked_for=max([*waits, everywhere], default=0.0),
            everywhere=everywhere > 0,
        )
        if not isinstance(courier.platform, Watched):
            return state(watched=False)
        pulse = courier.platform.pulse()
        return state(watched=True, last=pulse.last, latency=pulse.latency, note=pulse.note)

    async def _count(self) -> Counts:
        now: Callable[[], datetime] = self._core.clock.now
        return await self._reader.read(lambda db: letters.counts(db, now(), self._reader.size()))

    async def _look_back(self, span: Span) -> Sequence[Bucket]:
        zone = ZoneInfo(self._core.settings.bot.timezone)
        now = self._core.clock.now()
        return await self._reader.read(lambda db: history.history(db, span, now, zone))


def _version() -> str:
    try:
        return installed_version("irang")
    except PackageNotFoundError:
        return "checkout"
