"""What a command's reply does besides being said: data, carried out in the transaction that says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlite_utils import Database

from bot import people, turns
from bot.messages import Incoming


@dataclass(frozen=True, slots=True)
class Moment:
    """Whose wish it is, from which inbox row, in which conversation, and when (in UTC)."""

    row: int
    incoming: Incoming
    conversation: str
    at: datetime


class Effect(Protocol):
    """A change of what is remembered."""

    def apply(self, db: Database, moment: Moment) -> None:
        """Carry it out; a repeat after a crash comes from the same row."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Start this conversation afresh."""

    def apply(self, db: Database, moment: Moment) -> None:
        turns.forget(db, moment.conversation, moment.row)


@dataclass(frozen=True, slots=True)
class Retract:
    """The message is no question any more: its turn is no longer part of the conversation."""

    def apply(self, db: Database, moment: Moment) -> None:
        turns.retract(db, moment.incoming.ref)


@dataclass(frozen=True, slots=True)
class Stop:
    """End the answer that is being written here, keeping what was shown."""

    def apply(self, db: Database, moment: Moment) -> None:
        """The dialogue halted it before the reply was made."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Make the sender the owner."""

    def apply(self, db: Database, moment: Moment) -> None:
        people.make_owner(db, moment.incoming.person, moment.at)


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Note that strangers in this chat heard that the bot is private."""

    def apply(self, db: Database, moment: Moment) -> None:
        people.note_refusal(db, moment.incoming.address, moment.at)
