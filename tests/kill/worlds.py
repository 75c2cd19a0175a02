"""The twins of Telegram and Discord seen alike: places where people ask, and what the bot shows there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Literal, Protocol

from tests.kill.questions import Shown
from tests.twins.discord import DiscordTwin
from tests.twins.telegram import TelegramTwin

Name = Literal["telegram", "discord"]
_NAMES = ("민수", "유나", "지호", "서연")
_STOP = "stop:"


class World(Protocol):
    """One platform. Places are numbered: private chats first, one for each person, then a group.

    `paragraphs`  of an answer that takes more than one message
    """

    name: Name
    token: str
    paragraphs: int

    @property
    def url(self) -> str: ...

    @property
    def places(self) -> int: ...

    def speak(self, place: int, text: str) -> None: ...

    def shown(self, place: int) -> list[Shown]:
        """The bot's messages there, oldest first."""

    def arrivals(self) -> int:
        """How often the bot has come to listen."""

    def calls(self, kind: Literal["send", "edit"]) -> int: ...

    async def until(self, holds: Callable[[], object], within: float) -> bool:
        """Wait for something to hold, looking again at each change; whether it came to hold in time."""

    def changed(self) -> None: ...

    def violations(self) -> Sequence[str]: ...


class Telegram:
    name: Name = "telegram"
    paragraphs = 34  # of about 135 characters, into messages of 4,096

    def __init__(self, twin: TelegramTwin) -> None:
        self._twin = twin
        self.token = twin.token
        self._people = [twin.person(name) for name in _NAMES]
        self._chats = [twin.private(person) for person in self._people]
        self._chats.append(twin.group(self._people))

    @property
    def url(self) -> str:
        return self._twin.url

    @property
    def places(self) -> int:
        return len(self._chats)

    def speak(self, place: int, text: str) -> None:
        chat = self._chats[place]
        person = self._people[len(chat.people) * 7 % len(self._people)] if chat.kind == "group" else chat.people[0]
        self._twin.say(chat, person, text, mention=chat.kind == "group")

    def shown(self, place: int) -> list[Shown]:
        bubbles = self._twin.answers(self._chats[place])
        return [Shown(b.text, any(d.startswith(_STOP) for _, d in b.buttons), tuple(b.history)) for b in bubbles]

    def arrivals(self) -> int:
        return sum(call.method == "getUpdates" for call in self._twin.calls)

    def calls(self, kind: Literal["send", "edit"]) -> int:
        method = {"send": "sendMessage", "edit": "editMessageText"}[kind]
        return sum(call.method == method for call in self._twin.calls)

    async def until(self, holds: Callable[[], object], within: float) -> bool:
        return await _until(self._twin, holds, within)

    def changed(self) -> None:
        self._twin.changed()

    def violations(self) -> Sequence[str]:
        return self._twin.violations


class Discord:
    name: Name = "discord"
    paragraphs = 17  # into messages of 2,000

    def __init__(self, twin: DiscordTwin) -> None:
        self._twin = twin
        self.token = twin.token
        self._people = [twin.person(name) for name in _NAMES]
        self._channels = [twin.dm(person) for person in self._people]
        self._channels.append(twin.channel())

    @property
    def url(self) -> str:
        return self._twin.url

    @property
    def places(self) -> int:
        return len(self._channels)

    def speak(self, place: int, text: str) -> None:
        channel = self._channels[place]
        person = channel.people[0] if channel.people else self._people[0]
        self._twin.say(channel, person, text, mention=not channel.people)

    def shown(self, place: int) -> list[Shown]:
        posts = [post for post in self._twin.messages(self._channels[place]) if post.mine]
        return [Shown(p.content, any(d.startswith(_STOP) for _, d in p.buttons), tuple(p.history)) for p in posts]

    def arrivals(self) -> int:
        return self._twin.gateway.identified

    def calls(self, kind: Literal["send", "edit"]) -> int:
        operation = {"send": "create_message", "edit": "update_message"}[kind]
        return sum(call.operation == operation for call in self._twin.calls)

    async def until(self, holds: Callable[[], object], within: float) -> bool:
        return await _until(self._twin, holds, within)

    def changed(self) -> None:
        self._twin.changed()

    def violations(self) -> Sequence[str]:
        return self._twin.violations


async def _until(twin: TelegramTwin | DiscordTwin, holds: Callable[[], object], within: float) -> bool:
    try:
        await twin.until(holds, within)
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def world(name: Name) -> AsyncIterator[World]:
    """A fresh twin of that platform, with people in it."""
    if name == "telegram":
        async with TelegramTwin() as telegram:
            yield Telegram(telegram)
    else:
        async with DiscordTwin() as discord:
            yield Discord(discord)
