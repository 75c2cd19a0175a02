"""What each person agreed to, chat by chat: to be remembered, and to be learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlite_utils import Database

from bot.forgetting import drop_turns, empty, mentions
from bot.messages import Person

if TYPE_CHECKING:
    from bot.effects import Moment

Kind = Literal["remember", "train"]

VERSION = "2"  # of the text in locale/: a changed text needs a new one, since it is kept with every consent

_WORD_FOR_WORD = 2  # the first text that says that good answers may be given to others as they are

_UNLESS_SAID = {"remember": "on", "train": "off"}


@dataclass(frozen=True, slots=True)
class Consents:
    """`remember`: turns are kept for the conversation. `train`: a model may learn from them."""

    remember: bool
    train: bool


@dataclass(frozen=True, slots=True)
class Agree:
    """From now on the sender agrees, or does not, in this chat. `version`: of the text they saw."""

    kind: Kind
    value: Literal["on", "off"]
    version: str

    def apply(self, db: Database, moment: Moment) -> None:
        address, person = moment.incoming.address, moment.incoming.person
        db.execute(
            "insert into consents (platform, person, chat, kind, value, version, at) values (?, ?, ?, ?, ?, ?, ?)",
            [person.platform, person.id, address.chat, self.kind, self.value, self.version, moment.at.isoformat()],
        )
        if (self.kind, self.value) == ("remember", "off"):
            _forget_here(db, person, f"{address.platform}:{address.chat}:")


def covers_words(version: str) -> bool:
    """Whether who agreed to this text ("2-ko") read that good answers may be given to others word for word."""
    return text_number(version) >= _WORD_FOR_WORD


def text_number(version: str) -> int:
    """Which text it is, in whatever language ("2-ko" is 2); 0 for one that none of ours is called."""
    number, _, _ = version.partition("-")
    return int(number) if number.isdecimal() else 0


def agreed(db: Database, person: Person, conversation: str) -> Consents:
    """What a person agreed to in the chat of this conversation."""
    return Consents(_newest(db, person, conversation, "remember"), _newest(db, person, conversation, "train"))


def remembers(db: Database, person: Person, conversation: str) -> bool:
    """Whether what this person says here may be kept beyond its answer."""
    return _newest(db, person, conversation, "remember")


def keeps(db: Database, person: Person, conversation: str, row: int) -> bool:
    """Whether what inbox row `row` asks may be kept: nobody asked meanwhile to be forgotten."""
    found = db.execute("select inbox from erased where platform = ? and person = ?", [person.platform, person.id])
    gone = found.fetchone()
    return (gone is None or row > gone[0]) and remembers(db, person, conversation)


def _newest(db: Database, person: Person, conversation: str, kind: Kind) -> bool:
    found = db.execute(
        """select value from consents where platform = ? and person = ? and kind = ?
           and instr(?, platform || ':' || chat || ':') = 1 order by id desc limit 1""",
        [person.platform, person.id, kind, conversation],
    ).fetchone()
    return (found[0] if found else _UNLESS_SAID[kind]) == "on"


def _forget_here(db: Database, person: Person, place: str) -> None:
    """What is remembered of one person in one chat; what they asked to be kept (memos, reminders) stays."""
    drop_turns(
        db,
        "select id from turns where platform = ? and person = ? and instr(conversation, ?) = 1",
        [person.platform, person.id, place],
    )
    db.execute(
        "delete from overheard where person = ? and instr(platform || ':' || chat || ':', ?) = 1", [person.id, place]
    )


def let_go(db: Database, before: datetime) -> None:
    """Where we alone keep a chat's history, who is not remembered has none: it was there until their page read it."""
    unremembered = db.execute(
        """select platform, person, chat from consents where kind = 'remember' and value = 'off' and id in (
             select max(id) from consents where kind = 'remember' group by platform, person, chat)"""
    )
    for platform, person, chat in unremembered.fetchall():
        kept = db.execute(
            """select id, payload from inbox where platform = ? and chat = ? and state = 'done' and payload <> ''
               and at < ?""",
            [platform, chat, before.isoformat()],
        )
        empty(db, [id for id, payload in kept.fetchall() if mentions(payload, person)])
