"""How a chat wants to be spoken to, and what a person told about themselves: rows of name and value."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from sqlite_utils import Database

from bot.effects import Moment
from bot.messages import Address, Person


@dataclass(frozen=True, slots=True)
class Preferences:
    """What holds in one chat for one person; "" where config.toml decides.

    language  "ko" or "en"
    timezone  an IANA name
    style     "polite" (해요체) or "casual" (반말)
    persona   a sentence or two that the model is told of itself
    scenario  the practice that goes on here, by the name of its form
    memory    whether earlier turns go to the model: "on" or "off"
    streaming whether an answer is shown while it is written: "on" or "off"
    overhear  days for which what is not addressed to the bot is kept for summaries; "" or "0": never
    place     this person's own place, for the weather
    """

    language: str = ""
    timezone: str = ""
    style: str = ""
    persona: str = ""
    scenario: str = ""
    memory: str = ""
    streaming: str = ""
    overhear: str = ""
    place: str = ""


PERSONAL = frozenset({"place"})


@dataclass(frozen=True, slots=True)
class Prefer:
    """From now on `name` is `value` here; "": as config.toml has it."""

    name: str
    value: str

    def apply(self, db: Database, moment: Moment) -> None:
        scope = _of_person(moment.incoming.person) if self.name in PERSONAL else _of_chat(moment.incoming.address)
        db.execute(
            "insert or replace into preferences (scope, name, value) values (?, ?, ?)", [scope, self.name, self.value]
        )


def read(db: Database, address: Address, person: Person) -> Preferences:
    """What was set here. A name that a newer program knows is left out."""
    rows = db.execute(
        "select name, value from preferences where scope in (?, ?)", [_of_chat(address), _of_person(person)]
    )
    known = {field.name for field in fields(Preferences)}
    found: dict[str, Any] = {name: value for name, value in rows.fetchall() if name in known}
    return replace(Preferences(), **found)


def _of_chat(address: Address) -> str:
    return f"chat:{address.platform}:{address.chat}"


def _of_person(person: Person) -> str:
    return f"person:{person.platform}:{person.id}"
