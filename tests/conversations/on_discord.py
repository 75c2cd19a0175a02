"""The stage's verbs on Discord's twin."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.discord import Discord
from bot.config import Settings
from tests.conversations.stage import Place, Said, Shown, Stage, Who
from tests.twins.discord import Channel, DiscordTwin, Human, Interaction, Post, menu

_FILES = {"photo": ("image/png",)}


class DiscordStage(Stage):
    """With the message content intent, so that a name called in a channel is heard."""

    name = "discord"
    limit = 2000
    send = "create_message"
    twin: DiscordTwin

    def __init__(self, twin: DiscordTwin, folder: Path) -> None:
        super().__init__(twin, folder)
        self.minsu, self.yuna = twin.person("민수"), twin.person("유나")
        self.home = self.home_of(self.minsu)
        self.group = twin.channel()

    @asynccontextmanager
    async def _platform(self, settings: Settings) -> AsyncIterator[Discord]:
        yield Discord(
            settings.discord, self.twin.token, language="ko", backfill=settings.delivery.backfill, backoff=0.01
        )

    def _settings(self, settings: Settings) -> Settings:
        discord = settings.discord.model_copy(
            update={"api": self.twin.url, "message_content": self.twin.gateway.content_allowed}
        )
        return settings.model_copy(update={"discord": discord})

    async def online(self) -> None:
        await self.twin.until(lambda: self.twin.gateway.online)

    async def menu(self) -> None:
        await self.twin.until(lambda: self.twin.rest.commands)

    def home_of(self, person: Human) -> Channel:
        return self.twin.dm(person)

    def topic(self, name: str) -> Channel:
        return self.twin.thread(self.group, name)

    def robot(self) -> Human:
        return self.twin.robot("다른 봇")

    def say(
        self,
        text: str = "",
        *,
        by: Who = None,
        to: Place = None,
        reply_to: Said | Shown = None,
        mention: bool = False,
        attach: str = "",
    ) -> Said:
        channel: Channel = to or self.home
        replied = reply_to.id if isinstance(reply_to, Shown) else reply_to
        sticker = attach == "sticker"
        return self.twin.say(
            channel,
            by or self._owner(channel),
            text,
            mention=mention,
            reply_to=replied,
            attachments=_FILES.get(attach, ()),
            sticker=sticker,
        )

    def command(
        self,
        name: str,
        text: str = "",
        *,
        by: Who = None,
        to: Place = None,
        options: Mapping[str, str | int] | None = None,
    ) -> Interaction:
        channel: Channel = to or self.home
        given = options or ({"text": text} if text else {})
        if self.twin.rest.commands:
            assert menu.objections(self.twin.rest.commands, name, given) == []
        return self.twin.slash(channel, by or self._owner(channel), name, given)

    def edit(self, said: Post, text: str) -> None:
        self.twin.edit(said, text)

    def press(self, shown: Shown, label: str, by: Who = None) -> None:
        self.twin.press(shown.id, label, by or self._owner(shown.id.channel))

    def react(self, shown: Shown, emoji: str, by: Who = None) -> None:
        self.twin.react(shown.id, by or self._owner(shown.id.channel), emoji)

    def unreact(self, shown: Shown, emoji: str, by: Who = None) -> None:
        self.twin.unreact(shown.id, by or self._owner(shown.id.channel), emoji)

    def take_away(self, shown: Shown) -> None:
        self.twin.delete(shown.id)

    def shut_out(self, place: Channel) -> None:
        self.twin.kick(place)

    def garble(self) -> None:
        self.twin.gateway.dispatch("MESSAGE_CREATE", {"id": "7", "author": None})
        self.twin.gateway.dispatch(
            "MESSAGE_CREATE", {"id": "8", "channel_id": "9", "author": {"id": "3"}, "content": 5}
        )
        self.twin.gateway.dispatch("INTERACTION_CREATE", {"id": "10", "type": 2, "data": {}})
        self.twin.gateway.dispatch("MESSAGE_DELETE", [])

    def repeat(self) -> None:
        self.twin.gateway.repeat()

    def typed(self, to: Channel) -> int:
        return self.twin.rest.typings.count(to.id)

    def shown(self, to: Place = None) -> list[Shown]:
        return [_shown(post) for post in self.twin.answers(to or self.home)]

    def _owner(self, channel: Channel) -> Human:
        return channel.people[0] if channel.people else self.minsu


def _shown(post: Post) -> Shown:
    labels = tuple(label for label, _ in post.buttons)
    return Shown(post, _plain(post.content), labels, tuple(map(_plain, post.history)), post.reply_to, _poll(post))


def _poll(post: Post) -> tuple[str, tuple[str, ...]] | None:
    if post.poll is None:
        return None
    return post.poll["question"]["text"], tuple(answer["poll_media"]["text"] for answer in post.poll["answers"])


def _plain(source: str) -> str:
    """Discord's source without the backslashes that people don't see."""
    return re.sub(r"\\([^\w\s])", r"\1", source)
