"""What each person agreed to, chat by chat, and how everything of a person leaves the database again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlite_utils import Database

from bot.messages import Person

if TYPE_CHECKING:
    from bot.effects import Moment

Kind = Literal["remember", "train"]

VERSION = "1"  # of the text in locale/: a changed text needs a new one, since it is kept with every consent

LEDGER = "deletions.jsonl"  # in the data folder
_UNLESS_SAID = {"remember": "on", "train": "off"}


# ---- consent -------------------------------------------------------------------------------------


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


def consents(db: Database, person: Person, conversation: str) -> Consents:
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
    _drop_turns(
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
        _empty(db, [id for id, payload in kept.fetchall() if _mentions(payload, person)])


# ---- being forgotten -----------------------------------------------------------------------------


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
    _drop_turns(db, "select id from turns where platform = ? and person = ?", [platform, person])
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


def _drop_turns(db: Database, chosen: str, values: list[str]) -> None:
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
    _empty(db, [id for id, payload in kept.fetchall() if _mentions(payload, person)])


def _empty(db: Database, rows: list[int]) -> None:
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


def _mentions(payload: str, person: str) -> bool:
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


# ---- the list for backups ------------------------------------------------------------------------


def pending(db: Database) -> list[Mapping[str, str]]:
    """Who was erased in the database alone so far: {"at", "platform", "person"}."""
    rows = db.execute("select at, platform, person from erased where state = 'pending' order by at")
    return [{"at": at, "platform": platform, "person": person} for at, platform, person in rows.fetchall()]


def settled(db: Database, several: Sequence[Mapping[str, str]]) -> None:
    """These deletions are carried out everywhere."""
    for one in several:
        db.execute(
            "update erased set state = 'done' where platform = :platform and person = :person and at = :at", dict(one)
        )


def note(ledger: Path, one: Mapping[str, str]) -> None:
    """Append to the list that every restored backup is held against, once; on disk before this returns."""
    if dict(one) in listed(ledger):
        return
    with ledger.open("a", encoding="utf-8") as file:
        os.chmod(ledger, 0o600)
        file.write(json.dumps(dict(one)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def replay(db: Database, ledger: Path) -> int:
    """Erase again whom an older copy of the database still knows; returns how many deletions that were.

    A deletion that this copy has seen already is left alone: what the person said after it is not touched by it.
    """
    seen = {(p, i): at for p, i, at in db.execute("select platform, person, at from erased").fetchall()}
    count = 0
    for one in listed(ledger):
        if seen.get((one["platform"], one["person"]), "") < one["at"]:
            erase(db, one["platform"], one["person"], at=datetime.fromisoformat(one["at"]))
            count += 1
    return count


def listed(ledger: Path) -> list[dict[str, Any]]:
    """The deletions of data/deletions.jsonl, oldest first; a line that a power cut tore is left out."""
    if not ledger.exists():
        return []
    found = []
    for line in ledger.read_text(encoding="utf-8").splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        if isinstance(one, dict) and {"at", "platform", "person"} <= one.keys():
            found.append(one)
    return sorted(found, key=lambda one: str(one["at"]))
