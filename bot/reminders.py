"""What people want to be told, and when: rows that survive a restart, each told once (bot/telling.py)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.effects import Moment
from bot.korean.when import Every, following
from bot.messages import Address, Person

if TYPE_CHECKING:
    pass

log = logging.getLogger(__name__)

MOST = 100  # reminders that may wait in one conversation
LONGEST = 500  # characters of a reminder
AT_ONCE = 100  # reminders in one transaction

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
    return [read(row) for row in rows]


def newest(db: Database, conversation: str, person: Person) -> list[Reminder]:
    """What this person's last wish here has set, as far as it still waits; never what an earlier one has."""
    rows = db.query(
        """select * from reminders where conversation = :conversation and state = 'waiting' and inbox =
           (select max(inbox) from reminders where conversation = :conversation and person = :person)
           order by due, id""",
        {"conversation": conversation, "person": person.id},
    )
    return [read(row) for row in rows]


def due(db: Database, now: datetime, platforms: Iterable[str]) -> list[Reminder]:
    """What has to be told now, longest overdue first; what belongs to a platform that is off waits."""
    return [read(row) for row in rows_due(db, now, list(platforms))]


def rows_due(db: Database, now: datetime, platforms: Sequence[str]) -> list[dict[str, Any]]:
    """The same as they stand: one that can't be read must not hold up the others."""
    marks = ", ".join("?" * len(platforms))
    rows = db.query(
        f"""select * from reminders where state = 'waiting' and due <= ? and platform in ({marks})
            order by due, id limit ?""",  # noqa: S608 only question marks
        [_stored(now), *platforms, AT_ONCE],
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
    except (ValueError, OverflowError) as error:  # the repeat ends, the lunar tables do, or the calendar does
        log.info("reminder %d is told for the last time: %s", reminder.id, error)
        return None
    return at


def sweep(db: Database, now: datetime, keep_days: int) -> None:
    """Let go of what was told or cancelled long ago."""
    limit = _stored(now - timedelta(days=keep_days))
    db.execute("delete from reminders where state <> 'waiting' and due < ?", [limit])


def _repeat(every: Every | None) -> str:
    return json.dumps(asdict(every), default=date.isoformat) if every else ""


def _stored(at: datetime) -> str:
    """UTC, in a form whose order is that of time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def read(row: dict[str, Any]) -> Reminder:
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
        until = date.fromisoformat(every["until"]) if every.get("until") else None
        days = {"weekdays": tuple(every["weekdays"]), "nth": tuple(every.get("nth") or ()), "until": until}
        return Every(**{**every, **days})
    except (AttributeError, KeyError, TypeError, ValueError):
        log.error("reminder %d: how it repeats can't be read: it is told once", row["id"])
        return None
