"""What is said in a group to nobody in particular: kept only where an admin turned that on, for a few days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from bot import consents, preferences
from bot.effects import Moment
from bot.messages import Address, Incoming
from bot.turns import REMEMBERED


def keep(db: Database, row: int, incoming: Incoming) -> None:
    """Remember a message if this group and whoever wrote it have agreed to that."""
    days = preferences.read(db, incoming.address, incoming.person).overhear
    if not incoming.text or days in ("", "0"):
        return
    address = incoming.address
    if not consents.remembers(db, incoming.person, f"{address.platform}:{address.chat}:"):
        return
    db.execute(
        """insert or ignore into overheard (platform, chat, thread, person, name, text, inbox, at)
           values (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            address.platform,
            address.chat,
            address.thread,
            incoming.person.id,
            incoming.person.name,
            incoming.text,
            row,
            incoming.at.isoformat(),
        ],
    )


def recent(db: Database, address: Address, limit: int, since: datetime) -> list[tuple[str, str, str]]:
    """(time, name, text) of the last messages, oldest first: what was overheard, asked and answered."""
    here = f"{address.platform}:{address.chat}:{address.thread}"
    rows = db.execute(
        f"""select at, name, text from (
             select at, name, text, inbox, 0 as part from overheard
               where platform = :platform and chat = :chat and thread = :thread and at >= :since
             union all select at, name, said, inbox, 1 from turns
               where platform = :platform and (conversation = :here or conversation like :whose escape '\\')
                 and {REMEMBERED} and at >= :since
             union all select at, '', answered, inbox, 2 from turns
               where platform = :platform and (conversation = :here or conversation like :whose escape '\\')
                 and {REMEMBERED} and at >= :since
           ) order by inbox desc, part desc limit :limit""",  # noqa: S608
        {
            "platform": address.platform,
            "chat": address.chat,
            "thread": address.thread,
            "here": here,
            "whose": _escaped(here) + ":%",  # where each person has a conversation of their own
            "since": since.astimezone(UTC).isoformat(),  # as it is stored: the texts are compared
            "limit": limit,
        },
    )
    return [(at, name, text) for at, name, text in rows.fetchall()][::-1]


@dataclass(frozen=True, slots=True)
class Unhear:
    """Forget what was overheard in this chat."""

    def apply(self, db: Database, moment: Moment) -> None:
        address = moment.incoming.address
        db.execute("delete from overheard where platform = ? and chat = ?", [address.platform, address.chat])


def sweep(db: Database, now: datetime) -> None:
    """Let go of what is older than its group agreed to."""
    rows = db.execute("select scope, value from preferences where name = 'overhear'").fetchall()
    days = {scope: int(value) for scope, value in rows if value.isdecimal()}
    for platform, chat in db.execute("select distinct platform, chat from overheard").fetchall():
        limit = now - timedelta(days=days.get(f"chat:{platform}:{chat}", 0))
        db.execute(
            "delete from overheard where platform = ? and chat = ? and at < ?", [platform, chat, limit.isoformat()]
        )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
