"""A stream of text -> messages sent and edited within a platform's limits, and never said twice."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from bot import markup, moving, outbox
from bot.courier import Courier
from bot.errors import Moved, PlatformError, Refused, Unusable
from bot.messages import Address, Body, Button, MessageRef
from bot.outbox import Bubble
from bot.store import Store

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 60.0  # seconds between two tries of what can't be delivered now
_FAULTS = 4  # tries after which a fault of our own counts as a refusal


class Delivery:
    """The answer to one inbox row: its bubbles, from the first "…" to the text that stays."""

    def __init__(
        self,
        store: Store,
        courier: Courier,
        *,
        inbox: int,
        lane: str,
        address: Address,
        reply_to: MessageRef | None,
        bubbles: Sequence[Bubble] = (),
    ) -> None:
        self._store = store
        self.courier = courier
        self._inbox = inbox
        self._lane = lane
        self._address = address
        self._reply_to = reply_to
        self._bubbles = list(bubbles)
        self._rows = len(self._bubbles)  # so many of them have a row of the outbox
        self._opening = asyncio.Lock()  # rows are added by the painter and by the final transaction, not by both

    def bodies(self, text: str, buttons: Sequence[Button] = (), *, literal: bool = False) -> list[Body]:
        """Markdown as the messages it takes on this platform; the last one has the buttons. `literal`: no Markdown."""
        limits = self.courier.platform.limits
        parts = markup.split(
            Body(text) if literal else markup.render(text), limits.length, limits.measure, limits.spans
        )
        return [*parts[:-1], replace(parts[-1], buttons=tuple(buttons))]

    async def typing(self) -> None:
        await self.courier.typing(self._address)

    # ---- while it is being written -----------------------------------------------------------------

    async def sketch(self, bodies: Sequence[Body], at: datetime, *, goes_on: Callable[[], bool]) -> bool:
        """Show what is written so far: new messages where it needs them, edits where there is room for them.

        False when there was no room for all of it now.
        """
        complete = True
        for part, body in enumerate(bodies):
            if part == len(self._bubbles):
                await self._open(part, body, at, goes_on)
            if not goes_on():
                return complete
            bubble = self._bubbles[part]
            if bubble.ref is None:
                await self.courier.place(bubble, bubble.body or body)
            complete &= await self.courier.glance(bubble, body)
        return complete

    async def _open(self, part: int, body: Body, at: datetime, goes_on: Callable[[], bool]) -> None:
        async with self._opening:
            if not goes_on():  # the final transaction came first
                return
            fresh = self._row(part, "open", body)
            self._bubbles.append(await self._store.run(lambda db: outbox.add(db, fresh, at)))
            self._rows += 1

    def inherit(self, db: Database, refs: Sequence[MessageRef], at: datetime) -> list[Bubble]:
        """Take over the messages of what is being replaced."""
        outbox.hand_over(db, refs)
        rows = [replace(self._row(part, "open", None), ref=ref) for part, ref in enumerate(refs)]
        return [outbox.add(db, row, at) for row in rows]

    # ---- when it is final --------------------------------------------------------------------------

    def stage(self, db: Database, bodies: Sequence[Body], at: datetime, turn: int | None = None) -> None:
        """Commit the final text, inside the transaction that marks the question as answered.

        May be done again when that failed: what it added is not there then.
        """
        del self._bubbles[self._rows :]
        for part, body in enumerate(bodies):
            if part < len(self._bubbles):
                outbox.ready(db, self._bubbles[part].id, body, turn)
            else:
                fresh = outbox.add(db, self._row(part, "ready", body), at)
                outbox.ready(db, fresh.id, body, turn)
                self._bubbles.append(fresh)
            self._bubbles[part].body, self._bubbles[part].state = body, "ready"
        for bubble in self._bubbles[len(bodies) :]:
            outbox.surplus(db, bubble.id)
            bubble.state = "surplus"

    def settled(self) -> asyncio.Lock:
        """Held by the final transaction, so that no row is being added meanwhile."""
        return self._opening

    async def deliver(self) -> None:
        """Bring what was committed to the people, however long it takes.

        What the platform will never take is marked as failed, so that it does not hold up what comes after it.
        """
        for bubble in tuple(self._bubbles):
            await self._surely(bubble)
        refs = [bubble.ref for bubble in self._bubbles if bubble.ref and bubble.state == "sent"]
        with suppress(PlatformError):  # a courtesy: the text is there
            await self.courier.platform.finish(refs)

    async def _surely(self, bubble: Bubble) -> None:
        """Try until it is sent or failed. A token that was taken back or a full disk may be mended meanwhile."""
        faults, pause = 0, 1.0
        while bubble.state in ("ready", "surplus"):
            try:
                if faults < _FAULTS:
                    await self._bring(bubble)
                else:
                    await self._give_up(bubble, "an error, see the log")
                continue
            except Unusable:
                raise
            except (PlatformError, sqlite3.Error) as error:
                log.error("outbox row %d: %s; again in %.0f s", bubble.id, error, pause)
            except Exception:
                faults += 1
                log.exception("outbox row %d: try %d of %d failed", bubble.id, faults, _FAULTS)
                if faults == _FAULTS:
                    continue
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _bring(self, bubble: Bubble) -> None:
        try:
            if bubble.state == "surplus":
                await self.courier.remove(bubble)
                return await self._let_go(bubble)
            assert bubble.body is not None, "what is ready has a text"
            await self.courier.settle(bubble, bubble.body)
            keep = self.courier.platform.limits.kept_here
            await self._store.run(lambda db: outbox.sent(db, bubble.id, keep=keep))
            bubble.state = "sent"
        except Moved as moved:
            await self._follow(moved.chat)
        except Refused as refusal:
            log.warning("outbox row %d will never be taken by %s: %s", bubble.id, self._address.platform, refusal)
            await self._give_up(bubble, str(refusal))

    async def _give_up(self, bubble: Bubble, reason: str) -> None:
        if bubble.state == "surplus":  # it stays where it is, with nothing more to say
            return await self._let_go(bubble)
        await self._store.run(lambda db: outbox.failed(db, bubble.id, reason))
        bubble.state = "failed"

    async def _let_go(self, bubble: Bubble) -> None:
        await self._store.run(lambda db: outbox.drop(db, bubble.id))
        bubble.state = "gone"

    async def _follow(self, chat: str) -> None:
        """The chat has a new id: what is not there yet goes there, as new messages."""
        old = self._address
        log.info("%s: chat %s is %s now", old.platform, old.chat, chat)
        await self._store.run(lambda db: moving.move(db, old.platform, old.chat, chat))
        self._address = replace(old, chat=chat)
        for bubble in self._bubbles:
            if bubble.state != "sent":
                bubble.address, bubble.ref, bubble.reply_to = self._address, None, None

    def _row(self, part: int, state: str, body: Body | None) -> Bubble:
        reply_to = self._reply_to if part == 0 else None
        return Bubble(0, self._inbox, part, self._lane, self._address, reply_to, None, state, body)


class Dispatch:
    """What was committed, on its way to the people: the job of a lane."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    async def run(self) -> None:
        await self._delivery.deliver()


