"""The stage's verbs on Telegram's twin."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.telegram import Telegram
from bot.config import Settings
from tests.conversations.stage import Place, Said, Shown, Stage, Who
from tests.twins.inbox import Naps
from tests.twins.telegram import Bubble, Chat, Human, TelegramTwin


@dataclass(frozen=True)
class Spot:
    """A chat, or a topic of it."""

    chat: Chat
    topic: int | None = None


class TelegramStage(Stage):
    name = "telegram"
    limit = 4096
    send = "sendMessage"
    twin: TelegramTwin

    def __init__(self, twin: TelegramTwin, folder: Path) -> None:
        super().__init__(twin, folder)
        self.minsu, self.yuna = twin.person("민수"), twin.person("유나")
        self.home = self.home_of(self.minsu)
        self.group = Spot(twin.group([self.minsu, self.yuna], supergroup=True))
        self.secret: str | None = None
        self.webhook: dict[str, str] = {}

    @asynccontextmanager
    async def _platform(self, settings: Settings) -> AsyncIterator[Telegram]:
        given = settings.telegram
        platform = Telegram(given, self.twin.token, language="ko", secret=self.secret, rest=Naps())
        try:
            yield platform
        finally:
            await platform.close()

    def _settings(self, settings: Settings) -> Settings:
        telegram = settings.telegram.model_copy(update={"api": self.twin.url, **self.webhook})
        return settings.model_copy(update={"telegram": telegram})

    async def online(self) -> None:
        before = len(self.twin.called("getUpdates")) + len(self.twin.called("setWebhook"))
        await self.twin.until(
            lambda: len(self.twin.called("getUpdates")) + len(self.twin.called("setWebhook")) > before
        )

    async def menu(self) -> None:
        await self.twin.until(lambda: self.twin.menus)

    def home_of(self, person: Human) -> Spot:
        return Spot(self.twin.private(person))

    def topic(self, name: str) -> Spot:
        return Spot(self.group.chat, self.twin.topic(self.group.chat, name))

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
        spot: Spot = to or self.home
        replied = reply_to.id if isinstance(reply_to, Shown) else reply_to
        who = by or self._owner(spot)
        return self.twin.say(spot.chat, who, text, reply_to=replied, topic=spot.topic, mention=mention, attach=attach)

    def command(
        self,
        name: str,
        text: str = "",
        *,
        by: Who = None,
        to: Place = None,
        options: Mapping[str, str | int] | None = None,
    ) -> Any:
        return self.say(f"/{name} {text}".strip(), by=by, to=to)

    def edit(self, said: Said, text: str) -> None:
        self.twin.edit(said, text)

    def press(self, shown: Shown, label: str, by: Who = None) -> None:
        self.twin.press(shown.id, label, person=by)

    def react(self, shown: Shown, emoji: str, by: Who = None) -> None:
        self.twin.react(shown.id, emoji, person=by)

    def unreact(self, shown: Shown, emoji: str, by: Who = None) -> None:
        self.twin.react(shown.id, person=by)

    def take_away(self, shown: Shown) -> None:
        self.twin.vanish(shown.id)

    def shut_out(self, place: Spot) -> None:
        self.twin.block(self._owner(place))

    def garble(self) -> None:
        number = self.twin.next_update_id
        self.twin.push({"update_id": number, "message": {"message_id": "?", "text": 5}})
        self.twin.push(json.loads('"nonsense"'))

    def repeat(self) -> None:
        self.twin.repeat()

    def typed(self, to: Spot) -> int:
        return self.twin.typings.count((to.chat.id, to.topic))

    def shown(self, to: Place = None) -> list[Shown]:
        spot: Spot = to or self.home
        return [_shown(bubble) for bubble in self.twin.answers(spot.chat) if bubble.thread == spot.topic]

    def _owner(self, spot: Spot) -> Human:
        return spot.chat.people[0]


def _shown(bubble: Bubble) -> Shown:
    labels = tuple(label for label, _ in bubble.buttons)
    poll = (bubble.poll[0], tuple(bubble.poll[1])) if bubble.poll else None
    return Shown(bubble.id, bubble.text, labels, tuple(bubble.history), bubble.reply_to, poll)
