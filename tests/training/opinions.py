"""A made database of the bot: people who agreed to training, what they asked, and what they thought of the answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlite_utils import Database

from bot import turns
from bot.messages import MessageRef, Person
from bot.tables import migrations
from bot.turns import Asked
from tests.bot.memory import NOON

OWNER = Person("telegram", "900", "주인")


class Opinions:
    """irang.db of a data folder; minutes are after noon, and consents are older than every turn unless told."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.file = data / "irang.db"
        self.db = Database(self.file)
        self.db.execute("pragma synchronous = off")
        migrations.apply(self.db)
        self._row = 0

    def agrees(
        self, person: Person, value: str = "on", *, chat: str = "", minutes: float = -1, version: str = "2-ko"
    ) -> None:
        at = (NOON + timedelta(minutes=minutes)).isoformat()
        chat = chat or person.id
        row = {"platform": person.platform, "person": person.id, "chat": chat, "kind": "train", "value": value}
        self.db.table("consents").insert({**row, "version": version, "at": at})
        self.db.conn.commit()

    def turn(
        self,
        person: Person,
        said: str,
        answered: str,
        *,
        chat: str = "",
        context: tuple[int, ...] = (),
        minutes: float = 0,
        model: str = "m@1",
        again: int | None = None,
    ) -> int:
        """An answer; `again`: the turn in whose place it stands from now on."""
        chat = chat or person.id
        self._row += 1
        row = self._row
        if again is not None:
            row = int(self.db.execute("select inbox from turns where id = ?", [again]).fetchone()[0])
            turns.supersede(self.db, again)
        asked = Asked(f"telegram:{chat}:", row, MessageRef(person.platform, chat, f"q{row}"), person, said)
        at = NOON + timedelta(minutes=minutes)
        id = turns.add(self.db, asked, answered, model=model, context=context, stopped=False, at=at)
        self.db.conn.commit()
        return id

    def rate(self, turn: int, value: str, person: Person, *, minutes: float = 1) -> None:
        at = (NOON + timedelta(minutes=minutes)).isoformat()
        row = {"turn": turn, "platform": person.platform, "person": person.id, "value": value, "at": at}
        self.db.table("ratings").insert(row, replace=True, pk=("turn", "platform", "person"))
        self.db.conn.commit()

    def correct(self, turn: int, text: str, person: Person = OWNER, *, minutes: float = 2) -> None:
        at = (NOON + timedelta(minutes=minutes)).isoformat()
        row = {"turn": turn, "platform": person.platform, "person": person.id, "text": text, "at": at}
        self.db.table("corrections").insert(row, replace=True, pk=("turn", "platform", "person"))
        self.db.conn.commit()

    def close(self) -> None:
        self.db.close()


def people(count: int) -> list[Person]:
    return [Person("telegram", str(100 + number), f"사람{number}") for number in range(count)]


def company(data: Path, *, turns: int = 240, ratings: int | None = None) -> Opinions:
    """24 consenting people whose short questions got good and bad answers in turns, each of the first `ratings` rated.

    Every sixth question was asked "다시" after a bad answer; the newer one stayed.
    """
    made, several = Opinions(data), people(24)
    for person in several:
        made.agrees(person)
    for number in range(turns):
        person, good = several[number % len(several)], number % 2 == 0
        said = f"q{number}"
        if number % 6 == 0:
            old = made.turn(person, said, f"bad {number % 10}")
            id = made.turn(person, said, f"good {number % 10}", again=old)
        else:
            id = made.turn(person, said, f"{'good' if good else 'bad'} {number % 10}")
        if ratings is None or number < ratings:
            made.rate(id, "👍" if good else "👎", person)
    return made
