"""Reminders are told when they are due.

What is due becomes a row of the outbox in the transaction that marks it as told; from there on it takes the way of
every answer. A reminder is sent plainly, since an edit notifies nobody: where a platform can't tell a repeat, one that
follows a crash says that it may be one.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot import expecting, outbox, preferences, reminders
from bot.command import Choice
from bot.core import Core
from bot.delivery import Dispatch
from bot.disk import lasting
from bot.errors import StoreError
from bot.korean.clock import spoken
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.messages import Body, Call
from bot.outbox import Bubble
from bot.reminders import AT_ONCE, Reminder

log = logging.getLogger(__name__)

_LATE = timedelta(seconds=90)  # a reminder this late says so


class Teller:
    """Tells what is due, until cancelled."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def run(self) -> None:
        """Look once a second: clocks that are set and laptops that sleep need no case of their own."""
        while True:
            try:
                while await self.tell() == AT_ONCE:
                    pass
            except (sqlite3.Error, StoreError) as error:  # a full disk may be mended meanwhile
                log.error("reminders can't be read: %s; again in a second", error)
            await asyncio.sleep(1.0)

    async def tell(self) -> int:
        """Commit what is due and put it on its way; returns how many that were."""
        now = self._core.clock.now()
        staged = await self._core.store.run(lambda db: self._stage(db, now))
        for reminder, bubbles in staged:
            lane = bubbles[0].lane
            delivery = self._core.delivery(bubbles[0].inbox, lane, reminder.address, None, bubbles)
            self._core.lanes.put(lane, Dispatch(delivery))
            self._core.figures.answered("reminder")
        return len(staged)

    def _stage(self, db: Database, now: datetime) -> list[tuple[Reminder, list[Bubble]]]:
        rows = reminders.rows_due(db, now, list(self._core.couriers))
        return [staged for row in rows if (staged := self._stage_one(db, row, now))]

    def _stage_one(self, db: Database, row: dict[str, Any], now: datetime) -> tuple[Reminder, list[Bubble]] | None:
        """One that can't be told is put aside alone: it must not hold up the others."""
        try:
            with db.atomic():
                reminder = reminders.read(row)
                return reminder, [self._ready(db, reminder, now)]
        except Exception as error:
            if _of_the_disk(error):
                raise
            log.exception("reminder %d can't be told: put aside", row["id"])
            reminders.failed(db, row["id"], row["platform"], type(error).__name__, now)
            return None

    def _ready(self, db: Database, reminder: Reminder, now: datetime) -> Bubble:
        row = reminders.told(db, reminder, now)
        prefer = preferences.read(db, reminder.address, reminder.person)
        locale = load_locale(prefer.language or self._core.settings.bot.language)
        to = reminder.person.id
        buttons = expecting.offer(db, reminder.conversation, _snoozes(reminder, locale), now, to=to)
        body = replace(announcement(reminder, now, locale), buttons=buttons)
        lane = f"{reminder.conversation}#reminders"
        bubble = outbox.add(db, Bubble(0, row, 0, lane, reminder.address, None, None, "ready", body), now)
        outbox.ready(db, bubble.id, body, None)
        return bubble


def _of_the_disk(error: Exception) -> bool:
    """Whether it is no fault of the reminder's."""
    return isinstance(error, sqlite3.OperationalError) or (isinstance(error, sqlite3.Error) and lasting(error))


def announcement(reminder: Reminder, now: datetime, locale: Locale) -> Body:
    """What is said when the time has come; in a late one, when that was."""
    key = f"{reminder.kind}_due" if reminder.text else f"{reminder.kind}_due_bare"
    text = locale(key, text=reminder.text, name=reminder.person.name)
    if now - reminder.due > _LATE:
        text += "\n" + locale(
            "reminder_late", clock=spoken(reminder.local, now.astimezone(ZoneInfo(reminder.zone)), locale.language)
        )
    return Body(text, plain=True, again=locale("sent_again"))


def _snoozes(reminder: Reminder, locale: Locale) -> Sequence[Choice]:
    args = {"text": reminder.text, "kind": reminder.kind}
    return [
        Choice(locale("button_snooze", minutes=minutes), Call("snooze", {**args, "minutes": str(minutes)}))
        for minutes in (5, 10, 60)
    ]
