"""A database in memory with our tables, and turns and messages to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from bot import turns
from bot.messages import Address, Incoming, MessageRef, Person, Quote, Turn
from bot.tables import migrations
from bot.turns import Asked

MINSU, YUNA = Person("telegram", "1", "민수"), Person("telegram", "2", "유나")
HOME = "telegram:10:"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@contextmanager
def tables() -> Iterator[Database]:
    db = Database(memory=True)
    migrations.apply(db)
    try:
        yield db
    finally:
        db.close()


def arrive(db: Database, key: str) -> int:
    """A new row of the inbox."""
    return int(
        db.execute(
            "insert into inbox (platform, key, payload, at) values ('telegram', ?, '', ?) returning id",
            [key, NOON.isoformat()],
        ).fetchone()[0]
    )


def ask(
    db: Database,
    said: str,
    *,
    by: Person = MINSU,
    conversation: str = HOME,
    minutes: float = 0,
    row: int | None = None,
    context: tuple[int, ...] = (),
) -> int:
    """A question with its answer, remembered `minutes` after noon; returns the turn's id."""
    row = arrive(db, said) if row is None else row
    asked = Asked(conversation, row, MessageRef("telegram", "10", f"q{row}"), by, said)
    at = NOON + timedelta(minutes=minutes)
    return turns.add(db, asked, f"답: {said}", model="m@1", context=context, stopped=False, at=at)


def heard(text: str, *, by: Person = MINSU, quote: Quote | None = None, minutes: float = 0) -> Incoming:
    """A message in the chat of `HOME`, `minutes` after noon."""
    at, ref = NOON + timedelta(minutes=minutes), MessageRef("telegram", "10", "now")
    return Incoming(Address("telegram", "10"), ref, by, text, at, addressed=True, private=True, reply_to=quote)


def said(remembered: list[Turn] | tuple[Turn, ...]) -> list[str]:
    return [turn.said for turn in remembered]
