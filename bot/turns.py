"""What was said and answered, what is forgotten, and how people rated it: steps inside a transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot import consents
from bot.messages import MessageRef, Person, Reaction, Turn

# Of `turns`: it is part of its conversation, and not forgotten there.
REMEMBERED = """turns.state = 'live' and turns.inbox > coalesce(
    (select forgotten.inbox from forgotten where forgotten.conversation = turns.conversation), 0)"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way to becoming a turn.

    `row` is its inbox row, which decides what comes before and after it; `ref` the message that asks. `earlier` are
    the turns it is answered from, oldest first. `replaces`: the turn that it answers anew.
    """

    conversation: str
    row: int
    ref: MessageRef
    person: Person
    said: str
    earlier: tuple[Turn, ...] = ()
    replaces: Turn | None = None


def recent(db: Database, conversation: str, limit: int) -> list[Turn]:
    """The newest live turns of a conversation that are not forgotten, oldest first."""
    rows = db.query(
        f"""select * from turns where conversation = ? and {REMEMBERED}
            order by inbox desc, id desc limit ?""",  # noqa: S608 one that was answered anew keeps its place
        [conversation, limit],
    )
    return [_turn(row) for row in rows][::-1]


def by_ids(db: Database, ids: Sequence[int]) -> list[Turn]:
    """These turns, oldest first; those that were deleted since are left out."""
    marks = ", ".join("?" * len(ids))
    return [_turn(row) for row in db.query(f"select * from turns where id in ({marks}) order by inbox, id", list(ids))]  # noqa: S608


def of_question(db: Database, ref: MessageRef) -> Turn | None:
    """The live turn that answers this message."""
    rows = db.query(
        """select * from turns where platform = ? and chat = ? and question = ? and state = 'live'
           order by id desc limit 1""",
        [ref.platform, ref.chat, ref.id],
    )
    return next((_turn(row) for row in rows), None)


def live(db: Database, conversation: str, id: int) -> Turn | None:
    """A turn by its id, if it is this conversation's, live and not forgotten."""
    rows = db.query(f"select * from turns where id = ? and conversation = ? and {REMEMBERED}", [id, conversation])  # noqa: S608
    return next((_turn(row) for row in rows), None)


def place(db: Database, id: int) -> tuple[int, MessageRef]:
    """The inbox row and the message that a turn answers."""
    found = db.execute("select inbox, platform, chat, question from turns where id = ?", [id]).fetchone()
    return int(found[0]), MessageRef(*found[1:])


def add(
    db: Database,
    asked: Asked,
    answered: str,
    *,
    model: str,
    context: Sequence[int],
    stopped: bool,
    at: datetime,
    briefed: bool = False,
) -> int:
    """Remember a turn; returns its id. `briefed`: the model was told more than the conversation."""
    row = {
        "conversation": asked.conversation,
        "inbox": asked.row,
        "platform": asked.ref.platform,
        "chat": asked.ref.chat,
        "question": asked.ref.id,
        "person": asked.person.id,
        "name": asked.person.name,
        "said": asked.said,
        "answered": answered,
        "model": model,
        "context": json.dumps(list(context)),
        "stopped": int(stopped),
        "briefed": int(briefed),
        "at": at.isoformat(),
    }
    db.table("turns").insert(row)
    return int(db.execute("select last_insert_rowid()").fetchone()[0])


def supersede(db: Database, id: int) -> None:
    """Another answer stands in this turn's place; the old one is kept to learn from."""
    db.execute("update turns set state = 'superseded' where id = ?", [id])


def is_superseded(db: Database, id: int) -> bool:
    return db.execute("select 1 from turns where id = ? and state = 'superseded'", [id]).fetchone() is not None


def retract(db: Database, ref: MessageRef) -> None:
    """The question was deleted: its turn is no longer part of the conversation."""
    db.execute(
        "update turns set state = 'retracted' where platform = ? and chat = ? and question = ?",
        [ref.platform, ref.chat, ref.id],
    )


def forget(db: Database, conversation: str, row: int) -> None:
    """What was asked before inbox row `row` is not remembered in this conversation."""
    db.execute("insert or replace into forgotten (conversation, inbox) values (?, ?)", [conversation, row])


def rate(db: Database, reaction: Reaction, at: datetime) -> None:
    """Store or take back a person's rating of the turn that the message belongs to, if it is one of ours."""
    found = db.execute(
        """select turn, conversation from outbox join turns on turns.id = turn
           where outbox.platform = ? and outbox.chat = ? and ref = ? order by outbox.id desc""",
        [reaction.ref.platform, reaction.ref.chat, reaction.ref.id],
    ).fetchone()
    if not found:
        return
    turn, person = found[0], reaction.person
    if reaction.added and not consents.remembers(db, person, found[1]):
        return
    if reaction.added:
        db.execute(
            "insert or replace into ratings (turn, platform, person, value, at) values (?, ?, ?, ?, ?)",
            [turn, person.platform, person.id, reaction.value, at.isoformat()],
        )
    else:
        db.execute(
            "delete from ratings where turn = ? and platform = ? and person = ? and value = ?",
            [turn, person.platform, person.id, reaction.value],
        )


def sweep(db: Database, now: datetime, keep_days: int) -> int:
    """Let go of what was said long ago, with its ratings; returns how many turns went."""
    limit = (now - timedelta(days=keep_days)).isoformat()
    db.execute("delete from ratings where turn in (select id from turns where at < ?)", [limit])
    db.execute("delete from corrections where turn in (select id from turns where at < ?)", [limit])
    return db.execute("delete from turns where at < ?", [limit]).rowcount


def _turn(row: dict[str, Any]) -> Turn:
    return Turn(
        id=row["id"],
        conversation=row["conversation"],
        person=Person(row["platform"], row["person"], row["name"]),
        said=row["said"],
        answered=row["answered"],
        model=row["model"],
        at=datetime.fromisoformat(row["at"]),
        context=tuple(json.loads(row["context"])),
    )
