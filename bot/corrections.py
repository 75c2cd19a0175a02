"""Better answers that an owner or admin writes for what 이랑 said: kept to learn from, steps inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot import consents, turns
from bot.messages import Incoming

if TYPE_CHECKING:
    from bot.effects import Moment

LONGEST = 2000  # characters of a better answer
NEVER = frozenset({"discord"})  # its developer policy forbids training on messages, so nothing is kept for that


@dataclass(frozen=True, slots=True)
class Meant:
    """The turn that a correction is for. `usable`: both who asked and who corrects let a model learn from it."""

    turn: int
    usable: bool


@dataclass(frozen=True, slots=True)
class Correct:
    """Turn `turn` should have been answered with `text`; a newer correction by the same person takes its place."""

    turn: int
    text: str

    def apply(self, db: Database, moment: Moment) -> None:
        person = moment.incoming.person
        if not consents.keeps(db, person, moment.conversation, moment.row):
            return
        db.execute(
            "insert or replace into corrections (turn, platform, person, text, at) values (?, ?, ?, ?, ?)",
            [self.turn, person.platform, person.id, self.text, moment.at.isoformat()],
        )


def meant(db: Database, incoming: Incoming, conversation: str) -> Meant | None:
    """What a message corrects: the answer of ours that it replies to, else the conversation's last one."""
    quote = incoming.reply_to
    if quote is None:
        last = turns.recent(db, conversation, 1)
        return _known(db, last[0].id, incoming, conversation) if last else None
    found = db.execute(
        "select turn from outbox where platform = ? and chat = ? and ref = ? and turn is not null order by id desc",
        [incoming.ref.platform, incoming.ref.chat, quote.id],
    ).fetchone()
    return _known(db, found[0], incoming, conversation) if found else None


def _known(db: Database, turn: int, incoming: Incoming, conversation: str) -> Meant | None:
    asked = next(iter(turns.by_ids(db, [turn])), None)
    if asked is None:
        return None
    agree = consents.agreed(db, incoming.person, conversation).train
    return Meant(turn, agree and consents.agreed(db, asked.person, asked.conversation).train)