class Painter:
    """Shows an answer while it is written, at the pace the platform allows; typing until there is something to see."""

    def __init__(self, delivery: Delivery, buttons: Sequence[Button], now: Callable[[], datetime]) -> None:
        self._delivery = delivery
        self._buttons = buttons
        self._now = now
        self._text = ""
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()

    def show(self, text: str) -> None:
        """From now on this is what people shall see."""
        self._text = text
        self._changed.set()

    def close(self) -> None:
        """Begin nothing new; `run` ends after the call that is under way."""
        self._closing.set()

    async def run(self) -> None:
        """Paint until closed. A platform that takes nothing any more ends the painting, not the answer."""
        typing = asyncio.create_task(self._type())
        try:
            while await self._something_new():
                self._changed.clear()
                bodies = self._delivery.bodies(self._text, self._buttons)
                if not await self._delivery.sketch(bodies, self._now(), goes_on=lambda: not self._closing.is_set()):
                    self._changed.set()  # the model may pause here: what people see must not stay behind for that
                await self._rest()
        except PlatformError as error:
            log.debug("painting ended: %s", error)
        except Exception:  # one message's answer: its final text must be delivered all the same
            log.exception("painting broke")
        finally:
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)

    async def _type(self) -> None:
        limits = self._delivery.courier.platform.limits
        while limits.typing_every:
            await self._delivery.typing()
            await asyncio.sleep(limits.typing_every)

    async def _something_new(self) -> bool:
        """Wait for text to paint; False when closed."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._changed, self._closing)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return not self._closing.is_set()

    async def _rest(self) -> None:
        """Leave the platform's time between two edits, or less when closed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), self._delivery.courier.platform.limits.edit_every or 0.05)
