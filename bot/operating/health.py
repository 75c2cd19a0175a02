"""Is it alive, and does it do its work? Answers that mean it: a row was written, a token was generated."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlite_utils import Database

from bot.config import HealthSettings
from bot.errors import BackendError, StoreError
from bot.messages import Message, Prompt, Sampling
from bot.operating.believed import Believed
from bot.operating.figures import Witness
from bot.overview import Check, Health, PlatformState
from bot.store import Store

LATE = 1.0  # seconds by which the event loop may be late
_WRITE_EVERY = 10.0  # seconds for which one written row proves that the database takes rows
_WRITE_WITHIN = 5.0
_TOKEN_WITHIN = 30.0  # seconds that a probe may take
_ONE_TOKEN = Prompt((Message("user", "."),), Sampling(max_tokens=1), lookup=False)


class Pulse:
    """How late the event loop was lately: it is asked to wake once a second. Run it beside everything else."""

    def __init__(self) -> None:
        self.lag = 0.0  # of the last second
        self.worst = 0.0  # since the start

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 1.0
            await asyncio.sleep(1.0)
            self.lag = max(loop.time() - due, 0.0)
            self.worst = max(self.worst, self.lag)


class Checks:
    """/healthz and /readyz.

    platforms  how the platforms are doing, by name: those that tell when they were last heard from
    """

    def __init__(
        self,
        settings: HealthSettings,
        store: Store,
        witness: Witness,
        pulse: Pulse,
        platforms: Callable[[], Sequence[PlatformState]],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._witness = witness
        self._pulse = pulse
        self._platforms = platforms
        self._now = now
        self._writing = Believed(self._writes, _WRITE_EVERY)
        self._generating = Believed(self._generates, settings.token_seconds / 4)

    async def alive(self) -> Health:
        """A process that should be started anew says no here."""
        lag = self._pulse.lag
        fault = await self._writing.get()
        return Health(
            (
                Check("loop", lag <= LATE, f"{lag:.3f} s late"),
                Check("database", fault is None, fault or "takes rows"),
            )
        )

    async def ready(self) -> Health:
        """No: people are not answered now, though the process may well recover by itself."""
        alive, model = await asyncio.gather(self.alive(), self._model())
        return Health((*alive.checks, *(self._platform(state) for state in self._platforms() if state.watched), model))

    def _platform(self, state: PlatformState) -> Check:
        if state.last is None:
            return Check(state.name, False, state.note or "not heard from yet")
        age = (self._now() - state.last).total_seconds()
        about = f"heard from {max(age, 0.0):.0f} s ago"
        return Check(state.name, age <= self._settings.poll_seconds, f"{about}: {state.note}" if state.note else about)

    async def _model(self) -> Check:
        """An answer that somebody gets is as good as a probe, so a busy model is not asked for more."""
        if self._age() > self._settings.token_seconds / 2 and (fault := await self._generating.get()):
            return Check("model", self._age() <= self._settings.token_seconds, fault)
        age = self._age()
        return Check("model", age <= self._settings.token_seconds, f"wrote a token {age:.0f} s ago")

    def _age(self) -> float:
        """Seconds since the last token."""
        last = self._witness.last
        return float("inf") if last is None else time.monotonic() - last

    async def _generates(self) -> str | None:
        try:
            async with asyncio.timeout(_TOKEN_WITHIN):
                await self._witness.prove(_ONE_TOKEN)
        except BackendError as error:
            return str(error)
        except TimeoutError:
            return f"no token within {_TOKEN_WITHIN:.0f} s"
        return None

    async def _writes(self) -> str | None:
        """Only a commit proves that the disk has room: this one writes the header that was there."""
        try:
            async with asyncio.timeout(_WRITE_WITHIN):
                await self._store.run(_rewrite_header)
        except (sqlite3.Error, StoreError) as error:
            return str(error)
        except TimeoutError:
            return f"no row was written within {_WRITE_WITHIN:.0f} s"
        return None


def _rewrite_header(db: Database) -> None:
    version = int(db.execute("pragma user_version").fetchone()[0])
    db.execute(f"pragma user_version = {version}")
