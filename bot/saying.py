"""A sentence of 이랑's own on its way: a command's reply, a refusal, an excuse. The job of a command lane."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from sqlite_utils import Database

from bot import inbox, outbox, people, turns
from bot.command import Claim, Forget, Reply, Stop, TurnAway
from bot.core import Core
from bot.delivery import Delivery
from bot.errors import PlatformError
from bot.messages import Incoming

log = logging.getLogger(__name__)


class Saying:
    """What `reply` gives is committed with its effects and with "done", then brought to the people.

    `aside`: the row is kept instead, for this reason.
    """

    def __init__(
        self,
        core: Core,
        row: int,
        incoming: Incoming,
        conversation: str,
        lane: str,
        reply: Callable[[], Reply],
        *,
        aside: str = "",
    ) -> None:
        self._core = core
        self._row = row
        self._incoming = incoming
        self._conversation = conversation
        self._lane = lane
        self._reply = reply
        self._aside = aside
        self._committed = False

    async def run(self) -> None:
        try:
            attempts = await self._core.store.run(lambda db: inbox.attempt(db, [self._row]))
            if attempts > self._core.settings.delivery.attempts:
                log.error("inbox row %d: %d attempts brought the bot down: set aside", self._row, attempts - 1)
                return await self._apologise(f"{attempts - 1} attempts ended in a crash")
            await self._say(self._reply())
        except asyncio.CancelledError:  # the bot stops: the row stays undone, and that was no attempt
            with suppress(asyncio.CancelledError):
                await asyncio.shield(self._core.store.run(lambda db: inbox.release(db, [self._row])))
            raise
        except Exception:
            log.exception("inbox row %d: the reply failed", self._row)
            if not self._committed:
                await self._apologise("an error, see the log")

    async def _apologise(self, reason: str) -> None:
        self._aside = reason
        await self._say(Reply(self._core.locale("apology")))

    async def _say(self, reply: Reply) -> None:
        bubbles = await self._core.store.run(lambda db: outbox.of(db, self._row))
        delivery = self._core.delivery(self._row, self._lane, self._incoming.address, self._incoming.ref, bubbles)
        await self._core.store.run(lambda db: self._commit(db, delivery, reply))
        self._committed = True
        await delivery.deliver()

    def _commit(self, db: Database, delivery: Delivery, reply: Reply) -> None:
        for effect in reply.effects:
            self._apply(db, effect)
        bodies = delivery.bodies(reply.text, reply.buttons) if reply.text else []
        delivery.stage(db, bodies, self._core.clock.now())
        if self._aside:
            inbox.aside(db, [self._row], self._aside)
        inbox.done(db, [self._row])

    def _apply(self, db: Database, effect: Forget | Stop | Claim | TurnAway) -> None:
        match effect:
            case Forget():
                turns.forget(db, self._conversation, self._row)
            case Claim():
                people.make_owner(db, self._incoming.person, self._core.clock.now())
            case TurnAway():
                people.note_refusal(db, self._incoming.address, self._core.clock.now())
            case Stop():
                pass  # the dialogue halted the answer before the reply was made


class Silence:
    """Nothing is said to a message: where it is shown as waiting for an answer (a slash command), that ends."""

    def __init__(self, core: Core, row: int, incoming: Incoming) -> None:
        self._core = core
        self._row = row
        self._incoming = incoming

    async def run(self) -> None:
        courier = self._core.couriers[self._incoming.address.platform]
        with suppress(PlatformError):  # a courtesy
            await courier.platform.finish([self._incoming.ref])
        await self._core.store.run(lambda db: inbox.done(db, [self._row]))
