"""Calls to one platform, at its pace, repeated until they succeed or never will."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from bot import outbox
from bot.backoff import Backoff
from bot.errors import PlatformError, Refused, Throttled, Uncertain, Unreachable
from bot.messages import Address, Body, Key
from bot.outbox import Bubble
from bot.pacing import Pacer
from bot.ports import Clock, Platform
from bot.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

PLACEHOLDER = Body("…")

_FIRST, _LONGEST = 0.5, 30.0  # seconds between two tries
_LONGEST_QUESTION = 300  # characters of a poll's: https://core.telegram.org/bots/api#sendpoll
_GRACE = 3.0  # seconds that a send under way gets to end when the bot stops


class Courier:
    """Brings bubbles to one platform."""

    def __init__(self, platform: Platform, pacer: Pacer, store: Store, clock: Clock) -> None:
        self.platform = platform
        self.pacer = pacer
        self._store = store
        self._clock = clock

    async def place(self, bubble: Bubble, body: Body) -> None:
        """Give a bubble its message.

        Where a repeated send would say it twice, that message is "…" and gets its text by an edit, which may be
        repeated: after a crash an orphan "…" is the worst that is left.
        """
        await self._insist(bubble.address, lambda: _to_its_end(self._send(bubble, body)))

    def _first(self, bubble: Bubble, body: Body) -> Body:
        if self.platform.limits.idempotent:
            return body
        if not body.plain:
            return PLACEHOLDER
        if bubble.tried is None:
            return body
        log.warning("outbox row %d: sent again, since nobody knows whether it was sent", bubble.id)
        return _marked(body)

    async def _send(self, bubble: Bubble, body: Body) -> None:
        """One try. A repeat may give the message of an earlier try, which says what that try said."""
        first, since = self._first(bubble, body), bubble.tried
        tried = since or self._clock.now()
        if first.plain and not self.platform.limits.idempotent:  # after a crash nobody else would know
            await self._store.run(lambda db: outbox.trying(db, bubble.id, tried))
        bubble.tried = tried
        try:
            key = Key(bubble.key, since=since)
            ref = await self.platform.send(bubble.address, first, reply_to=bubble.reply_to, key=key)
        except Uncertain:
            raise
        except PlatformError:
            bubble.tried = since  # surely not sent
            raise
        bubble.ref, bubble.shown = ref, first if since is None else None
        await self._store.insist(lambda db: outbox.placed(db, bubble.id, ref))

    async def settle(self, bubble: Bubble, body: Body) -> None:
        """Make people see the final text, however often it has to be tried. Raises Refused when they never will."""
        if body.plain:  # sent as it stands, never edited
            return None if bubble.ref else await self.place(bubble, body)
        if bubble.ref:
            try:
                return await self._fill(bubble, body)
            except Refused:  # somebody deleted our message: another one takes its place
                now = self._clock.now()
                await self._store.insist(lambda db: outbox.lost(db, bubble, now))
        await self.place(bubble, body)
        await self._fill(bubble, body)

    async def remove(self, bubble: Bubble) -> None:
        """Take a message away that the answer does not need."""
        if ref := bubble.ref:
            await self._insist(bubble.address, lambda: self.platform.delete(ref))

    async def glance(self, bubble: Bubble, body: Body) -> bool:
        """Show what is written so far, if there is room for a call that may be left out; False when there was none."""
        if bubble.ref is None or bubble.shown == body:
            return True
        if not self.pacer.spare(bubble.address):
            return False
        try:
            await self.platform.edit(bubble.ref, body)
            bubble.shown = body
        except Throttled as limit:
            self._park(bubble.address, limit)
            return False
        except PlatformError as error:
            bubble.shown = None  # whatever it says now, the final edit decides
            log.debug("an edit in between of outbox row %d was left out: %s", bubble.id, error)
        return True

    async def typing(self, to: Address) -> None:
        """Show once that somebody writes, if there is room for it."""
        if not self.pacer.spare(to):
            return
        try:
            await self.platform.typing(to)
        except Throttled as limit:
            self._park(to, limit)
        except PlatformError as error:
            log.debug("typing was left out: %s", error)

    async def _fill(self, bubble: Bubble, body: Body) -> None:
        ref = bubble.ref
        if ref is not None and bubble.shown != body:
            await self._insist(bubble.address, lambda: self.platform.edit(ref, body))
            bubble.shown = body

    async def _insist(self, to: Address, call: Callable[[], Awaitable[T]]) -> T:
        """Call until the platform accepts. Raises what no repetition can mend: Refused, Moved, BadToken."""
        backoff = Backoff(_FIRST, _LONGEST)
        while True:
            await self.pacer.turn(to)
            try:
                return await call()
            except Throttled as limit:
                self._park(to, limit)
            except (Unreachable, Uncertain) as error:
                pause = backoff.failed()
                log.info("%s: %s; trying again in %.1f s", self.platform.name, error, pause)
                await asyncio.sleep(pause)

    def _park(self, to: Address, limit: Throttled) -> None:
        log.info("%s: chat %s is parked for %.1f s", self.platform.name, to.chat, limit.retry_after)
        self.pacer.park(to, limit.retry_after, everywhere=limit.everywhere)


def _marked(body: Body) -> Body:
    """The body with a line that says that it may be a repeat; a poll says so in its question."""
    if not body.again:
        return body
    question = f"{body.again}\n{body.poll.question}" if body.poll else ""
    if body.poll and len(question) > _LONGEST_QUESTION:
        return body  # said twice it is a nuisance, refused for its length it is lost
    poll = replace(body.poll, question=question) if body.poll else None
    return replace(body, text=f"{body.again}\n{body.text}", poll=poll)


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Let a send that began come to its end when the bot stops: a message that is there must be known to be there."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=_GRACE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
