"""What arrived, parsed, and looked up together: a slow disk costs all that wait one commit, not one each."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from bot import context, expecting, people, preferences
from bot.core import Core
from bot.errors import StoreError
from bot.inbox import Inbox, Row
from bot.korean.folding import clean
from bot.messages import Address, Call, Event, Incoming
from bot.preferences import Preferences

log = logging.getLogger(__name__)

_AT_ONCE = 64  # rows: a flood does not hold back the first of it


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says about a message before it is answered. `asked`: it may be an answer to us."""

    owner: bool
    refused: bool
    preferences: Preferences
    asked: bool
    pressed: Call | None


@dataclass(slots=True)
class Arrival:
    """A row of the inbox.

    event  what it means, with texts in the form that is kept; None: nothing for us
    meant  the message without our name, if it is one and meant for us
    fault  why it can't be read
    known  what was looked up about `meant` together with others; None: it is to be looked up in its turn
    """

    row: Row
    event: Event | None = None
    meant: Incoming | None = None
    fault: Exception | None = None
    known: Known | None = None


class Arrivals:
    """`meant` tells what of a message is meant for us."""

    def __init__(self, core: Core, inbox: Inbox, meant: Callable[[Incoming], Incoming | None]) -> None:
        self._core = core
        self._inbox = inbox
        self._meant = meant

    async def next(self) -> list[Arrival]:
        """All that wait, in their order, at most 64; waits for one."""
        found = [self._read(row) for row in await self._inbox.waiting(_AT_ONCE)]
        ahead = _independent(found)
        if len(ahead) > 1:
            await self._look_ahead(ahead)
        return found

    async def look_up(self, arrival: Arrival) -> Known:
        meant = arrival.meant
        assert meant, "only what is meant for us is looked up"
        if arrival.known is None:
            arrival.known = await self._core.store.insist(lambda db: self._known(db, arrival.row.id, meant))
        return arrival.known

    def _read(self, row: Row) -> Arrival:
        try:
            event = self._core.couriers[row.platform].platform.parse(row.payload)
            if not isinstance(event, Incoming):
                return Arrival(row, event)
            message = cleaned(event)
            return Arrival(row, message, self._meant(message))
        except Exception as fault:  # noqa: BLE001 it is raised again where the row is answered
            return Arrival(row, fault=fault)

    async def _look_ahead(self, arrivals: Sequence[Arrival]) -> None:
        def work(db: Database) -> list[Known]:
            return [self._known(db, each.row.id, each.meant) for each in arrivals if each.meant]

        try:
            known = await self._core.store.run(work)
        except (sqlite3.Error, StoreError, ValueError) as error:  # one of them: each will tell in its turn
            return log.info("%d arrivals are looked up one by one: %s", len(arrivals), type(error).__name__)
        for arrival, found in zip(arrivals, known, strict=True):
            arrival.known = found

    def _known(self, db: Database, row: int, meant: Incoming) -> Known:
        conversation, call = conversation_of(self._core, meant), meant.call
        press = call.args.get("id", "") if call and call.name == expecting.PRESS else None
        return Known(
            owner=people.is_owner(db, meant.person),
            refused=people.was_refused(db, meant.address),
            preferences=preferences.read(db, meant.address, meant.person),
            asked=not call and expecting.waits(db, conversation, meant.person, row, self._core.clock.now()),
            pressed=expecting.chosen(db, conversation, press) if press else None,
        )


def _independent(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The first message of each chat, until something else than a message comes: what precedes may change the rest."""
    first: dict[Address, Arrival] = {}
    seen: set[Address] = set()
    for arrival in arrivals:
        if not isinstance(arrival.event, Incoming):
            break
        chat = replace(arrival.event.address, thread="")
        if arrival.meant and chat not in seen:
            first[chat] = arrival
        seen.add(chat)
    return list(first.values())


def conversation_of(core: Core, incoming: Incoming) -> str:
    shared = core.settings.groups.shared
    return context.conversation(incoming.address, incoming.person, private=incoming.private, shared=shared)


def cleaned(incoming: Incoming) -> Incoming:
    """The message in the form that is kept; names and quotes too."""
    quote = incoming.reply_to
    return replace(
        incoming,
        text=clean(incoming.text),
        person=replace(incoming.person, name=clean(incoming.person.name)),
        reply_to=replace(quote, author=clean(quote.author), text=clean(quote.text)) if quote else None,
    )
