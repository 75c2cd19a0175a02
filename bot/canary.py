"""A new model answers some of the chats at first, and is taken back by itself when people like its answers less."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import comb
from typing import Any, Protocol

from sqlite_utils import Database

from bot import canaries
from bot.canaries import Trial
from bot.core import Core
from bot.delivery import Dispatch
from bot.errors import ModelRefused, StoreError
from bot.messages import Address, Body

log = logging.getLogger(__name__)

LEAST = 20  # ratings of the new model before anything is concluded from them
DOUBT = 0.05  # a difference that chance alone would make more often than this counts for nothing
_EVERY = 15.0  # seconds between two looks


class Trials(Protocol):
    """A second model beside the one that answers everybody.

    Versions are names in data/models/; "" is the model that comes along.
    """

    def live(self) -> str:
        """The version that answers everybody."""

    async def begin(self, version: str, share: int) -> tuple[str, str]:
        """Let it answer `share` percent of the chats; how its answers are signed, and those of the other one.

        Raises ModelRefused, and then nobody gets it.
        """

    async def end(self) -> None:
        """Nobody gets it any more."""

    async def use(self, version: str) -> None:
        """Everybody gets it, after a restart too. Raises ModelRefused, and then nothing has changed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ratings say. `p`: how often chance alone would give the new model so many 👎 or more."""

    down: int
    rated: int
    old_down: int
    old_rated: int
    p: float

    @property
    def worse(self) -> bool:
        return self.rated >= LEAST and self.p < DOUBT


def verdict(down: int, rated: int, old_down: int, old_rated: int) -> Verdict:
    """Fisher's exact test, one-sided (R. A. Fisher 1922, J. R. Stat. Soc. 85, 87-94): is its share of 👎 greater?"""
    everyone, downs = rated + old_rated, down + old_down
    ways = sum(comb(downs, n) * comb(everyone - downs, rated - n) for n in range(down, min(downs, rated) + 1))
    return Verdict(down, rated, old_down, old_rated, ways / comb(everyone, rated))


