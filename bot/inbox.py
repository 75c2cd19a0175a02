"""What arrived: committed before it is acknowledged, kept until it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.messages import Cursor, Raw
from bot.ports import Clock
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Row:
    """One undone row of the inbox. `wanted`: an operator wants it answered, however old it is."""

    id: int
    platform: str
    payload: str
    wanted: bool = False


class Inbox:
    """The Intake of every platform, and the queue of what they brought."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._arrived: asyncio.Queue[Row] = asyncio.Queue()
        self._taking: set[asyncio.Task[None]] = set()

    async def take(self, platform: str, rows: Sequence[Raw], cursor: Cursor | None = None) -> None:
        at = self._clock.now().isoformat()

        def work(db: Database) -> list[Row]:
            if cursor:
                db.table("cursors").upsert(
                    {"platform": platform, "name": cursor.name, "value": cursor.value}, pk=("platform", "name")
                )
            new = (_insert(db, platform, row, at) for row in rows)
            return [row for row in new if row]

        # Whoever brings them may be called off meanwhile (a lost connection): what is committed is queued all the same,
        # since a repeat of it would be taken for known.
        taking = asyncio.create_task(self._commit(work))
        self._taking.add(taking)
        taking.add_done_callback(self._taking.discard)
        await asyncio.shield(taking)

    async def _commit(self, work: Callable[[Database], list[Row]]) -> None:
        # The store tells its callers in the order in which they came, so rows are queued in the order of their ids,
        # and those of many people that come at once share a commit.
        for row in await self._store.run(work):
            self._arrived.put_nowait(row)

    async def cursors(self, platform: str) -> Mapping[str, str]:
        return await self._store.run(
            lambda db: {row["name"]: row["value"] for row in db.table("cursors").rows_where("platform = ?", [platform])}
        )

    async def replay(self, platforms: Iterable[str]) -> int:
        """Queue what an earlier process took and did not finish; returns how many rows that were.

        What came from a platform that is off now waits until it is on.
        """
        names = list(platforms)
        rows = await self._store.run(lambda db: _undone(db, names))
        for row in rows:
            self._arrived.put_nowait(row)
        return len(rows)

    def put(self, row: Row) -> None:
        """A row that was set aside is to be answered after all."""
        self._arrived.put_nowait(row)

    async def next(self) -> Row:
        return await self._arrived.get()

    async def waiting(self, most: int) -> list[Row]:
        """What is there by now, at most so many; waits for the first."""
        rows = [await self.next()]
        while len(rows) < most and not self._arrived.empty():
            rows.append(self._arrived.get_nowait())
        return rows


def _undone(db: Database, platforms: Sequence[str]) -> list[Row]:
    marks = ", ".join("?" * len(platforms))
    rows = db.execute(
        f"""select id, platform, payload, reason <> '' from inbox
            where state = 'new' and platform in ({marks}) order by id""",  # noqa: S608 only question marks
        platforms,
    )
    # A row that waits and has a reason was set aside before: an operator took it up again.
    return [Row(id, platform, payload, wanted=bool(wanted)) for id, platform, payload, wanted in rows.fetchall()]


def _insert(db: Database, platform: str, raw: Raw, at: str) -> Row | None:
    """The new row, or None when its key is known."""
    inserted = db.execute(
        """insert into inbox (platform, key, payload, chat, at) values (?, ?, ?, ?, ?)
           on conflict do nothing returning id""",
        [platform, raw.key, raw.payload, raw.chat, at],
    ).fetchone()
    return Row(inserted[0], platform, raw.payload) if inserted else None


# ---- steps inside somebody's transaction ------------------------------------------------------------


def done(db: Database, ids: Sequence[int]) -> None:
    """These rows are answered; what people wrote leaves the inbox, unless its chat's history is here.

    One that was set aside stays as it is.
    """
    for id in ids:
        db.execute(
            """update inbox set state = 'done', payload = case chat when '' then '' else payload end
               where id = ? and state = 'new'""",
            [id],
        )


def aside(db: Database, ids: Sequence[int], reason: str) -> None:
    """These rows can't be answered; they wait, with the reason, for somebody to look at them."""
    for id in ids:
        db.execute("update inbox set state = 'aside', reason = ? where id = ?", [reason, id])


def attempt(db: Database, ids: Sequence[int]) -> int:
    """Count a try before its work starts; returns the highest count among the rows."""
    for id in ids:
        db.execute("update inbox set attempts = attempts + 1 where id = ?", [id])
    return max(int(db.execute("select attempts from inbox where id = ?", [id]).fetchone()[0]) for id in ids)


def release(db: Database, ids: Sequence[int]) -> None:
    """The work was put down in good order: that was no try."""
    for id in ids:
        db.execute("update inbox set attempts = max(attempts - 1, 0) where id = ? and state = 'new'", [id])


def sweep(db: Database, now: datetime, keep_days: int) -> None:
    """Let go of what was answered or set aside long ago."""
    limit = (now - timedelta(days=keep_days)).isoformat()
    db.execute("delete from inbox where at < ? and state in ('done', 'aside')", [limit])
