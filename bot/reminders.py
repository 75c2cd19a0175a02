"""What people want to be told, and when: rows that survive a restart, each told once.

What is due becomes a row of the outbox in the transaction that marks it as told; from there on it takes the way of
every answer. A reminder is sent plainly, since an edit notifies nobody: where a platform can't tell a repeat, one that
follows a crash says that it may be one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot import expecting, outbox, preferences
from bot.command import Choice
from bot.effects import Moment
from bot.errors import StoreError
from bot.korean.clock import spoken
from bot.korean.when import Every, following
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.messages import Address, Body, Call, Person
from bot.outbox import Bubble

if TYPE_CHECKING:
    from bot.core import Core

log = logging.getLogger(__name__)

MOST = 100  # reminders that may wait in one conversation
LONGEST = 500  # characters of a reminder
_AT_ONCE = 100  # reminders in one transaction
_LATE = timedelta(seconds=90)  # a reminder this late says so

Kind = Literal["remind", "timer"]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A row. `due` is in UTC; `zone` is the chat's, in which a repeat keeps its time of day.

    `inbox` is the row of the message that asked for it, which may have asked for several.
    """

    id: int
    address: Address
    conversation: str
    person: Person
    kind: Kind
    text: str
    due: datetime
    zone: str
    every: Every | None = None
    inbox: int = 0

    @property
    def local(self) -> datetime:
        return self.due.astimezone(ZoneInfo(self.zone))


