"""What the web adapter puts into the inbox, and what that means: pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.messages import THUMBS, Address, Call, Event, Incoming, MessageRef, Person, Reaction, pressed

NAME = "web"


@dataclass(frozen=True, slots=True)
class Said:
    """A message that somebody wrote. `opened`: the chat began with it, so its id was made up here."""

    id: str
    chat: str
    user: str
    text: str
    at: str
    opened: bool = False

    @property
    def wish(self) -> tuple[str, str | None, str | None]:
        """What was asked for: two requests with one key must have the same."""
        mine = self.user if self.user != self.chat else None
        return self.text, None if self.opened else self.chat, mine


def saying(said: Said) -> str:
    return _dumped({"kind": "say", **asdict(said)})


def calling(name: str, *, chat: str, user: str, id: str, at: datetime) -> str:
    """A command that is a button of the page, or a path of the API."""
    return _dumped({"kind": "call", "name": name, "chat": chat, "user": user, "id": id, "at": at.isoformat()})


def pressing(data: str, *, on: str, chat: str, user: str, at: datetime) -> str:
    return _dumped({"kind": "press", "data": data, "id": on, "chat": chat, "user": user, "at": at.isoformat()})


def rating(value: str, *, on: str, chat: str, user: str, added: bool) -> str:
    return _dumped({"kind": "rate", "value": value, "id": on, "chat": chat, "user": user, "added": added})


def said(payload: str) -> Said | None:
    """The message that a row holds; None for one that is erased. Raises ValueError for anything else."""
    if not payload:
        return None
    row = _read(payload)
    if row.pop("kind", None) != "say":
        raise ValueError("web: no message")
    return Said(**row)


def parse(payload: str, name: str) -> Event | None:
    """What a row means; `name` is what people are called here. Raises ValueError."""
    row = _read(payload)
    try:
        chat = row["chat"]
        ref, person = MessageRef(NAME, chat, row["id"]), Person(NAME, row["user"], name)
        if row["kind"] == "rate":
            return Reaction(ref, person, THUMBS[row["value"]], added=bool(row["added"]))
        return _incoming(row, Address(NAME, chat), ref, person, datetime.fromisoformat(row["at"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"web: not a row of ours ({type(error).__name__})") from None


def _incoming(row: Mapping[str, Any], to: Address, ref: MessageRef, person: Person, at: datetime) -> Event | None:
    match row["kind"]:
        case "say":
            return Incoming(to, ref, person, row["text"], at, addressed=True, private=True)
        case "call":
            return Incoming(to, ref, person, "", at, addressed=True, private=True, call=Call(row["name"]))
        case "press":
            return pressed(row["data"], ref, to, person, at, private=True)
        case _:
            raise ValueError("web: a row of an unknown kind")


def _read(payload: str) -> dict[str, Any]:
    row = json.loads(payload)
    if not isinstance(row, dict):
        raise ValueError("web: not a row of ours")
    return row


def _dumped(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)
