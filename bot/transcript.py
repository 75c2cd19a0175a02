"""What was said in the chats of a platform that keeps no messages itself: read from the inbox and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot import outbox
from bot.messages import MessageRef
from bot.ports import Chat, Entry, Outcome
from bot.store import Store

# A question comes before the messages that answer it, whenever those were made; no answer has 1,000 parts.
_THEIRS = """
    select id * 1000 as place, at, '' as id, payload as raw, null as body, 'sent' as state, '' as rating from inbox"""
_OURS = """
    select outbox.inbox * 1000 + part + 1 as place, at, ref as id, '' as raw, body, state, coalesce(
        (select value from ratings where ratings.turn = outbox.turn order by ratings.at desc limit 1), '') as rating
    from outbox"""


class History:
    """The Transcript of every platform."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def outcome(self, platform: str, key: str) -> Outcome | None:
        return await self._store.run(lambda db: _outcome(db, platform, key))

    async def entries(self, platform: str, chat: str, *, before: int | None, most: int) -> Sequence[Entry]:
        query = f"""
            select * from (
                {_THEIRS} where platform = :platform and chat = :chat and chat <> ''
                union all
                {_OURS} where platform = :platform and chat = :chat and ref is not null and body is not null
                    and state in ('open', 'ready', 'sent')
            ) where :before is null or place < :before order by place desc limit :most"""  # noqa: S608 all of it is ours
        values = {"platform": platform, "chat": chat, "before": before, "most": most}
        rows = await self._store.run(lambda db: list(db.query(query, values)))
        return [_entry(row) for row in reversed(rows)]

    async def chats(self, platform: str, most: int) -> Sequence[Chat]:
        query = """
            select kept.chat, first.payload, kept.last from (
                select chat, min(id) as first, max(id) as newest, max(at) as last from inbox
                where platform = ? and chat <> '' group by chat order by newest desc limit ?
            ) as kept join inbox as first on first.id = kept.first order by kept.newest desc"""
        rows = await self._store.run(lambda db: db.execute(query, [platform, most]).fetchall())
        return [Chat(id, raw, datetime.fromisoformat(at)) for id, raw, at in rows]

    async def erase(self, platform: str, chat: str) -> None:
        def work(db: Database) -> None:
            db.execute(
                """update inbox set payload = '', chat = ''
                   where platform = ? and chat = ? and chat <> '' and state in ('done', 'aside')""",
                [platform, chat],
            )
            db.execute(
                "delete from outbox where platform = ? and chat = ? and state in ('sent', 'failed')", [platform, chat]
            )

        await self._store.run(work)

    async def quiet(self, platform: str, chat: str) -> bool:
        query = """
            select exists (select 1 from inbox where platform = :platform and chat = :chat and chat <> ''
                           and state = 'new')
                or exists (select 1 from outbox where platform = :platform and chat = :chat
                           and state in ('open', 'ready', 'surplus'))"""
        values = {"platform": platform, "chat": chat}
        return not await self._store.run(lambda db: bool(db.execute(query, values).fetchone()[0]))

    async def answered(self, ref: MessageRef) -> bool:
        query = """
            select exists (select 1 from outbox
                           where platform = ? and chat = ? and ref = ? and turn in (select id from turns))"""
        return await self._store.run(lambda db: bool(db.execute(query, [ref.platform, ref.chat, ref.id]).fetchone()[0]))


def _outcome(db: Database, platform: str, key: str) -> Outcome | None:
    found = db.execute("select id, payload, state from inbox where platform = ? and key = ?", [platform, key])
    row = found.fetchone()
    if row is None:
        return None
    id, raw, state = row
    bubbles = list(db.query(f"{_OURS} where outbox.inbox = ? order by part", [id]))
    shown = tuple(_entry(bubble) for bubble in bubbles if bubble["state"] == "sent" and bubble["body"])
    under_way = state == "new" or any(bubble["state"] in ("open", "ready", "surplus") for bubble in bubbles)
    return Outcome(raw, not under_way, shown)


def _entry(row: dict[str, Any]) -> Entry:
    body = outbox.parsed(row["body"]) if row["body"] else None
    at = datetime.fromisoformat(row["at"])
    return Entry(row["place"], at, row["id"] or "", row["raw"], body, row["state"], row["rating"])
