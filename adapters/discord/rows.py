"""Which gateway events are worth storing, and under which key."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.discord.parse import Data, addressed, spoken, thumb
from bot.messages import Cursor, Raw

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A row to commit, and the channel cursor that moves with it."""

    row: Raw
    cursor: Cursor | None = None


def found(frame: Mapping[str, Any], me: str, session: str) -> list[Found]:
    """What of a dispatched event matters. One that lacks what every such event has is left out, and logged."""
    kind, data = frame["t"], frame["d"]
    try:
        match kind:
            case "MESSAGE_CREATE":
                return [Found(message_row(data), channel_cursor(data))] if matters(data, me) else []
            case "MESSAGE_UPDATE" if data.get("edited_timestamp"):  # without: Discord has unfolded an address
                key = f"{kind}:{data['id']}:{data['edited_timestamp']}"
                return [Found(_raw(key, kind, data))] if matters(data, me) else []
            case "MESSAGE_DELETE":
                return [_deleted(data["id"], data)]
            case "MESSAGE_DELETE_BULK":
                return [_deleted(id, data) for id in data["ids"]]
            case "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE":
                # A reaction has no id; the same one may be set, taken off and set again
                key = f"{kind}:{session}:{frame['s']}"
                return [Found(_raw(key, kind, data))] if _rates(data, me) else []
            case "INTERACTION_CREATE":
                return [Found(_raw(f"{kind}:{data['id']}", kind, data))]
            case _:
                return []
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        log.warning("discord: event %s of %s is left out: %s", frame.get("s"), kind, type(error).__name__)
        return []


def matters(message: Data, me: str) -> bool:
    """Not: bots, announcements, and what people say to each other where Discord hides it from us."""
    readable = message.get("content") or message.get("attachments")
    return spoken(message) and bool(addressed(message, me) or readable)


def message_row(message: Data) -> Raw:
    return _raw(f"MESSAGE_CREATE:{message['id']}", "MESSAGE_CREATE", message)


def channel_cursor(message: Data) -> Cursor:
    return Cursor(f"channel:{message['channel_id']}", str(message["id"]))


def _rates(data: Data, me: str) -> bool:
    """A thumb of somebody else's, on a message that may be ours: taking it off doesn't tell whose it is on."""
    return thumb(data) is not None and data["user_id"] != me and data.get("message_author_id", me) == me


def _deleted(id: str, data: Data) -> Found:
    payload = {"id": id, "channel_id": data["channel_id"]}
    return Found(_raw(f"MESSAGE_DELETE:{id}", "MESSAGE_DELETE", payload))


def _raw(key: str, kind: str, data: Data) -> Raw:
    return Raw(key, json.dumps({"t": kind, "d": data}, ensure_ascii=False, separators=(",", ":")))
