"""What exists in the twin: people, channels, messages; and how Discord writes them as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

TEXT, DM, THREAD = 0, 1, 11  # types of channels
PLAIN, REPLY, COMMAND = 0, 19, 20  # types of messages
LOADING = 1 << 7
EPOCH = 1_420_070_400_000


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


@dataclass(frozen=True)
class Human:
    """Somebody on Discord; bots are somebody too."""

    id: str
    name: str
    bot: bool = False

    def json(self) -> Json:
        return {
            "id": self.id,
            "username": f"user_{self.id}",
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
            **({"bot": True} if self.bot else {}),
        }

    def member(self, *, whole: bool = True) -> Json:
        member = {
            "roles": [],
            "joined_at": stamp(1_700_000_000),
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
        }
        return {"user": self.json(), **member} if whole else member


@dataclass
class Channel:
    """Where people talk. `guild` is "" in direct messages; `open`: the bot is (still) let in."""

    id: str
    guild: str
    type: int
    name: str
    people: tuple[Human, ...] = ()
    parent: str = ""
    open: bool = True
    history_allowed: bool = True

    def json(self, posts: Sequence[Post]) -> Json:
        common: Json = {
            "id": self.id,
            "type": self.type,
            "flags": 0,
            "last_message_id": posts[-1].id if posts else None,
        }
        if self.type == DM:
            return common | {"recipients": [human.json() for human in self.people]}
        common |= {"guild_id": self.guild, "name": self.name, "position": 0, "permission_overwrites": []}
        if self.type != THREAD:
            return common | {"parent_id": None, "topic": None, "nsfw": False, "rate_limit_per_user": 0}
        archive = {"archived": False, "archive_timestamp": stamp(1_700_000_000), "auto_archive_duration": 1440}
        counts = {"message_count": len(posts), "member_count": 1, "total_message_sent": len(posts)}
        about = {"parent_id": self.parent, "owner_id": self.parent, "thread_metadata": archive | {"locked": False}}
        return common | about | counts


@dataclass
class Post:
    """A message. `history` holds what it said, oldest first; `nonce` and `pings` are what the bot sent along."""

    id: str
    channel: Channel
    author: Human
    content: str
    at: float
    nonce: str | None = None
    reply_to: Post | None = None
    type: int = PLAIN
    flags: int = 0
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    stickers: list[Json] = field(default_factory=list)
    mentions: list[Human] = field(default_factory=list)
    edited_at: float | None = None
    history: list[str] = field(default_factory=list)
    reactions: set[tuple[str, str]] = field(default_factory=set)  # person's id and emoji
    poll: Json | None = None
    webhook: str = ""
    deleted: bool = False
    files: list[tuple[str, str]] = field(default_factory=list)  # name and text

    @property
    def mine(self) -> bool:
        """Is it the bot's?"""
        return self.author.bot

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Label and data of each."""
        return [(each["label"], each["custom_id"]) for row in self.components for each in row["components"]]

    def edit(self, content: str, at: float) -> None:
        self.content, self.edited_at = content, at
        self.history.append(content)

    def json(self, *, hides: bool = False, quoting: bool = True) -> Json:
        """`hides`: as for a bot that may not read what was not said to it."""
        content = "" if hides else self.content
        message: Json = {
            "id": self.id,
            "channel_id": self.channel.id,
            "type": self.type,
            "author": self.author.json(),
            "content": content,
            "timestamp": stamp(self.at),
            "edited_timestamp": stamp(self.edited_at) if self.edited_at else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [human.json() for human in self.mentions],
            "mention_roles": [],
            "attachments": [] if hides else self.attachments,
            "embeds": [],
            "components": [] if hides else self.components,
            "pinned": False,
            "flags": self.flags,
        }
        if self.stickers and not hides:
            message["sticker_items"] = self.stickers
        if self.poll and not hides:
            message["poll"] = self._poll(self.poll)
        if self.webhook:
            message |= {"webhook_id": self.webhook, "application_id": self.webhook}
        if self.reply_to and quoting:
            message["message_reference"] = {"type": 0, "channel_id": self.channel.id, "message_id": self.reply_to.id}
            quoted = None if self.reply_to.deleted else self.reply_to.json(hides=hides, quoting=False)
            message["referenced_message"] = quoted
        return message

    def _poll(self, poll: Json) -> Json:
        """https://docs.discord.com/developers/resources/poll#poll-object"""
        answers = [{"answer_id": number, **answer} for number, answer in enumerate(poll["answers"], 1)]
        ends = stamp(self.at + 3600 * (poll.get("duration") or 24))
        kind = {"allow_multiselect": bool(poll.get("allow_multiselect")), "layout_type": 1}
        results = {"answer_counts": [], "is_finalized": False}
        return {"question": poll["question"], "answers": answers, "expiry": ends, **kind, "results": results}


