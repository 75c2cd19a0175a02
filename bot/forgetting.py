"""Everything of a person leaves the tables, and nothing of others.

What lies outside of them (backups, data sets, models) is bot/erasing.py's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlite_utils import Database

if TYPE_CHECKING:
    from bot.effects import Moment


@dataclass(frozen=True, slots=True)
class Erase:
    """Everything of the sender goes."""

    def apply(self, db: Database, moment: Moment) -> None:
        person = moment.incoming.person
        here = moment.conversation if moment.incoming.private else ""
        erase(db, person.platform, person.id, at=moment.at, row=moment.row, here=here)


def erase(
    db: Database, platform: str, person: str, *, at: datetime | None = None, row: int = 0, here: str = ""
) -> None:
    """Everything of a person leaves every table, and nothing that they asked before comes back.

    `row` is the inbox row that wants it (0: nobody's), `here` a private conversation that it was wanted in. What stays:
    that they are an owner, that they don't want to be remembered somewhere, and that they were erased. The rest of the
    work, outside the database, is bot.erasing's.
    """
    names = _names(db, platform, person)
    own = _own(db, platform, person, here)
    _unquote(db, platform, person, names)
    drop_turns(db, "select id from turns where platform = ? and person = ?", [platform, person])
    db.execute("delete from ratings where platform = ? and person = ?", [platform, person])
    for table in ("corrections", "reminders", "submissions", "overheard"):
        db.execute(f"delete from {table} where platform = ? and person = ?", [platform, person])  # noqa: S608
    _drop_arrivals(db, platform, person, row)
    _drop_conversations(db, platform, person, own, row)
    _drop_preferences(db, platform, person, own)
    _drop_consents(db, platform, person)
    last = row or db.execute("select coalesce(max(id), 0) from inbox").fetchone()[0]
    db.execute(
        "insert or replace into erased (platform, person, inbox, at) values (?, ?, ?, ?)",
        [platform, person, last, (at or datetime.now(UTC)).isoformat()],
    )


def _names(db: Database, platform: str, person: str) -> set[str]:
    """What others saw this person called."""
    tables = ("turns", "reminders", "submissions", "overheard")
    query = " union ".join(f"select name from {table} where platform = :p and person = :i" for table in tables)  # noqa: S608
    return {" ".join(name.split()) for (name,) in db.execute(query, {"p": platform, "i": person}).fetchall()}


# Who was heard where; {of} is a condition on `person`.
_HEARD = """
    select conversation from turns where platform = :platform and {of}
    union select conversation from reminders where platform = :platform and {of}
    union select conversation from notes where instr(conversation, :platform || ':') = 1 and {of}
    union select conversation from expected where instr(conversation, :platform || ':') = 1 and {of}
    union select platform || ':' || chat || ':' || thread from overheard where platform = :platform and {of}"""
_OTHERS = """
    select exists (select 1 from turns where conversation = :here and person <> :person)
        or exists (select 1 from reminders where conversation = :here and person <> :person)
        or exists (select 1 from notes where conversation = :here and person <> :person)
        or exists (select 1 from expected where conversation = :here and person <> :person)
        or exists (select 1 from overheard where platform || ':' || chat || ':' || thread = :here
                   and person <> :person)"""


def _own(db: Database, platform: str, person: str, here: str) -> list[str]:
    """The conversations in which nobody else was ever heard: private chats, above all."""
    given = {"platform": platform, "person": person}
    mine = [place for (place,) in db.execute(_HEARD.format(of="person = :person"), given).fetchall()]
    alone = [place for place in mine if not db.execute(_OTHERS, {"here": place, "person": person}).fetchone()[0]]
    home = f"{platform}:{person}:"  # on Telegram a private chat has its person's id
    return [*{home, here or home, *alone}]


def _unquote(db: Database, platform: str, person: str, names: set[str]) -> None:
    """Others replied to this person's messages: the line that quotes them goes, and from answers what repeats it."""
    given = {"platform": platform, "person": person}
    mine = [place for (place,) in db.execute(_HEARD.format(of="person = :person"), given).fetchall()]
    for chat in {":".join(place.split(":")[:2]) for place in mine}:
        rows = db.execute(
            """select id, said, answered from turns where conversation >= ? and conversation < ? and person <> ?
               and said like '> %'""",
            [f"{chat}:", f"{chat};", person],  # ";" follows ":"
        )
        for id, said, answered in rows.fetchall():
            _unquote_turn(db, id, said, answered, names)


def _unquote_turn(db: Database, id: int, said: str, answered: str, names: set[str]) -> None:
    quote, _, rest = said.partition("\n")
    name = next((name for name in names if quote.startswith(f"> {name}: ")), None)
    if name is not None:
        words = quote.removeprefix(f"> {name}: ")
        db.execute("update turns set said = ?, answered = ? where id = ?", [rest, answered.replace(words, "…"), id])


def drop_turns(db: Database, chosen: str, values: list[str]) -> None:
    """Turns with their ratings and the traces of their delivery. `chosen`: a query of ours that gives ids."""
    ids = json.dumps([id for (id,) in db.execute(chosen, values).fetchall()])
    db.execute("delete from ratings where turn in (select value from json_each(?))", [ids])
    db.execute("delete from corrections where turn in (select value from json_each(?))", [ids])
    db.execute("delete from outbox where turn in (select value from json_each(?))", [ids])
    db.execute("delete from turns where id in (select value from json_each(?))", [ids])


def _drop_arrivals(db: Database, platform: str, person: str, row: int) -> None:
    """What they wrote, where it is still kept: rows set aside, and the history of chats that nobody else keeps."""
    kept = db.execute(
        "select id, payload from inbox where platform = ? and state <> 'new' and payload <> '' and id <> ?",
        [platform, row],
    )
    empty(db, [id for id, payload in kept.fetchall() if mentions(payload, person)])


def empty(db: Database, rows: list[int]) -> None:
    """What these inbox rows said, and what was answered to them."""
    ids = json.dumps(rows)
    db.execute(
        """update inbox set payload = '', reason = '', state = 'done'
           where id in (select value from json_each(?))""",
        [ids],
    )
    db.execute(
        "update outbox set body = null where inbox in (select value from json_each(?)) and state in ('sent', 'failed')",
        [ids],
    )


def mentions(payload: str, person: str) -> bool:
    """Whether a raw row names this person anywhere: as who writes it, or as who is quoted in it."""
    try:
        return person in _values(json.loads(payload))
    except ValueError:
        return person in payload


def _values(content: object) -> Iterator[str]:
    """Every plain value of a JSON document, as text."""
    stack = [content]
    while stack:
        match stack.pop():
            case dict() as table:
                stack.extend(table.values())
            case list() as several:
                stack.extend(several)
            case value:
                yield str(value)


def _drop_conversations(db: Database, platform: str, person: str, own: list[str], row: int) -> None:
    """What hangs on conversations: their own ones whole, elsewhere what is theirs."""
    given = {"own": json.dumps(own), "place": f"{platform}:", "person": person, "row": row}
    mine = "conversation in (select value from json_each(:own))"
    theirs = "person = :person and instr(conversation, :place) = 1"
    for table in ("notes", "choices", "expected"):
        db.execute(f"delete from {table} where {mine} or ({theirs})", given)  # noqa: S608 our own table names
    db.execute(f"delete from forgotten where {mine}", given)  # noqa: S608
    db.execute(
        """delete from outbox where state in ('ready', 'failed') and inbox <> :row and exists (
             select 1 from json_each(:own) where lane = value or instr(lane, value || '#') = 1)""",
        given,
    )


def _drop_preferences(db: Database, platform: str, person: str, own: list[str]) -> None:
    """Theirs, and those of chats that are theirs alone."""
    db.execute("delete from preferences where scope = ?", [f"person:{platform}:{person}"])
    for (scope,) in db.execute("select distinct scope from preferences where scope like 'chat:%'").fetchall():
        chat = scope.removeprefix("chat:")
        shared = "select exists (select 1 from turns where conversation >= ? and conversation < ? and person <> ?)"
        theirs = any(each.startswith(f"{chat}:") for each in own)
        if theirs and not db.execute(shared, [f"{chat}:", f"{chat};", person]).fetchone()[0]:
            db.execute("delete from preferences where scope = ?", [scope])


def _drop_consents(db: Database, platform: str, person: str) -> None:
    """Every yes, and every no but the newest one to being remembered: forgetting that would turn it into a yes."""
    db.execute(
        """delete from consents where platform = :platform and person = :person and not (
             kind = 'remember' and value = 'off' and id in (
               select max(id) from consents where platform = :platform and person = :person group by chat, kind))""",
        {"platform": platform, "person": person},
    )
