"""Gateway events -> what they mean to the core. Pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

from bot.messages import (
    THUMBS,
    Address,
    Attachment,
    AttachmentKind,
    Call,
    Deleted,
    Edited,
    Event,
    Incoming,
    MessageRef,
    Person,
    Quote,
    Reaction,
    pressed,
)

NAME = "discord"
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)  # where Discord's ids begin to count

_SPOKEN = (0, 19, 20)  # plain, a reply, a command; all other types are Discord's own announcements
_VOICE_MESSAGE = 1 << 13
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")

Data = Mapping[str, Any]


class Interaction(IntEnum):
    """What somebody did; https://discord.com/developers/docs/interactions/receiving-and-responding."""

    COMMAND = 2
    PRESS = 3  # a button
    TYPING = 4  # a command's option, which is to be completed


@dataclass(frozen=True, slots=True)
class Handle:
    """What an interaction is answered through: its application's webhook, for 15 minutes."""

    application: str
    token: str
    interaction: str

    @classmethod
    def of(cls, ref: MessageRef | None) -> Handle | None:
        """The handle that a ref of an interaction carries; None for a ref of a message."""
        if ref is None or not ref.id.startswith("interaction:"):
            return None
        _, application, token, interaction = ref.id.split(":")
        return cls(application, token, interaction)

    def __str__(self) -> str:
        return f"interaction:{self.application}:{self.token}:{self.interaction}"


def moment(snowflake: str) -> datetime:
    """When the thing with this id came into being."""
    return EPOCH + timedelta(milliseconds=int(snowflake) >> 22)


def snowflake(at: datetime) -> int:
    """The smallest id of that moment."""
    return (at - EPOCH) // timedelta(milliseconds=1) << 22


def token_owner(token: str) -> str:
    """The bot's user id, which is its token's first part; "" for something that is no such token."""
    head = token.partition(".")[0]
    try:
        owner = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return owner if owner.isdecimal() else ""


def parse(payload: str, me: str) -> Event | None:
    """What a stored row means to the bot whose user id is `me`. Raises ValueError on what it can't read."""
    try:
        frame = json.loads(payload)
        return _event(frame["t"], frame["d"], me)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"discord: not a readable event ({type(error).__name__}: {error})") from None


def _event(kind: str, data: Data, me: str) -> Event | None:
    match kind:
        case "MESSAGE_CREATE":
            return _incoming(data, me)
        case "MESSAGE_UPDATE":
            message = _incoming(data, me)
            return Edited(message) if message else None
        case "MESSAGE_DELETE":
            return Deleted(MessageRef(NAME, str(data["channel_id"]), str(data["id"])))
        case "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE":
            return _reaction(data, me, added=kind.endswith("ADD"))
        case "INTERACTION_CREATE":
            return _interaction(data)
        case _:
            return None


# ---- messages ------------------------------------------------------------------------------------


def spoken(message: Data) -> bool:
    """Did a person write it? Not: bots, webhooks, announcements."""
    person = not message["author"].get("bot") and not message.get("webhook_id")
    return person and message.get("type", 0) in _SPOKEN


def addressed(message: Data, me: str) -> bool:
    """Is it surely meant for us: a direct message, a mention, a reply?"""
    if not message.get("guild_id"):
        return True
    quoted = message.get("referenced_message") or {}
    mentioned = any(user["id"] == me for user in message.get("mentions", ()))
    return mentioned or quoted.get("author", {}).get("id") == me


def _incoming(message: Data, me: str) -> Incoming | None:
    if not spoken(message):
        return None
    chat = str(message["channel_id"])
    return Incoming(
        Address(NAME, chat),
        MessageRef(NAME, chat, str(message["id"])),
        _person(message["author"], message.get("member")),
        _readable(message, me),
        datetime.fromisoformat(message["timestamp"]).astimezone(UTC),
        addressed=addressed(message, me),
        private=not message.get("guild_id"),
        reply_to=_quote(message.get("referenced_message"), me),
        attachments=_attachments(message),
    )


def _person(user: Data, member: Data | None = None) -> Person:
    name = (member or {}).get("nick") or user.get("global_name") or user.get("username") or ""
    return Person(NAME, str(user["id"]), name)


def _readable(message: Data, me: str) -> str:
    """The text as people see it: our mention is gone, other people have their names."""
    text = re.sub(rf"[ \t]*<@!?{me or 0}>[ \t]*", " ", message["content"])
    for user in message.get("mentions", ()):
        name = _person(user, user.get("member")).name
        text = re.sub(rf"<@!?{user['id']}>", lambda _, name=name: f"@{name}", text)  # type: ignore[misc]
    return _EMOJI.sub(r"\1", text).strip()


def _quote(message: Data | None, me: str) -> Quote | None:
    if not message:
        return None
    author = _person(message["author"])
    return Quote(author.name, _readable(message, me), ours=author.id == me, id=message["id"])


def _attachments(message: Data) -> tuple[Attachment, ...]:
    files = [Attachment(_kind(file, message)) for file in message.get("attachments", ())]
    stickers = [Attachment("sticker") for _ in message.get("sticker_items", ())]
    polls = [Attachment("poll")] if message.get("poll") else []
    forwarded = [Attachment("other") for _ in message.get("message_snapshots", ())]
    return (*files, *stickers, *polls, *forwarded)


def _kind(file: Data, message: Data) -> AttachmentKind:
    match (file.get("content_type") or "").partition("/")[0]:
        case "image":
            return "photo"
        case "video":
            return "video"
        case "audio":
            return "voice" if message.get("flags", 0) & _VOICE_MESSAGE else "audio"
        case _:
            return "file"


# ---- reactions and interactions ------------------------------------------------------------------


def thumb(reaction: Data) -> str | None:
    """👍 or 👎 whatever its skin; None for all others."""
    name = reaction["emoji"].get("name") or ""
    return name[0] if name[:1] in THUMBS.values() else None


def _reaction(data: Data, me: str, *, added: bool) -> Reaction | None:
    value = thumb(data)
    member = data.get("member") or {}
    user = member.get("user") or {}
    if value is None or str(data["user_id"]) == me or user.get("bot"):
        return None
    ref = MessageRef(NAME, str(data["channel_id"]), str(data["message_id"]))
    return Reaction(ref, _person({"id": data["user_id"], **user}, member), value, added=added)


def _interaction(data: Data) -> Event | None:
    match data["type"]:
        case Interaction.COMMAND:
            return _command(data)
        case Interaction.PRESS:
            return _press(data)
        case _:
            return None


def _who(data: Data) -> Person:
    """In a server the person is inside `member`, in a direct message on top."""
    member = data.get("member") or {}
    return _person(member.get("user") or data["user"], member)


def _command(data: Data) -> Incoming:
    name = data["data"]["name"]
    args = {option["name"]: str(option["value"]) for option in data["data"].get("options", ())}
    chat = str(data["channel_id"])
    return Incoming(
        Address(NAME, chat),
        MessageRef(NAME, chat, str(Handle(str(data["application_id"]), data["token"], str(data["id"])))),
        _who(data),
        " ".join([f"/{name}", *args.values()]),
        moment(data["id"]),
        addressed=True,
        private=not data.get("guild_id"),
        call=Call(name, args),
    )


def _press(data: Data) -> Event | None:
    chat = str(data["channel_id"])
    on = MessageRef(NAME, chat, str(data["message"]["id"]))
    return pressed(
        data["data"]["custom_id"],
        on,
        Address(NAME, chat),
        _who(data),
        moment(data["id"]),
        private=not data.get("guild_id"),
    )
