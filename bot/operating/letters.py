"""Dead letters and reminders as an operator finds them: what was set aside, what was never taken, what is to come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlite_utils import Database

from bot import outbox
from bot.inbox import Row
from bot.outbox import Bubble
from bot.overview import Box, Counts, Letter, Waiting

MOST = 200  # rows that are listed


def letters(db: Database) -> tuple[Letter, ...]:
    """The latest first, without what is in them."""
    rows = db.execute(
        f"""select 'inbox', id, platform, at, attempts, reason, payload <> '' from inbox where state = 'aside'
            union all
            select 'outbox', id, platform, at, 0, reason, body is not null from outbox where state = 'failed'
            order by 4 desc limit {MOST}"""  # noqa: S608 a number of ours
    )
    return tuple(
        Letter(box, id, platform, datetime.fromisoformat(at), attempts, reason, bool(readable))
        for box, id, platform, at, attempts, reason, readable in rows
    )


def text(db: Database, box: Box, id: int) -> str:
    """What is in it, which is what somebody wrote: only for an operator who asks for this very one. "": nothing."""
    if box == "inbox":
        found = db.execute("select payload from inbox where id = ? and state = 'aside'", [id]).fetchone()
        return str(found[0]) if found else ""
    found = db.execute("select body from outbox where id = ? and state = 'failed'", [id]).fetchone()
    return str(json.loads(found[0])["text"]) if found and found[0] else ""


def take_up(db: Database, id: int, platforms: Sequence[str]) -> Row | None:
    """A message that was set aside is to be answered after all, as if it had never been tried.

    The reason stays: it tells after a crash that somebody wants the answer (bot/inbox.py).
    """
    found = db.execute(
        f"""update inbox set state = 'new', attempts = 0
            where id = ? and state = 'aside' and payload <> '' and platform in ({_marks(platforms)})
            returning id, platform, payload""",  # noqa: S608 only question marks
        [id, *platforms],
    ).fetchone()
    return Row(found[0], found[1], found[2], wanted=True) if found else None


def send_again(db: Database, id: int, platforms: Sequence[str]) -> Bubble | None:
    """An answer that was never taken is to be brought once more."""
    found = db.execute(
        f"""update outbox set state = 'ready', reason = ''
            where id = ? and state = 'failed' and body is not null and platform in ({_marks(platforms)})
            returning inbox""",  # noqa: S608 only question marks
        [id, *platforms],
    ).fetchone()
    return next(bubble for bubble in outbox.of(db, found[0]) if bubble.id == id) if found else None


def discard(db: Database, box: Box, id: int) -> bool:
    """Forget it, with what is in it; False when it is gone already."""
    if box == "inbox":
        done = db.execute("update inbox set state = 'done', payload = '' where id = ? and state = 'aside'", [id])
    else:
        done = db.execute("delete from outbox where id = ? and state = 'failed'", [id])
    return bool(done.rowcount)


def reminders(db: Database) -> tuple[Waiting, ...]:
    """What is still to be told, soonest first, without its words."""
    rows = db.execute(
        f"""select id, platform, chat, kind, due, every <> '' from reminders where state = 'waiting'
            order by due, id limit {MOST}"""  # noqa: S608 a number of ours
    )
    return tuple(
        Waiting(id, platform, chat, kind, datetime.fromisoformat(due).replace(tzinfo=UTC), bool(repeats))
        for id, platform, chat, kind, due, repeats in rows
    )


def cancel(db: Database, id: int) -> bool:
    """It is not told; False when it is gone already."""
    done = db.execute("update reminders set state = 'cancelled', text = '' where id = ? and state = 'waiting'", [id])
    return bool(done.rowcount)


def counts(db: Database, now: datetime, size: int) -> Counts:
    """How many rows wait for what; `size` is the database's in bytes."""
    due = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")  # as reminders are stored

    def count(query: str, *facts: object) -> int:
        return int(db.execute(query, facts).fetchone()[0])

    return Counts(
        unanswered=count("select count(*) from inbox where state = 'new'"),
        undelivered=count("select count(*) from outbox where state in ('ready', 'surplus')"),
        aside=count("select count(*) from inbox where state = 'aside'"),
        failed=count("select count(*) from outbox where state = 'failed'"),
        reminders=count("select count(*) from reminders where state = 'waiting'"),
        late=count("select count(*) from reminders where state = 'waiting' and due < ?", due),
        ratings=dict(db.execute("select value, count(*) from ratings group by value").fetchall()),
        bytes=size,
    )


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
