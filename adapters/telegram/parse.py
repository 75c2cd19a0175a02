"""What an update of Telegram's means: one JSON row in, one event out, nothing else looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import index
from typing import Any

from adapters.telegram.entities import between, sound, without
from bot.messages import (
    THUMBS,
    Address,
    Attachment,
    AttachmentKind,
    Call,
    Edited,
    Event,
    Incoming,
    MessageRef,
    Migrated,
    Person,
    Quote,
    Reaction,
    pressed,
)

NAME = "telegram"

Json = Mapping[str, Any]

# The first that is there decides: an animation carries a `document` too, a venue a `location`.
_ATTACHMENTS: Mapping[str, AttachmentKind] = {
    "photo": "photo",
    "live_photo": "photo",
    "animation": "video",
    "video": "video",
    "video_note": "video",
    "voice": "voice",
    "audio": "audio",
    "document": "file",
    "sticker": "sticker",
    "venue": "location",
    "location": "location",
    "contact": "contact",
    "poll": "poll",
    **dict.fromkeys(("dice", "game", "story", "paid_media", "invoice", "checklist", "rich_message"), "other"),
}


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account; `username` is "" until Telegram told it."""

    id: int
    username: str = ""

    def is_called(self, name: str) -> bool:
        return bool(self.username) and name.lower() == self.username.lower()


def stamped(update: Json, me: Me, now: datetime) -> str:
    """An update as a row: with the name we had and the time it came, so that the row explains itself for ever.

    A row may be parsed again after a restart, before Telegram told our name; a pressed button comes without a time.
    Plain ASCII, since JSON can carry halves of surrogate pairs, which no file can.
    """
    return json.dumps({**update, "_seen": {"by": me.username, "at": now.timestamp()}})


def event(payload: str, me: Me) -> Event | None:
    """The event of a row, None when it is nothing for us. Raises ValueError on a row that can't be read."""
    try:
        update = json.loads(payload)
        index(update["update_id"])
        return _event(update, update.get("_seen") or {}, me)
    except (KeyError, TypeError, AttributeError, OverflowError, OSError, RecursionError) as error:
        raise ValueError(f"an update that can't be read ({type(error).__name__})") from None


def _event(update: Json, seen: Json, me: Me) -> Event | None:
    us = Me(me.id, seen.get("by") or me.username)
    match update:
        case {"message": message}:
            return _message(message, us)
        case {"edited_message": message}:
            now_says = _message(message, us)
            return Edited(now_says) if isinstance(now_says, Incoming) else None
        case {"callback_query": query}:
            return _press(query, seen)
        case {"message_reaction": reaction}:
            return _reaction(reaction)
        case _:
            return None


def _message(message: Json, me: Me) -> Incoming | Migrated | None:
    chat = message["chat"]
    if "migrate_to_chat_id" in message:
        return Migrated(NAME, _id(chat), str(index(message["migrate_to_chat_id"])))
    writer = message.get("from")
    if not writer or writer.get("is_bot") or "sender_chat" in message:  # bots, channels, anonymous admins
        return None
    said, attachments = message.get("text") or message.get("caption") or "", _attachments(message)
    if not said and not attachments:  # somebody joined, a title changed
        return None
    marks = message.get("entities") or message.get("caption_entities") or ()
    private = chat["type"] == "private"
    if not private and _is_for_another(said, marks, me):
        return None
    mentions, quote = _mentions(said, marks, me), _quote(message, me)
    text = without(said, mentions)
    return Incoming(
        address=_address(message),
        ref=_ref(message),
        person=_person(writer),
        text=text,
        at=datetime.fromtimestamp(index(message["date"]), UTC),
        addressed=private or bool(mentions) or (quote is not None and quote.ours),
        private=private,
        call=_call(said, text, marks, me),
        reply_to=quote,
        attachments=attachments,
    )


def _mentions(text: str, marks: Sequence[Json], me: Me) -> list[tuple[int, int]]:
    """Where the text names us, in UTF-16 units: "@irang_bot", a linked name, the end of "/new@irang_bot"."""
    found = []
    for mark in marks:
        start = index(mark["offset"])
        end = start + index(mark["length"])
        match mark["type"]:
            case "mention" if me.is_called(between(text, start + 1, end)):
                found.append((start, end))
            case "text_mention" if mark["user"]["id"] == me.id:
                found.append((start, end))
            case "bot_command":
                command, at, name = between(text, start, end).partition("@")
                if at and me.is_called(name):
                    found.append((start + len(command), end))
    return found


