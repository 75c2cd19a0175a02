"""What 이랑 asked back and which buttons stand for which calls: steps inside a transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from bot.command import Choice, Command, Expect
from bot.korean import when
from bot.korean.folding import match_key
from bot.messages import Button, Call, Person

PRESS = "do"  # a button's data: "do:12" is choice 12
ASKED = "asked"  # an argument of "stop": we had asked something
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_YES = frozenset(
    map(match_key, ["네", "넵", "넹", "네네", "예", "응", "웅", "어", "ㅇㅇ", "그래", "그래요", "yes", "y", "ok"])
)
_NO = frozenset(map(match_key, ["아니", "아니요", "아니오", "아뇨", "아냐", "ㄴㄴ", "no", "n"]))
_FIRST = re.compile(r"[\s,.!]+")
_PATIENCE = timedelta(minutes=10)  # an answer that comes later is no answer to that any more
_MAY_TAKE = "conversation = :conversation and person = :person and coalesce(taken, :row) = :row and at > :since"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the next words of one person may be: a value for a slot, or one of the choices by label or number."""

    expect: Expect | None
    choices: tuple[Choice, ...]

    def filled(self, text: str, command: Command | None) -> Call | None:
        """The call that these words complete; None: they are about something else."""
        if picked := self._picked(text):
            return picked
        if self.expect is None or command is None:
            return None
        if not (self.expect.strict or command.kind(self.expect.slot).accepts(text)):
            return None
        call = self.expect.call
        return replace(call, args={**call.args, self.expect.slot: text})

    def wants(self, call: Call, text: str, command: Command | None) -> bool:
        """Whether a word that is a command elsewhere ("취소", "그만") is meant for what we asked or just did."""
        if self.expect is None or call.name != "stop":
            return False
        fits = command is not None and command.kind(self.expect.slot).accepts(text)
        return self.expect.strict or (self.expect.aside and fits)

    def dropped_by(self, call: Call) -> Call:
        """The same call, told that it ends a question of ours where it is "취소" or "그만"."""
        asked = self.expect is not None and not self.expect.aside
        return replace(call, args={**call.args, ASKED: ""}) if asked and call.name == "stop" else call

    def _picked(self, text: str) -> Call | None:
        said = match_key(text)
        for place, choice in enumerate(self.choices, start=1):
            number = choice.number or place
            if said in (match_key(choice.label), str(number), f"{number}번"):
                return choice.call
        return self._agreed(said) or self._timed(text)

    def _agreed(self, said: str) -> Call | None:
        """For a bare yes or no the only choice that begins with such a word: "네, 모두 지워 주세요"."""
        for words in (_YES, _NO):
            if said in words:
                meant = [choice.call for choice in self.choices if match_key(_FIRST.split(choice.label)[0]) in words]
                return meant[0] if len(meant) == 1 else None
        return None

    def _timed(self, text: str) -> Call | None:
        """Of times to choose from the one that has this in it: "5시" of "모레 오후 5시"."""
        named, rest = when.read(text, _ANY_DAY)
        said = match_key(text)
        within = [choice.call for choice in self.choices if said in match_key(choice.label)]
        all_times = all(when.read(choice.label, _ANY_DAY)[0] for choice in self.choices)
        return within[0] if named and not rest and all_times and len(within) == 1 else None


def offer(
    db: Database, conversation: str, choices: Sequence[Choice], at: datetime, *, to: str = ""
) -> tuple[Button, ...]:
    """Buttons that stand for these calls. `to`: the id of the person whose words may be in them."""
    return tuple(Button(choice.label, f"{PRESS}:{_add(db, conversation, choice.call, at, to)}") for choice in choices)


def chosen(db: Database, conversation: str, id: str) -> Call | None:
    """What pressing that button means here; None: it is too old, or of another conversation."""
    if not id.isdecimal():
        return None
    rows = db.execute("select call from choices where id = ? and conversation = ?", [int(id), conversation])
    found = rows.fetchone()
    return _loaded(found[0]) if found else None


def expect(
    db: Database, conversation: str, person: Person, expected: Expect | None, choices: Sequence[Choice], at: datetime
) -> None:
    """From now on this person's next words here may be meant so."""
    if expected is None and not choices:
        return
    what = {
        "choices": [[choice.label, _dumped(choice.call), choice.number] for choice in choices],
        "call": _dumped(expected.call) if expected else None,
        "slot": expected.slot if expected else "",
        "strict": bool(expected and expected.strict),
        "aside": bool(expected and expected.aside),
    }
    db.execute(
        "insert or replace into expected (conversation, person, what, at) values (?, ?, ?, ?)",
        [conversation, person.id, json.dumps(what, ensure_ascii=False), at.isoformat()],
    )


def waits(db: Database, conversation: str, person: Person, row: int, now: datetime) -> bool:
    """Whether inbox row `row` may be an answer to something: whoever may not be answered takes it from nobody."""
    found = db.execute(f"select 1 from expected where {_MAY_TAKE}", _taking(conversation, person, row, now))  # noqa: S608
    return found.fetchone() is not None


def take(db: Database, conversation: str, person: Person, row: int, now: datetime) -> Expected | None:
    """What inbox row `row` may be an answer to: asked once, but again by the same row after a crash."""
    rows = db.execute(
        f"update expected set taken = :row where {_MAY_TAKE} returning what",  # noqa: S608 a constant of ours
        _taking(conversation, person, row, now),
    )
    found = rows.fetchone()
    if found is None:
        return None
    what = json.loads(found[0])
    asked = (
        Expect(_loaded(what["call"]), what["slot"], what["strict"], what.get("aside", False)) if what["call"] else None
    )
    return Expected(asked, tuple(Choice(label, _loaded(call), *number) for label, call, *number in what["choices"]))


def sweep(db: Database, now: datetime, keep_days: int) -> None:
    """Let go of old buttons and questions."""
    limit = (now - timedelta(days=keep_days)).isoformat()
    db.execute("delete from choices where at < ?", [limit])
    db.execute("delete from expected where at < ?", [limit])


def _taking(conversation: str, person: Person, row: int, now: datetime) -> dict[str, object]:
    return {"conversation": conversation, "person": person.id, "row": row, "since": (now - _PATIENCE).isoformat()}


def _add(db: Database, conversation: str, call: Call, at: datetime, person: str) -> int:
    added = db.execute(
        "insert into choices (conversation, person, call, at) values (?, ?, ?, ?) returning id",
        [conversation, person, _dumped(call), at.isoformat()],
    )
    return int(added.fetchone()[0])


def _dumped(call: Call) -> str:
    return json.dumps([call.name, dict(call.args)], ensure_ascii=False)


def _loaded(text: str) -> Call:
    name, args = json.loads(text)
    return Call(name, args)