class Canary:
    """Begins trials, watches them and ends them, until cancelled; what it knows is in the table `canaries`.

    None as `trials`: the models are somebody else's, and there is nothing to share.
    """

    def __init__(self, core: Core, trials: Trials | None, *, every: float = _EVERY) -> None:
        self._core = core
        self._trials = trials
        self._every = every
        self._begun = 0  # the row whose model is loaded
        self._busy = asyncio.Lock()

    async def run(self) -> None:
        while self._trials:
            try:
                await self.look()
            except (sqlite3.Error, StoreError) as error:  # a full disk may be mended meanwhile
                log.error("the model on trial can't be watched: %s; again in %.0f s", error, self._every)
            await asyncio.sleep(self._every)

    async def asked(self, wish: Mapping[str, Any]) -> Mapping[str, Any]:
        """`irang models use VERSION --share N`; a share of 0 ends the trial. Raises ModelRefused."""
        version, share = str(wish["version"]), int(wish["share"])
        if self._trials is None:
            raise ModelRefused(f"{version}: config.toml names the endpoints that answer: share the chats out there")
        live, now = self._trials.live(), self._core.clock.now()
        if share:
            await self._core.store.run(lambda db: canaries.want(db, version, live, share, now))
        else:
            await self._core.store.run(lambda db: canaries.stop(db, now))
        fault = await self.look()
        if fault:
            raise ModelRefused(fault)
        return {"share": share}

    async def look(self) -> str:
        """Do what the table and the ratings ask for; why a trial was refused just now, or ""."""
        if self._trials is None:
            return ""
        async with self._busy:
            trial = await self._core.store.run(canaries.active)
            if trial is None or trial.id != self._begun:
                await self._let_go()
            if trial is None:
                return ""
            return await self._attend(trial, self._trials)

    async def _attend(self, trial: Trial, trials: Trials) -> str:
        live = trials.live()
        if live != trial.live:  # somebody chose another model for everybody
            await self._settle(trial, "promoted" if live == trial.version else "stopped")
            return ""
        if trial.id != self._begun:
            return await self._begin(trial, trials)
        await self._weigh(trial, trials)
        return ""

    async def _begin(self, trial: Trial, trials: Trials) -> str:
        """Load it, at the first time or after a restart."""
        try:
            signs, others = await trials.begin(trial.version, trial.share)
        except ModelRefused as error:
            await self._settle(trial, "refused", str(error), "canary_refused", version=trial.version, fault=str(error))
            return str(error)
        self._begun = trial.id
        now = self._core.clock.now()
        await self._core.store.run(lambda db: canaries.begun(db, trial.id, signs, others, now))
        log.info("%s answers %d%% of the chats", trial.version, trial.share)
        return ""

    async def _weigh(self, trial: Trial, trials: Trials) -> None:
        counted = verdict(*await self._core.store.run(lambda db: canaries.tally(db, trial)))
        if counted.worse:
            return await self._roll_back(trial, counted)
        days = self._core.settings.improve.canary_days
        if trial.state == "running" and self._core.clock.now() - trial.since >= timedelta(days=days):
            await self._pass(trial, trials, days)

    async def _roll_back(self, trial: Trial, seen: Verdict) -> None:
        """Noted first: after a crash in between it does not come back."""
        reason = f"{seen.down} of {seen.rated} 👎 against {seen.old_down} of {seen.old_rated}, p = {seen.p:.3g}"
        figures = {"down": seen.down, "rated": seen.rated, "old_down": seen.old_down, "old_rated": seen.old_rated}
        said = {**figures, "version": trial.version, "p": f"{seen.p:.2g}"}
        await self._settle(trial, "rolled_back", reason, "canary_rolled_back", **said)
        log.warning("%s is taken back: %s", trial.version, reason)

    async def _pass(self, trial: Trial, trials: Trials, days: float) -> None:
        """It held up: used for everybody if that is wanted, else proposed."""
        said = {"version": trial.version, "days": f"{days:g}"}
        if self._core.settings.improve.then == "use":
            try:
                await trials.use(trial.version)
                return await self._settle(trial, "promoted", "", "canary_used", **said)
            except ModelRefused as error:
                log.error("%s can't be used for everybody: %s", trial.version, error)
        log.info("%s held up for %g days: irang models use %s", trial.version, days, trial.version)
        return await self._note(trial, "passed", "", "canary_passed", said)

    async def _settle(self, trial: Trial, state: str, reason: str = "", key: str = "", **values: object) -> None:
        """The trial is over."""
        await self._note(trial, state, reason, key, values)
        await self._let_go()

    async def _let_go(self) -> None:
        if self._begun and self._trials:
            self._begun = 0
            await self._trials.end()

    # ---- telling the owner -------------------------------------------------------------------------

    async def _note(self, trial: Trial, state: str, reason: str, key: str, values: Mapping[str, object]) -> None:
        """The new state and what the owner is told of it, in one transaction."""
        now = self._core.clock.now()

        def work(db: Database) -> list[Any]:
            canaries.settle(db, trial.id, state, reason, now)
            text = self._core.locale(key, **values) if key else ""
            body = Body(text, plain=True, again=self._core.locale("sent_again"))
            return [canaries.tell(db, trial.id, state, to, body, now) for to in self._owners(db)] if text else []

        for bubble in await self._core.store.run(work):
            delivery = self._core.delivery(bubble.inbox, bubble.lane, bubble.address, None, [bubble])
            self._core.lanes.put(bubble.lane, Dispatch(delivery))

    def _owners(self, db: Database) -> list[Address]:
        """Where owners talk with us alone, as far as that is known."""
        named = [owner.split(":", 1) for owner in self._core.settings.access.owners]
        return canaries.homes(db, named, tuple(self._core.couriers))
