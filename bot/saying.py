"""A sentence of 이랑's own on its way: a command's reply, a refusal, an excuse. The job of a command lane."""

from __future__ import annotations

import asyncio
import inspect
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlite_utils import Database

from bot import expecting, inbox, outbox
from bot.command import Reply
from bot.core import Core
from bot.delivery import Delivery
from bot.effects import Moment
from bot.errors import PlatformError, StoreError, Unusable
from bot.locale import Locale
from bot.logs import about
from bot.messages import Body, Incoming, Poll
from bot.outbox import Bubble

log = logging.getLogger(__name__)


class Saying:
    """What `reply` gives is committed with its effects and with "done", then brought to the people.

    `note` is said before it. `aside`: the row is kept instead, for this reason.
    """

    def __init__(
        self,
        core: Core,
        row: int,
        incoming: Incoming,
        conversation: str,
        lane: str,
        reply: Callable[[], Reply | Awaitable[Reply]],
        locale: Locale,
        *,
        note: str = "",
        aside: str = "",
    ) -> None:
        self._core = core
        self._row = row
        self._incoming = incoming
        self._conversation = conversation
        self._lane = lane
        self._reply = reply
        self._locale = locale
        self._note = note
        self._aside = aside
        self._committed = False
        self._heard_at = time.monotonic()

    async def run(self) -> None:
        with about(inbox=self._row):
            await self._run()

    async def _run(self) -> None:
        try:
            attempts = await self._core.store.insist(lambda db: inbox.attempt(db, [self._row]))
            if attempts > self._core.settings.delivery.attempts:
                log.error("inbox row %d: %d attempts brought the bot down: set aside", self._row, attempts - 1)
                return await self._apologise(f"{attempts - 1} attempts ended in a crash")
            reply = self._reply()
            await self._say(await reply if inspect.isawaitable(reply) else reply)
        except (asyncio.CancelledError, Unusable):  # the bot stops: the row stays undone, and that was no attempt
            with suppress(asyncio.CancelledError, sqlite3.Error, StoreError):
                await asyncio.shield(self._core.store.run(lambda db: inbox.release(db, [self._row])))
            raise
        except Exception:
            log.exception("inbox row %d: the reply failed", self._row)
            if not self._committed:
                await self._apologise("an error, see the log")

    async def _apologise(self, reason: str) -> None:
        self._aside = reason
        await self._say(Reply(self._locale("apology")))

    async def _say(self, reply: Reply) -> None:
        delivery = await self._delivery(reply)
        await self._core.store.insist(lambda db: self._commit(db, delivery, reply))
        self._committed = True
        await delivery.deliver()
        kind = "apology" if self._aside else "command"
        self._core.figures.answered(kind, time.monotonic() - self._heard_at)

    async def _delivery(self, reply: Reply) -> Delivery:
        """The reply's way, with the messages it may fill: of an earlier try, or the one whose button was pressed."""
        incoming = self._incoming
        fresh = self._core.delivery(self._row, self._lane, incoming.address, incoming.ref)

        def work(db: Database) -> list[Bubble]:
            mine = outbox.of(db, self._row)
            return mine if mine or not reply.here else fresh.inherit(db, [incoming.ref], self._core.clock.now())

        bubbles = await self._core.store.insist(work)
        return self._core.delivery(self._row, self._lane, incoming.address, incoming.ref, bubbles)

    def _commit(self, db: Database, delivery: Delivery, reply: Reply) -> None:
        now = self._core.clock.now()
        for effect in reply.effects:
            effect.apply(db, Moment(self._row, self._incoming, self._conversation, now))
        expecting.expect(db, self._conversation, self._incoming.person, reply.expect, reply.choices, now)
        delivery.stage(db, self._bodies(db, delivery, reply), now)
        if self._aside:
            inbox.aside(db, [self._row], self._aside)
        inbox.done(db, [self._row])

    def _bodies(self, db: Database, delivery: Delivery, reply: Reply) -> list[Body]:
        choices = reply.choices if delivery.courier.platform.limits.buttons else ()
        numbered = "" if choices else "\n".join(f"{n}) {each.label}" for n, each in enumerate(reply.choices, start=1))
        note = self._note.strip("_") if reply.literal else self._note
        text = "\n\n".join(part for part in (note, reply.text, numbered) if part)
        to = self._incoming.person.id
        offered = expecting.offer(db, self._conversation, choices, self._core.clock.now(), to=to)
        bodies = delivery.bodies(text, (*reply.buttons, *offered), literal=reply.literal) if text else []
        again = self._locale("sent_again")
        if reply.file and delivery.courier.platform.limits.files:
            bodies.append(Body(f"📎 {reply.file.name}", plain=True, again=again, file=reply.file))
        elif reply.file:
            bodies.extend(delivery.bodies(reply.file.content, literal=True))
        if reply.poll:
            bodies.append(Body(ballot(reply.poll), poll=reply.poll, plain=True, again=again))
        return bodies


def ballot(poll: Poll) -> str:
    """A poll in words, where the platform has none."""
    return "\n".join([f"📊 {poll.question}", *(f"{n}. {option}" for n, option in enumerate(poll.options, start=1))])


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
        await self._core.store.insist(lambda db: inbox.done(db, [self._row]))
