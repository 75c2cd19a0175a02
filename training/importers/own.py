"""Our own database: turns of people who said that a model may learn from them, and of nobody else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.consents import text_number
from bot.erasing import pseudonym
from bot.messages import Message
from training.importers.lines import Agreed, Dropped, ImportRefused
from training.records import Consent

REFUSED = frozenset({"discord"})  # Discord's developer policy forbids training on its messages


def may_learn_from(platform: str) -> bool:
    """No consent changes this answer."""
    return platform not in REFUSED


def own(file: Path, dropped: Dropped) -> Iterator[Agreed]:
    """Conversations of consenting people, each from its newest turn back. Raises ImportRefused for another file.

    Everything that an answer was made from counts: where one turn of it may not be learnt, neither may the answer.
    """
    with opened(file) as db:
        for talks in conversations(db, Consents(db)):
            yield from talks.talks(dropped)


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The bot's database, to be read alone. Raises ImportRefused for a file that is none, or of another version."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            yield db
    except sqlite3.Error as error:
        raise ImportRefused(f"{file}: expected the bot's irang.db of this version ({error})") from None


@dataclass(frozen=True, slots=True)
class Since:
    """Since when a person has agreed without a break in one chat, and to which text."""

    since: str
    version: str


@dataclass(frozen=True, slots=True)
class _Given:
    """An agreement to a text, from `at` on: what was said before it stays under the text of then."""

    at: str
    agreed: Since


def joint(people: Iterable[str], agreed: Iterable[Since]) -> Consent:
    """Of several people to one record: since the last of them agreed, and only to what all of them read."""
    every = sorted(agreed, key=lambda one: one.since)
    return Consent(tuple(sorted(set(people))), min((one.version for one in every), key=text_number), every[-1].since)


class Consents:
    """Who agrees where; the newest word counts."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._agreed: dict[tuple[str, str], dict[str, list[_Given]]] = {}
        for row in db.execute("select * from consents where kind = 'train' order by id"):
            places = self._agreed.setdefault((row["platform"], row["person"]), {})
            place = f"{row['platform']}:{row['chat']}:"
            if row["value"] != "on":
                places.pop(place, None)
            else:
                given = places.setdefault(place, [])
                first = given[0].at if given else row["at"]
                given.append(_Given(row["at"], Since(first, row["version"])))

    def of(self, turn: Mapping[str, Any]) -> Since | None:
        """The agreement of who asked, if it was given before this turn."""
        return self.at(turn["platform"], turn["person"], turn["conversation"], turn["at"])

    def at(self, platform: str, person: str, conversation: str, at: str) -> Since | None:
        """Somebody's agreement in the chat of this conversation, if it was given before `at` (ISO 8601, UTC)."""
        places = self._agreed.get((platform, person), {})
        here = (given for place, given in places.items() if conversation.startswith(place))
        return next((one.agreed for given in here for one in reversed(given) if one.at <= at), None)

    def all(self) -> Iterator[tuple[str, str, str, Since]]:
        """(platform, person, "platform:chat:", since) of everybody who agrees now."""
        for (platform, person), places in self._agreed.items():
            for place, given in places.items():
                yield platform, person, place, given[-1].agreed


def conversations(db: sqlite3.Connection, consents: Consents) -> Iterator[Conversation]:
    """Every conversation that is remembered."""
    for (key,) in db.execute("select distinct conversation from turns order by 1").fetchall():
        yield Conversation(db, key, consents)


class Conversation:
    """The turns of one conversation, in their order, and which of them may be learnt from.

    barred  why nothing may be learnt from a turn whatever it is worth, "" where something may
    faults  that, or why its answer is no example to follow
    """

    def __init__(self, db: sqlite3.Connection, key: str, consents: Consents) -> None:
        self.key = key
        rows = db.execute("select * from turns where conversation = ? order by inbox, id", [key]).fetchall()
        self.turns: dict[int, Any] = {row["id"]: row for row in rows}
        self._context: dict[int, list[int]] = {row["id"]: json.loads(row["context"]) for row in rows}
        self._shown = {row["inbox"]: row["said"] for row in rows if row["state"] == "live"}
        down = "select turn from ratings where value = '👎' and turn in (select id from turns where conversation = ?)"
        self._disliked = {turn for (turn,) in db.execute(down, [key])}
        self._consents = consents
        self.barred: dict[int, str] = {}
        self.faults: dict[int, str] = {}
        for id in self.turns:  # the context of a turn is older than the turn
            self.barred[id] = self._bar(id)
            self.faults[id] = self._fault(id)

    def talks(self, dropped: Dropped) -> Iterator[Agreed]:
        """From the newest turn back: each with what it was answered from, and no turn as the last one twice."""
        covered: set[int] = set()
        for id in reversed(self.turns):
            if self.faults[id]:
                dropped[self.faults[id]] += 1
            elif id not in covered:
                chain = self.chain(id)
                covered.update(chain)
                yield self.talk(id), self.consent(id)

    def chain(self, id: int) -> list[int]:
        """A turn behind those that it was answered from."""
        return [*self._context[id], id]

    def talk(self, id: int) -> tuple[Message, ...]:
        """What was said and answered, the turn's own answer last."""
        both = ((self.turns[each]["said"], self.turns[each]["answered"]) for each in self.chain(id))
        return tuple(
            part for said, answered in both for part in (Message("user", said), Message("assistant", answered))
        )

    def consent(self, id: int) -> Consent:
        """Of everybody who asked something in `talk(id)`."""
        turns = [self.turns[each] for each in self.chain(id)]
        agreed = [each for turn in turns if (each := self._consents.of(turn))]
        return joint((pseudonym(turn["platform"], turn["person"]) for turn in turns), agreed)

    def _bar(self, id: int) -> str:
        turn = self.turns[id]
        if not may_learn_from(turn["platform"]):
            return "the platform forbids it"
        if turn["state"] == "retracted" or self._edited_away(turn):
            return "answered anew or taken back"
        if self._consents.of(turn) is None:
            return "no consent"
        if turn["briefed"] or turn["stopped"]:
            return "answered from documents or other messages" if turn["briefed"] else "stopped in the middle"
        if turn["said"].startswith("> ") and "\n" in turn["said"]:
            return "quotes another message"
        if any(self.barred.get(each, "gone") for each in self._context[id]):
            return "answered from what may not be learnt"
        return ""

    def _edited_away(self, turn: Mapping[str, Any]) -> bool:
        """Whether the person changed the question afterwards: the old words are theirs no more."""
        return bool(turn["state"] == "superseded" and self._shown.get(turn["inbox"]) != turn["said"])

    def _fault(self, id: int) -> str:
        if self.turns[id]["state"] == "superseded":
            return self.barred[id] or "answered anew or taken back"
        if not self.barred[id] and id in self._disliked:
            return "rated 👎"
        if any(self.faults.get(each, "gone") for each in self._context[id]):
            return self.barred[id] or "answered from what may not be learnt"
        return self.barred[id]
