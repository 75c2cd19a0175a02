"""Our own messages on their way: steps inside a transaction.

A bubble is one message of ours. It is `open` while its answer is being written, `ready` once the final text is
committed, `sent` when people see that text, `surplus` when the answer needs fewer messages than before, and `failed`
when the platform will never take it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot.messages import Address, Body, Button, File, MessageRef, Poll, Span


@dataclass(slots=True)
class Bubble:
    """A row of the outbox.

    `body` is the text that stays; of an open bubble, what its first send says, so that a repeat after a crash says the
    same and a platform can find it by that. `shown` is what its message says now, None when that is unknown. `tried` is
    when a send may first have been made; None: surely not yet. `at` is when the row was made.
    """

    id: int
    inbox: int
    part: int
    lane: str
    address: Address
    reply_to: MessageRef | None
    ref: MessageRef | None
    state: str
    body: Body | None = None
    tried: datetime | None = None
    shown: Body | None = None
    at: datetime = datetime.min

    @property
    def key(self) -> str:
        """Names its send, in this process and after a restart; at most 25 characters: Discord's nonce.

        The time tells rows apart that had one id in different databases, and the message that takes a lost one's place.
        """
        return f"{self.id:x}-{round(self.at.timestamp() * 1000):x}"


def of(db: Database, inbox: int) -> list[Bubble]:
    """The bubbles of the answer to an inbox row, first part first."""
    return [_bubble(row) for row in db.query("select * from outbox where inbox = ? order by part", [inbox])]


def due(db: Database) -> list[Bubble]:
    """What was committed and is not shown yet, oldest first."""
    rows = db.query("select * from outbox where state in ('ready', 'surplus') order by id")
    return [_bubble(row) for row in rows]


def add(db: Database, bubble: Bubble, at: datetime) -> Bubble:
    """A new row, after which the bubble has its id."""
    id = db.execute(
        """insert into outbox (inbox, part, lane, platform, chat, thread, reply_to, ref, body, state, at)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id""",
        [
            bubble.inbox,
            bubble.part,
            bubble.lane,
            bubble.address.platform,
            bubble.address.chat,
            bubble.address.thread,
            bubble.reply_to.id if bubble.reply_to else "",
            bubble.ref.id if bubble.ref else None,
            dump(bubble.body) if bubble.body else None,
            bubble.state,
            at.isoformat(),
        ],
    ).fetchone()[0]
    bubble.id, bubble.at = int(id), at
    return bubble


def ready(db: Database, id: int, body: Body, turn: int | None) -> None:
    db.execute("update outbox set state = 'ready', body = ?, turn = ? where id = ?", [dump(body), turn, id])


def surplus(db: Database, id: int) -> None:
    db.execute("update outbox set state = 'surplus', turn = null where id = ?", [id])


def trying(db: Database, id: int, at: datetime) -> None:
    """A send begins that nobody can recognise as a repeat."""
    db.execute("update outbox set tried = ? where id = ?", [at.isoformat(), id])


def placed(db: Database, id: int, ref: MessageRef) -> None:
    """The message exists. The handle it answers may go (a Discord interaction's token)."""
    db.execute("update outbox set ref = ?, chat = ?, reply_to = '' where id = ?", [ref.id, ref.chat, id])


def lost(db: Database, bubble: Bubble, at: datetime) -> None:
    """Somebody deleted our message: the text needs another one, sent under a key of its own."""
    db.execute("update outbox set ref = null, tried = null, at = ? where id = ?", [at.isoformat(), bubble.id])
    bubble.ref, bubble.tried, bubble.shown, bubble.at = None, None, None, at


def sent(db: Database, id: int, *, keep: bool = False) -> None:
    """People see it. `keep`: its text stays, since the chat's history is here and nowhere else."""
    db.execute(
        "update outbox set state = 'sent', body = case ? when 1 then body end, reply_to = '' where id = ?", [keep, id]
    )


def failed(db: Database, id: int, reason: str) -> None:
    """Nobody has seen it, so its text stays until an operator sends it again or discards it, or it is swept."""
    db.execute("update outbox set state = 'failed', reply_to = '', reason = ? where id = ?", [reason, id])


def drop(db: Database, id: int) -> None:
    db.execute("delete from outbox where id = ?", [id])


def of_turn(db: Database, turn: int) -> list[MessageRef]:
    """The messages that show a turn's answer, first part first."""
    rows = db.query("select platform, chat, ref from outbox where turn = ? and ref is not null order by part", [turn])
    return [MessageRef(row["platform"], row["chat"], row["ref"]) for row in rows]


def hand_over(db: Database, refs: Sequence[MessageRef]) -> None:
    """These messages get another answer: the rows that filled them let them go."""
    for ref in refs:
        db.execute(
            "update outbox set turn = null, ref = null where platform = ? and chat = ? and ref = ? and state = 'sent'",
            [ref.platform, ref.chat, ref.id],
        )


def sweep(db: Database, now: datetime, keep_days: int) -> None:
    """Let go of what came to its end long ago."""
    limit = (now - timedelta(days=keep_days)).isoformat()
    db.execute("delete from outbox where at < ? and state in ('sent', 'failed')", [limit])


def dump(body: Body) -> str:
    return json.dumps(asdict(body), ensure_ascii=False)


def parsed(text: str) -> Body:
    fields = json.loads(text)
    return Body(
        fields["text"],
        tuple(Span(**span) for span in fields["spans"]),
        tuple(Button(**button) for button in fields["buttons"]),
        _poll(fields.get("poll")),
        fields.get("plain", False),
        fields.get("again", ""),
        File(**fields["file"]) if fields.get("file") else None,
    )


def _poll(fields: dict[str, Any] | None) -> Poll | None:
    return Poll(fields["question"], tuple(fields["options"]), fields["several"]) if fields else None


def _bubble(row: dict[str, Any]) -> Bubble:
    address = Address(row["platform"], row["chat"], row["thread"])
    at = datetime.fromisoformat(row["at"])
    body = parsed(row["body"]) if row["body"] else None
    begun = at if body is None or not body.plain else None  # an earlier process may have sent it
    return Bubble(
        id=row["id"],
        inbox=row["inbox"],
        part=row["part"],
        lane=row["lane"],
        address=address,
        reply_to=MessageRef(address.platform, address.chat, row["reply_to"]) if row["reply_to"] else None,
        ref=MessageRef(address.platform, address.chat, row["ref"]) if row["ref"] else None,
        state=row["state"],
        body=body,
        tried=datetime.fromisoformat(row["tried"]) if row["tried"] else begun,
        at=at,
    )
