"""Memos and to-do lists: a conversation's own, numbered as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bot.effects import Moment

Kind = Literal["memo", "todo"]
LONGEST = 1000  # characters of a note
MOST = 500  # notes of a kind in one conversation


@dataclass(frozen=True, slots=True)
class Note:
    """`id` never changes; people see the place in the list."""

    id: int
    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class Keep:
    """Add a note; the `nth` that one message adds."""

    kind: Kind
    text: str
    nth: int = 0

    def apply(self, db: Database, moment: Moment) -> None:
        db.execute(
            """insert or ignore into notes (kind, conversation, person, text, inbox, nth, at)
               values (?, ?, ?, ?, ?, ?, ?)""",
            [
                self.kind,
                moment.conversation,
                moment.incoming.person.id,
                self.text[:LONGEST],
                moment.row,
                self.nth,
                moment.at.isoformat(),
            ],
        )


@dataclass(frozen=True, slots=True)
class Check:
    """These are done."""

    ids: tuple[int, ...]

    def apply(self, db: Database, moment: Moment) -> None:
        for id in self.ids:
            db.execute("update notes set done = 1 where id = ? and conversation = ?", [id, moment.conversation])


@dataclass(frozen=True, slots=True)
class Remove:
    """These are gone, if they are this conversation's."""

    ids: tuple[int, ...]

    def apply(self, db: Database, moment: Moment) -> None:
        for id in self.ids:
            db.execute("delete from notes where id = ? and conversation = ?", [id, moment.conversation])


def notes(db: Database, kind: Kind, conversation: str) -> list[Note]:
    """All notes of a kind, oldest first."""
    rows = db.execute(
        "select id, text, done from notes where kind = ? and conversation = ? order by id", [kind, conversation]
    )
    return [Note(id, text, bool(done)) for id, text, done in rows.fetchall()]
