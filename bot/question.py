"""One question on its way to an answer: the job that waits and works in a conversation's lane."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Literal

from sqlite_utils import Database

from bot import consents, context, inbox, outbox, turns
from bot.command import Again, Brief, Consult, Reply
from bot.core import Core
from bot.delivery import Delivery, Painter
from bot.errors import StoreError, Unusable
from bot.locale import Locale
from bot.logs import about
from bot.messages import Body, Button, Incoming, MessageRef, Prompt, Sampling
from bot.outbox import Bubble
from bot.paste import Paste
from bot.patience import patiently
from bot.preferences import Preferences
from bot.recall import recall, recall_again, words
from bot.turns import Asked
from bot.writing import Writing

log = logging.getLogger(__name__)

Verdict = Literal["stop", "redo", "drop"]
Consulting = Callable[[str], Consult | None]


class Question:
    """Said by somebody, answered by the model.

    `consult` tells what a text is answered from besides the conversation: it is asked whenever the text is another.

    `halt` ends the writing early: "stop" keeps what is there, "redo" begins afresh with the edited text, "drop"
    takes the answer away with its question.
    """

    def __init__(
        self,
        core: Core,
        row: int,
        incoming: Incoming,
        conversation: str,
        again: Again | None = None,
        *,
        consult: Consulting,
        preferences: Preferences,
        locale: Locale,
        note: str = "",
    ) -> None:
        self.incoming = incoming
        self.conversation = conversation
        self.rows = [row]
        self._core = core
        self._again = again
        self._consult = consult
        self._brief: Brief | None = None
        self._preferences = preferences
        self._locale = locale
        self._note = note
        self._paste = Paste(incoming, core.couriers[incoming.address.platform].platform.limits)
        self._begun = False
        self._committed = False
        self._writing: Writing | None = None
        self._verdict: Verdict | None = None

    # ---- what others may do to it ------------------------------------------------------------------

    @property
    def writing(self) -> bool:
        """Whether there is something to stop."""
        return self._begun and not self._committed

    def asks(self, ref: MessageRef) -> bool:
        """Whether this is the question of that message, or of its edit: the wish for another answer is none."""
        return ref in self._paste and not (self._again and self.incoming.call)

    def says(self, message: Incoming) -> bool:
        """Whether that is what its message says: platforms tell of edits that change no word."""
        return self._verdict != "drop" and self._paste.says(message)

    def halt(self, verdict: Verdict) -> bool:
        """End the writing; False when its answer is committed already."""
        self._verdict = verdict  # also while it is being committed: where that fails, the next try obeys
        if self._committed:
            return False
        if self._writing is not None:
            self._writing.end()
        return True

    def edit(self, row: int, message: Incoming, consult: Consulting) -> bool:
        """The question says something else now; False when its answer is committed already."""
        if self._committed:
            return False
        self.rows.append(row)
        self._paste.change(message)
        self._consult = consult
        if self._begun:
            self.halt("redo")
        else:
            self._verdict = None  # what it said before may have been taken away already
        return True

    def drop(self, ref: MessageRef) -> None:
        """That message asks nothing any more; what the same paste says in others is answered without it."""
        self._paste.take_away(ref)
        if not self._paste.text:
            self.halt("drop")
        elif self._begun:
            self.halt("redo")

    def absorb(self, row: int, more: Incoming) -> bool:
        """Take the next part of a long paste that the client split; False when this is no such part."""
        if self._begun or self._verdict or more.person != self.incoming.person or not self._paste.goes_on():
            return False
        self.rows.append(row)
        self._paste.add(more)
        return True

    # ---- the work ----------------------------------------------------------------------------------

    async def run(self) -> None:
        with about(inbox=self.rows[0]):
            await self._run()

    async def _run(self) -> None:
        try:
            await self._paste.whole()
            self._begun = True
            await self._answer()
        except (asyncio.CancelledError, Unusable):  # the bot stops: the row stays undone, and that was no attempt
            with suppress(asyncio.CancelledError, sqlite3.Error, StoreError):
                await asyncio.shield(self._core.store.run(lambda db: inbox.release(db, self.rows)))
            raise
        except Exception:
            log.exception("inbox rows %s: the answer failed", self.rows)
            if not self._committed:
                await self._set_aside("an error, see the log")

    async def _answer(self) -> None:
        attempts = await self._core.store.insist(lambda db: inbox.attempt(db, self.rows))
        if attempts > self._core.settings.delivery.attempts:
            log.error("inbox rows %s: %d attempts brought the bot down: set aside", self.rows, attempts - 1)
            return await self._set_aside(f"{attempts - 1} attempts ended in a crash")
        while True:
            asked = await self._core.store.insist(self._recall)
            if asked is None:
                return await self._nothing_to_retry()
            found = await self._gather(asked)
            if isinstance(found, Reply) and await self._reply_unless_halted(found.text, asked):
                break
            self._brief = found if isinstance(found, Brief) else None
            delivery = await self._delivery(asked)
            if await self._write(asked, delivery):
                await delivery.deliver()
                return self._count()
            if self._verdict == "redo":  # once more, with the new text; what came since then may have ended it
                self._verdict = None

    async def _write(self, asked: Asked, delivery: Delivery) -> bool:
        """Write one answer and commit it; False when the question was edited meanwhile."""
        stop = Button(self._locale("button_stop"), f"stop:{self.rows[0]}")
        painter = Painter(delivery, [stop], self._core.clock.now)
        streams = self._preferences.streaming != "off"
        self._writing = Writing(self._core, self.rows[0], asked.person, painter, self._locale, streams=streams)
        painting = asyncio.create_task(painter.run())
        try:
            if self._verdict is None:
                await self._writing.run(self._prompt(asked))
            painter.close()
            await patiently(partial(self._commit, asked, delivery, self._writing))
            await painting
        finally:
            painting.cancel()
            await asyncio.wait([painting])
        return self._committed

    def _count(self) -> None:
        """An answer that was dropped with its question is none."""
        failed = self._writing is not None and self._writing.failure is not None
        if self._verdict != "drop":
            seconds = asyncio.get_running_loop().time() - self._paste.heard_at
            self._core.figures.answered("excuse" if failed else "talk", seconds)

    # ---- what goes in ------------------------------------------------------------------------------

    def _recall(self, db: Database) -> Asked | None:
        incoming = replace(self.incoming, text=self._paste.text)
        if self._again:
            return recall_again(db, self._again, self.conversation, self.rows[0], incoming)
        incoming = replace(incoming, ref=self._paste.first)  # whoever takes a part away leaves the turn
        memory = self._core.settings.memory
        remembered = consents.remembers(db, incoming.person, self.conversation)
        if self._preferences.memory == "off" or not remembered:
            memory = memory.model_copy(update={"turns": 0})
        return recall(db, memory, self.conversation, self.rows[0], incoming)

    async def _gather(self, asked: Asked) -> Brief | Reply | None:
        """What the question is answered from as it says now; None: from the conversation alone."""
        consult = self._consult(words(asked.said))
        return await consult.gather() if consult else None

    def _prompt(self, asked: Asked) -> Prompt:
        settings = self._core.settings
        if self._brief:
            return Prompt(self._brief.messages, self._sampling(), chat=asked.conversation, lookup=False)
        prompt = context.prompt(
            asked,
            system=context.system(settings.bot.system_prompt, self._preferences, self._core.forms, self._locale),
            named=settings.groups.shared and not self.incoming.private,
            sampling=self._sampling(),
        )
        return replace(prompt, lookup=self._again is None)  # another answer is wanted than the one that is known

    def _sampling(self) -> Sampling:
        """How the answer is chosen. "beams", as the first Korean KoGPT2 bots did it, would find the same one again."""
        asked = self._core.settings.model
        own = Sampling(max_tokens=asked.max_tokens or None, bad_words=tuple(asked.bad_words) or None)
        if asked.decoding == "folder" or self._again:
            return own
        return replace(own, temperature=0.0, num_beams=3, no_repeat_ngram_size=3, repetition_penalty=1.25)

    # ---- what comes out ----------------------------------------------------------------------------

    async def _delivery(self, asked: Asked | None = None) -> Delivery:
        """The answer's way, with the messages it may fill: of an earlier try, or of the answer that it replaces."""
        row, replaced = self.rows[0], asked.replaces if asked and self._in_place else None
        fresh = self._core.delivery(row, self.conversation, self.incoming.address, self.incoming.ref)

        def work(db: Database) -> list[Bubble]:
            mine = outbox.of(db, row)
            return (
                mine
                if mine or replaced is None
                else fresh.inherit(db, outbox.of_turn(db, replaced.id), self._core.clock.now())
            )

        bubbles = await self._core.store.insist(work)
        return self._core.delivery(row, self.conversation, self.incoming.address, self.incoming.ref, bubbles)

    async def _commit(self, asked: Asked, delivery: Delivery, written: Writing) -> None:
        """The turn, its messages and "done" in one transaction."""
        async with delivery.settled():
            if self._verdict == "redo":
                return
            if self._verdict == "drop":
                await self._settle(lambda db: self._finish(db, delivery, []))
            elif written.failure or not written.text.strip():
                await self._settle(lambda db: self._excuse(db, asked, delivery, written))
            else:
                await self._settle(lambda db: self._remember(db, asked, delivery, written))

    async def _settle(self, work: Callable[[Database], None]) -> None:
        """From now on nobody can halt it, unless the transaction fails."""
        self._committed = True
        try:
            await self._core.store.run(work)
        except Exception:
            self._committed = False
            raise

    def _remember(self, db: Database, asked: Asked, delivery: Delivery, written: Writing) -> None:
        if not consents.keeps(db, asked.person, self.conversation, self.rows[0]):
            return self._finish(db, delivery, delivery.bodies(self._framed(written.text)))
        turn = turns.add(
            db,
            asked,
            written.text,
            model=written.model,
            context=() if self._brief else context.took(asked.earlier, written.kept),
            stopped=self._verdict == "stop",
            at=self._core.clock.now(),
            briefed=self._brief is not None,
        )
        if asked.replaces:
            turns.supersede(db, asked.replaces.id)
        self._finish(db, delivery, delivery.bodies(self._framed(written.text), _ratings(turn)), turn)

    def _framed(self, text: str) -> str:
        """What is written, between how the question was read and where the answer is from."""
        after = self._brief.after if self._brief else ""
        return "\n\n".join(part for part in (self._note, text, after) if part)

    def _excuse(self, db: Database, asked: Asked, delivery: Delivery, written: Writing) -> None:
        """Nothing was written: say so, or let the answer stand that should have been replaced."""
        if asked.replaces and self._in_place:
            old = asked.replaces
            return self._finish(db, delivery, delivery.bodies(old.answered, _ratings(old.id)), old.id)
        key = "stopped" if self._verdict == "stop" else "model_unavailable" if written.failure else "model_silent"
        if written.failure:
            log.warning("inbox rows %s: no answer: %s", self.rows, written.failure)
        self._finish(db, delivery, delivery.bodies(self._locale(key)))

    def _finish(self, db: Database, delivery: Delivery, bodies: list[Body], turn: int | None = None) -> None:
        delivery.stage(db, bodies, self._core.clock.now(), turn)
        inbox.done(db, self.rows)

    async def _nothing_to_retry(self) -> None:
        """Say so; but nothing to whoever pressed ↻ twice or edited what is forgotten: they see all that there is."""
        turn = self._again.turn if self._again else None
        twice = turn is not None and await self._core.store.insist(lambda db: turns.is_superseded(db, turn))
        if self.incoming.call and not twice:
            return await self._say("nothing_to_retry")
        return await patiently(lambda: self._settle(lambda db: inbox.done(db, self.rows)))

    async def _say(self, key: str, aside: str = "") -> None:
        await self._reply(self._locale(key), aside)

    async def _reply_unless_halted(self, text: str, asked: Asked) -> bool:
        """Answer with a sentence of our own; False when it was halted first, which a full disk leaves time for."""
        await self._reply(text, asked=None if self.incoming.call else asked, yields=True)
        return self._committed

    async def _reply(self, text: str, aside: str = "", asked: Asked | None = None, *, yields: bool = False) -> None:
        """Answer with a sentence of our own; `aside`: the reason to keep the rows, in the same transaction.

        `yields`: not when it was halted before that is stored.
        """
        delivery = await self._delivery(asked)
        bodies = delivery.bodies(text)

        def work(db: Database) -> None:
            if aside:
                inbox.aside(db, self.rows, aside)
            if asked and asked.replaces:
                turns.supersede(db, asked.replaces.id)
            self._finish(db, delivery, bodies)

        async def settle() -> None:
            if not (yields and self._verdict):
                await self._settle(work)

        await patiently(settle)
        if not self._committed:
            return
        await delivery.deliver()
        self._core.figures.answered("apology" if aside else "command")

    async def _set_aside(self, reason: str) -> None:
        """Keep the rows with the reason, and apologise once."""
        await self._say("apology", aside=reason)

    @property
    def _in_place(self) -> bool:
        return self._again is not None and self._again.here


def _ratings(turn: int) -> tuple[Button, ...]:
    return Button("↻", f"retry:{turn}"), Button("👍", f"up:{turn}"), Button("👎", f"down:{turn}")
