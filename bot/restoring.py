"""An older copy of the database takes the present one's place: nothing is said twice, and who was erased stays so.

The copy does not know what was answered after it was made. So everything that it holds as unanswered or undelivered
is kept for an operator instead of being sent, and what people wrote before the present file was last written to is
not answered when it is read again (Discord's history, Telegram's last batch).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from bot import backups, deletions, reminders
from bot.backups import Backup
from bot.tables import migrations

REASON = "from before a restored backup: it may have been answered"
_UNTIL = ("irang", "answered_until")  # a row of `cursors`


@dataclass(frozen=True, slots=True)
class Settled:
    """What was kept from being said again: messages, answers on their way, and reminders."""

    messages: int
    answers: int
    reminders: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database that may take the present one's place. `erased`: people who are erased from it again."""

    path: Path
    settled: Settled
    erased: int


def prepared(folder: Path, backup: Backup | None, until: datetime) -> Prepared:
    """A backup (None: nothing at all), brought up to date and settled, as a file beside the database.

    `until` is up to when the bot may have answered what the backup does not know. Raises StoreError when the backup is
    no good, OSError or sqlite3.Error.
    """
    fresh = folder / "irang.db.restoring"
    fresh.unlink(missing_ok=True)
    if backup:
        backups.checked(backup.path)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # people's conversations
    if backup:
        shutil.copyfile(backup.path, fresh)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute("pragma secure_delete = on")
        connection.execute("pragma synchronous = full")
        db = Database(connection)
        migrations.apply(db)
        kept = settled(db, until, datetime.now(UTC))
        erased = _erase_again(db, folder) if backup else 0
        connection.execute("vacuum")  # who was erased leaves the pages
    return Prepared(fresh, kept, erased)


def settled(db: Database, until: datetime, now: datetime) -> Settled:
    """Nothing that was said before is said again, and no id is given twice."""
    with db.atomic():
        _raise_ids(db, now)
        messages = db.execute("update inbox set state = 'aside', reason = ? where state = 'new'", [REASON]).rowcount
        db.execute("delete from outbox where state in ('open', 'surplus')")
        answers = db.execute(
            "update outbox set state = 'failed', reply_to = '', reason = ? where state = 'ready'", [REASON]
        ).rowcount
        db.execute("delete from expected")  # what was asked back then was answered
        told = _told(db, until)
        values = [*_UNTIL, max(until, answered_until(db)).astimezone(UTC).isoformat()]
        db.execute("insert or replace into cursors (platform, name, value) values (?, ?, ?)", values)
    return Settled(messages, answers, told)


def answered_until(db: Database) -> datetime:
    """What people wrote before may have an answer that this database does not know."""
    row = db.execute("select value from cursors where platform = ? and name = ?", _UNTIL).fetchone()
    return datetime.fromisoformat(row[0]) if row else datetime.min.replace(tzinfo=UTC)


def _raise_ids(db: Database, now: datetime) -> None:
    """Old buttons stand for ids that were given after the backup: new rows begin where no earlier one can have been.

    Fewer than a thousand a second are given, so milliseconds since 1970 are ahead of all of them.
    """
    start = round(now.timestamp() * 1000)
    rows = db.execute("select name from sqlite_master where type = 'table' and sql like '%autoincrement%'")
    for (table,) in rows.fetchall():
        changed = db.execute("update sqlite_sequence set seq = max(seq, ?) where name = ?", [start, table]).rowcount
        if not changed:
            db.execute("insert into sqlite_sequence (name, seq) values (?, ?)", [table, start])


def _told(db: Database, until: datetime) -> int:
    """Reminders that were due before were told."""
    rows = db.execute("select distinct platform from reminders where state = 'waiting'")
    platforms, count = [name for (name,) in rows.fetchall()], 0
    while late := reminders.due(db, until, platforms):
        for reminder in late:
            reminders.told(db, reminder, until)
            count += 1
    return count


def _erase_again(db: Database, folder: Path) -> int:
    """Whom people asked to forget after the backup was made, also when nothing had time to enlist them."""
    ledger = folder / deletions.LEDGER
    for one in _unlisted(folder / "irang.db"):
        deletions.note(ledger, one)
    with db.atomic():
        return deletions.replay(db, ledger)


def _unlisted(present: Path) -> list[Mapping[str, str]]:
    """Who was erased in the database that is being replaced, and nowhere else yet; nobody where it can't be read."""
    if not present.exists():
        return []
    try:
        with closing(sqlite3.connect(present)) as connection:
            connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # it may be damaged
            return [one for one in deletions.pending(Database(connection)) if _legible(one)]
    except (sqlite3.Error, UnicodeDecodeError):  # SQLite's complaint may quote damaged text
        return []


def _legible(one: Mapping[str, object]) -> bool:
    """Whether a row of a database that may be damaged names a person and a time."""
    try:
        datetime.fromisoformat(str(one["at"]))
    except ValueError:
        return False
    return all(isinstance(part, str) and "\ufffd" not in part for part in one.values())
