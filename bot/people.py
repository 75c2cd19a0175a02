"""Owners, the one-time code that makes one, and strangers who heard their refusal."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlite_utils import Database

from bot.messages import Address, Person

# No 0, O, 1, I or L: the code is typed by hand. 10 of 31 letters are 49 bits.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code() -> str:
    """A code such as K7QP-3XW2-MN, from the system's random source."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def same_code(code: str | None, shown: str) -> bool:
    """Whether somebody showed the right code; takes the same time however wrong it is."""
    return code is not None and secrets.compare_digest(_plain(code), _plain(shown))


def is_owner(db: Database, person: Person) -> bool:
    found = db.execute("select 1 from owners where platform = ? and person = ?", [person.platform, person.id])
    return found.fetchone() is not None


def has_owner(db: Database) -> bool:
    return db.execute("select 1 from owners").fetchone() is not None


def make_owner(db: Database, person: Person, at: datetime) -> None:
    db.execute(
        "insert or ignore into owners (platform, person, at) values (?, ?, ?)",
        [person.platform, person.id, at.isoformat()],
    )


def was_refused(db: Database, address: Address) -> bool:
    found = db.execute("select 1 from refusals where platform = ? and chat = ?", [address.platform, address.chat])
    return found.fetchone() is not None


def note_refusal(db: Database, address: Address, at: datetime) -> None:
    db.execute(
        "insert or ignore into refusals (platform, chat, at) values (?, ?, ?)",
        [address.platform, address.chat, at.isoformat()],
    )


def _plain(code: str) -> bytes:
    return code.replace("-", "").replace(" ", "").upper().encode(errors="replace")