def _call(said: str, text: str, marks: Sequence[Json], me: Me) -> Call | None:
    """The command that a message begins with, unless another bot is meant. `text` is `said` without our name.

    A bare "/new" in a group counts as ours: with privacy mode on, Telegram brings it to the bots that it may be for.
    """
    command, name = _command(said, marks)
    if not command or (name and not me.is_called(name)):
        return None
    rest = text[1 + len(command) :].strip()
    return Call(command.lower(), {"text": rest} if rest else {})


def _is_for_another(said: str, marks: Sequence[Json], me: Me) -> bool:
    """Whether a message is a command for another bot: "/new@other_bot", even as a reply to what we wrote."""
    _, name = _command(said, marks)
    return bool(name) and not me.is_called(name)


def _command(said: str, marks: Sequence[Json]) -> tuple[str, str]:
    """The command that a message begins with and whom it names: ("new", "irang_bot"); "" for what is not there."""
    for mark in marks:
        if mark["type"] == "bot_command" and mark["offset"] == 0:
            command, _, name = between(said, 1, index(mark["length"])).partition("@")
            return command, name
    return "", ""


def _quote(message: Json, me: Me) -> Quote | None:
    """What the message replies to; the marked part of it where somebody marked one."""
    replied = message.get("reply_to_message")
    if not replied or "forum_topic_created" in replied:  # everything in a topic "replies" to the topic's start
        return None
    marked = (message.get("quote") or {}).get("text")
    text = marked or replied.get("text") or replied.get("caption") or ""
    author = replied.get("sender_chat") or replied.get("from") or {}
    return Quote(_name(author), sound(text), ours=author.get("id") == me.id, id=str(index(replied["message_id"])))


def _press(query: Json, seen: Json) -> Event | None:
    person = _person(query["from"])
    data, bubble = query.get("data"), query.get("message")
    if not data or not bubble:  # a game's button, a message sent through inline mode: none of ours
        return None
    at = datetime.fromtimestamp(seen.get("at") or bubble["date"], UTC)
    private = bubble["chat"]["type"] == "private"
    return pressed(data, _ref(bubble), _address(bubble), person, at, private=private)


def _reaction(reaction: Json) -> Reaction | None:
    """The first 👍 or 👎 that came, else the first that went; a change of mind is the new one."""
    if not reaction.get("user"):  # an anonymous admin
        return None
    ref, person = _ref(reaction), _person(reaction["user"])
    before, after = _thumbs(reaction["old_reaction"]), _thumbs(reaction["new_reaction"])
    for value in after:
        if value not in before:
            return Reaction(ref, person, value, added=True)
    for value in before:
        if value not in after:
            return Reaction(ref, person, value, added=False)
    return None


def _thumbs(reactions: Sequence[Json]) -> list[str]:
    return [each["emoji"] for each in reactions if each["type"] == "emoji" and each["emoji"] in THUMBS.values()]


def _attachments(message: Json) -> tuple[Attachment, ...]:
    for part, kind in _ATTACHMENTS.items():
        if part in message:
            return (Attachment(kind, _place(message) if kind == "location" else None),)
    return ()


def _place(message: Json) -> tuple[float, float] | None:
    """Latitude and longitude of a sent location."""
    location = message.get("location")
    return (float(location["latitude"]), float(location["longitude"])) if location else None


def _address(message: Json) -> Address:
    """A thread is a forum's topic; replies in ordinary groups have a thread id too, and no topic."""
    thread = str(index(message["message_thread_id"])) if message.get("is_topic_message") else ""
    return Address(NAME, _id(message["chat"]), thread)


def _ref(message: Json) -> MessageRef:
    return MessageRef(NAME, _id(message["chat"]), str(index(message["message_id"])))


def _person(user: Json) -> Person:
    return Person(NAME, _id(user), _name(user))


def _name(who: Json) -> str:
    """A person's full name, or the title of a group or channel."""
    parts = (who.get("first_name"), who.get("last_name"))
    return sound(" ".join(part for part in parts if part) or who.get("title") or "")


def _id(thing: Json) -> str:
    return str(index(thing["id"]))