class Refusal(Exception):
    """An answer that isn't 2xx. Codes: discord.com/developers/docs/topics/opcodes-and-status-codes."""

    def __init__(self, status: int, code: int, message: str, errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.json: Json = {"message": message, "code": code} | ({"errors": dict(errors)} if errors else {})


def malformed(place: str, code: str, message: str) -> Refusal:
    return Refusal(400, 50035, "Invalid Form Body", {place: {"_errors": [{"code": code, "message": message}]}})


def checked_content(body: Mapping[str, Any], *, needed: bool) -> str:
    """The text of a message as Discord keeps it. Raises Refusal."""
    content = (body.get("content") or "").strip()
    if len(content) > 2000:
        raise malformed("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
    if needed and not content:
        raise Refusal(400, 50006, "Cannot send an empty message")
    return content


def checked_poll(body: Mapping[str, Any]) -> Json | None:
    """The poll of a message. Raises Refusal; https://docs.discord.com/developers/resources/poll has the limits."""
    poll: Json | None = body.get("poll")
    if poll is None:
        return None
    answers = [answer["poll_media"]["text"] for answer in poll["answers"]]
    if not 1 <= len(poll["question"]["text"]) <= 300:
        raise malformed("poll.question.text", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 300 in length.")
    if not 1 <= len(answers) <= 10 or any(not 1 <= len(answer) <= 55 for answer in answers):
        raise malformed("poll.answers", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10, of 1 to 55 characters.")
    return poll


def checked_choices(data: Mapping[str, Any]) -> list[Json]:
    """What is suggested to somebody who types an option. Raises Refusal."""
    choices: list[Json] = data["choices"]
    if len(choices) > 25:
        raise malformed("data.choices", "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length.")
    if any(not 1 <= len(each["name"]) <= 100 or not 1 <= len(each["value"]) <= 100 for each in choices):
        raise malformed("data.choices", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    return choices


def checked_components(body: Mapping[str, Any]) -> list[Json]:
    """The buttons of a message as Discord keeps them. Raises Refusal."""
    rows = body.get("components") or []
    if len(rows) > 5 or any(not 1 <= len(row["components"]) <= 5 for row in rows):
        raise malformed("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    buttons = [button for row in rows for button in row["components"]]
    names = [button.get("custom_id") or "" for button in buttons]
    if any(not 1 <= len(name) <= 100 for name in names):
        raise malformed("components", "BASE_TYPE_BAD_LENGTH", "custom_id: must be between 1 and 100 in length.")
    if len(set(names)) < len(names):
        raise malformed("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    if any(not 1 <= len(button.get("label") or "") <= 80 for button in buttons):
        raise malformed("components", "BASE_TYPE_BAD_LENGTH", "label: must be between 1 and 80 in length.")
    kept = []
    for number, row in enumerate(rows, 1):
        inside = [button | {"id": number * 10 + place} for place, button in enumerate(row["components"], 1)]
        kept.append(row | {"id": number, "components": inside})
    return kept


def mentioned(text: str, people: Mapping[str, Human]) -> list[Human]:
    return [people[id] for id in dict.fromkeys(re.findall(r"<@!?(\d+)>", text)) if id in people]