# ---- effects -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Remind:
    """Tell this conversation `text` at `due` (UTC), and again as `every` says; the `nth` that one wish sets."""

    kind: Kind
    text: str
    due: datetime
    zone: str
    every: Every | None = None
    nth: int = 0

    def apply(self, db: Database, moment: Moment) -> None:
        address, person = moment.incoming.address, moment.incoming.person
        db.execute(
            """insert or ignore into reminders
               (platform, chat, thread, conversation, person, name, kind, text, due, every, zone, inbox, nth, at)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                address.platform,
                address.chat,
                address.thread,
                moment.conversation,
                person.id,
                person.name,
                self.kind,
                self.text[:LONGEST],
                _stored(self.due),
                _repeat(self.every),
                self.zone,
                moment.row,
                self.nth,
                moment.at.isoformat(),
            ],
        )


@dataclass(frozen=True, slots=True)
class Move:
    """This one is told at another time (UTC), if it is this conversation's and still waits."""

    id: int
    due: datetime
    every: Every | None = None

    def apply(self, db: Database, moment: Moment) -> None:
        db.execute(
            "update reminders set due = ?, every = ? where id = ? and conversation = ? and state = 'waiting'",
            [_stored(self.due), _repeat(self.every), self.id, moment.conversation],
        )


@dataclass(frozen=True, slots=True)
class Cancel:
    """These are not told any more, if they are this conversation's."""

    ids: tuple[int, ...]

    def apply(self, db: Database, moment: Moment) -> None:
        for id in self.ids:
            db.execute(
                "update reminders set state = 'cancelled', text = '' where id = ? and conversation = ?",
                [id, moment.conversation],
            )


# ---- steps inside a transaction ------------------------------------------------------------------


def waiting(db: Database, conversation: str) -> list[Reminder]:
    """What this conversation will be told, soonest first."""
    rows = db.query(
        "select * from reminders where conversation = ? and state = 'waiting' order by due, id", [conversation]
    )
    return [_reminder(row) for row in rows]


def newest(db: Database, conversation: str, person: Person) -> list[Reminder]:
    """What this person's last wish here has set, as far as it still waits; never what an earlier one has."""
    rows = db.query(
        """select * from reminders where conversation = :conversation and state = 'waiting' and inbox =
           (select max(inbox) from reminders where conversation = :conversation and person = :person)
           order by due, id""",
        {"conversation": conversation, "person": person.id},
    )
    return [_reminder(row) for row in rows]


def due(db: Database, now: datetime, platforms: Iterable[str]) -> list[Reminder]:
    """What has to be told now, longest overdue first; what belongs to a platform that is off waits."""
    return [_reminder(row) for row in _due(db, now, list(platforms))]


def _due(db: Database, now: datetime, platforms: Sequence[str]) -> list[dict[str, Any]]:
    marks = ", ".join("?" * len(platforms))
    rows = db.query(
        f"""select * from reminders where state = 'waiting' and due <= ? and platform in ({marks})
            order by due, id limit ?""",  # noqa: S608 only question marks
        [_stored(now), *platforms, _AT_ONCE],
    )
    return list(rows)


def told(db: Database, reminder: Reminder, now: datetime) -> int:
    """It is told: the next time is set, if there is one. Returns the inbox row that its messages answer."""
    if again := _next(reminder, now):
        db.execute("update reminders set due = ? where id = ?", [_stored(again), reminder.id])
    else:
        db.execute("update reminders set state = 'done', text = '' where id = ?", [reminder.id])
    row = db.execute(
        "insert into inbox (platform, key, payload, state, at) values (?, ?, '', 'done', ?) returning id",
        [reminder.address.platform, _key(reminder.id, now), now.isoformat()],
    )
    return int(row.fetchone()[0])


def failed(db: Database, id: int, platform: str, reason: str, now: datetime) -> None:
    """It can't be told: an operator finds it among what was set aside. Nobody heard its words, so they stay."""
    db.execute("update reminders set state = 'failed' where id = ?", [id])
    db.execute(
        "insert into inbox (platform, key, payload, state, reason, at) values (?, ?, '', 'aside', ?, ?)",
        [platform, _key(id, now), f"reminder {id}: {reason}", now.isoformat()],
    )


def _key(id: int, now: datetime) -> str:
    """Names the inbox row of one telling. Not by when it was due: a clock that was set back comes there again."""
    return f"reminder:{id}:{_stored(now)}"


def _next(reminder: Reminder, now: datetime) -> datetime | None:
    """The next time after now; counted from the last one, since every other week is only known from there."""
    if reminder.every is None:
        return None
    clock = reminder.local.time()
    try:
        at = following(reminder.every, clock, reminder.local)
        while at <= now:
            at = following(reminder.every, clock, at)
    except (ValueError, OverflowError) as error:  # the lunar tables end, or the calendar does
        log.warning("reminder %d is told for the last time: %s", reminder.id, error)
        return None
    return at


def sweep(db: Database, now: datetime, keep_days: int) -> None:
    """Let go of what was told or cancelled long ago."""
    limit = _stored(now - timedelta(days=keep_days))
    db.execute("delete from reminders where state <> 'waiting' and due < ?", [limit])


# ---- telling -------------------------------------------------------------------------------------


class Teller:
    """Tells what is due, until cancelled."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def run(self) -> None:
        """Look once a second: clocks that are set and laptops that sleep need no case of their own."""
        while True:
            try:
                while await self.tell() == _AT_ONCE:
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
            self._core.lanes.put(lane, Telling(delivery.deliver))
            self._core.figures.answered("reminder")
        return len(staged)

    def _stage(self, db: Database, now: datetime) -> list[tuple[Reminder, list[Bubble]]]:
        rows = _due(db, now, list(self._core.couriers))
        return [staged for row in rows if (staged := self._stage_one(db, row, now))]

    def _stage_one(self, db: Database, row: dict[str, Any], now: datetime) -> tuple[Reminder, list[Bubble]] | None:
        """One that can't be told is put aside alone: it must not hold up the others."""
        try:
            with db.atomic():
                reminder = _reminder(row)
                return reminder, [self._ready(db, reminder, now)]
        except sqlite3.OperationalError:  # the disk's fault, not the reminder's
            raise
        except Exception as error:
            log.exception("reminder %d can't be told: put aside", row["id"])
            failed(db, row["id"], row["platform"], type(error).__name__, now)
            return None

    def _ready(self, db: Database, reminder: Reminder, now: datetime) -> Bubble:
        row = told(db, reminder, now)
        prefer = preferences.read(db, reminder.address, reminder.person)
        locale = load_locale(prefer.language or self._core.settings.bot.language)
        to = reminder.person.id
        buttons = expecting.offer(db, reminder.conversation, _snoozes(reminder, locale), now, to=to)
        body = replace(announcement(reminder, now, locale), buttons=buttons)
        lane = f"{reminder.conversation}#reminders"
        bubble = outbox.add(db, Bubble(0, row, 0, lane, reminder.address, None, None, "ready", body), now)
        outbox.ready(db, bubble.id, body, None)
        return bubble


class Telling:
    """One reminder on its way: the job of a lane."""

    def __init__(self, deliver: Any) -> None:
        self._deliver = deliver

    async def run(self) -> None:
        await self._deliver()


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


def _repeat(every: Every | None) -> str:
    return json.dumps(asdict(every)) if every else ""


def _stored(at: datetime) -> str:
    """UTC, in a form whose order is that of time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _reminder(row: dict[str, Any]) -> Reminder:
    return Reminder(
        id=row["id"],
        address=Address(row["platform"], row["chat"], row["thread"]),
        conversation=row["conversation"],
        person=Person(row["platform"], row["person"], row["name"]),
        kind=row["kind"],
        text=row["text"],
        due=datetime.fromisoformat(row["due"]).replace(tzinfo=UTC),
        zone=_zone(row),
        every=_every(row),
        inbox=row["inbox"],
    )


def _zone(row: dict[str, Any]) -> str:
    """Its zone, UTC where this machine knows none of that name: it is told all the same."""
    try:
        return ZoneInfo(row["zone"]).key
    except (KeyError, ValueError, OSError):
        log.error("reminder %d: no such time zone: taken for UTC", row["id"])
        return "UTC"


def _every(row: dict[str, Any]) -> Every | None:
    """How it repeats, None where that can't be read: it is told all the same."""
    try:
        every = json.loads(row["every"]) if row["every"] else None
        if every is None:
            return None
        return Every(**{**every, "weekdays": tuple(every["weekdays"]), "nth": tuple(every.get("nth") or ())})
    except (KeyError, TypeError, ValueError):
        log.error("reminder %d: how it repeats can't be read: it is told once", row["id"])
        return None
