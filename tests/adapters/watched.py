"""A bot on both twins and the web at once, people who talk to it, and its operator's page."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from adapters.discord import Discord
from adapters.telegram import Telegram
from adapters.web import Web
from bot.app import Bot, running
from bot.errors import ModelRefused
from bot.messages import Piece, Prompt
from bot.overview import ModelVersion
from bot.ports import Limits, Pace, Platform
from tests.adapters.site import KEYS, PATIENCE
from tests.stage import open_settings
from tests.twins.discord import TOKEN as DISCORD
from tests.twins.discord import DiscordTwin
from tests.twins.inbox import Naps
from tests.twins.telegram import TOKEN as TELEGRAM
from tests.twins.telegram import TelegramTwin

BREAKS = "고장"  # a message that the model breaks on


class Ago:
    """A clock that is so much behind the true one."""

    def __init__(self, behind: timedelta = timedelta()) -> None:
        self.behind = behind

    def now(self) -> datetime:
        return datetime.now(UTC) - self.behind


class Typist:
    """A model that takes its time: `thinks` seconds before the first word, `types` between two. It has two versions."""

    def __init__(self) -> None:
        self.thinks = self.types = 0.0
        self.current = "irang-2"
        self.swaps = 0
        self.writing = 0
        self._chance = random.Random(7)

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        said = prompt.messages[-1].content
        if BREAKS in said:
            raise RuntimeError("the model is broken")
        self.writing += 1
        try:
            await asyncio.sleep(self.thinks * self._chance.lognormvariate(0, 0.7))
            for word in f"{said} 이야기를 들으니 저도 기뻐요 더 들려 주세요".split():
                yield Piece(f"{word} ", self.current)
                await asyncio.sleep(self.types * self._chance.lognormvariate(0, 0.5))
            yield Piece("", self.current, finish="stop")
        finally:
            self.writing -= 1

    # ---- as Models

    async def expositions(self) -> Sequence[str]:
        return ()

    def changes(self) -> tuple[int, int]:
        return self.swaps, 0

    def versions(self) -> Sequence[ModelVersion]:
        return [
            self._version("irang-1", 9_379_840, 37_600_000, "", {"bits_per_character": 3.33, "chrf": 14.2}),
            self._version("irang-2", 124_000_000, 249_000_000, "", {"bits_per_character": 2.31, "chrf": 19.8}),
            self._version("irang-2-warm", 1_180_000, 4_730_000, "irang-2", {"bits_per_character": 2.24, "chrf": 20.3}),
            self._version("broken", 9_379_840, 37_600_000, "", {}),
        ]

    async def use(self, name: str) -> None:
        await asyncio.sleep(0.3)
        if name == "broken":
            raise ModelRefused("broken: model.safetensors: has changed: remove it and add it again")
        self.current, self.swaps = name, self.swaps + 1

    def _version(self, name: str, parameters: int, size: int, base: str, scores: dict[str, float]) -> ModelVersion:
        added = "2026-11-20T09:00:00+00:00"
        return ModelVersion(name, name == self.current, parameters, size, base, "Apache-2.0", added, scores)


@dataclass
class Watched:
    """`operator` asks with the operator's key, `reader` with the key of the chat page."""

    bot: Bot
    web: Web
    telegram: TelegramTwin
    discord: DiscordTwin
    model: Typist
    clock: Ago
    operator: httpx.AsyncClient
    reader: httpx.AsyncClient
    chance: random.Random

    def __post_init__(self) -> None:
        self._people = [self.telegram.person(name) for name in ("민수", "유나", "하늘", "보라", "진호", "수빈")]
        self._friends = [self.discord.person(name) for name in ("민지", "태오", "나래", "준")]
        self._rooms = [self.discord.dm(friend) for friend in self._friends]

    async def chat(self, telegram: int, discord: int, web: int) -> None:
        """So many messages arrive everywhere, all of which are answered."""
        before = sum(self.bot.core.figures.answers.values())
        for number in range(telegram):
            person = self.chance.choice(self._people)
            self.telegram.say(self.telegram.private(person), person, f"오늘은 {number}번째 산책을 했어")
        for number in range(discord):
            at = self.chance.randrange(len(self._friends))
            self.discord.say(self._rooms[at], self._friends[at], f"저녁에 {number}번 웃었어")
        asked = [self.reader.post("/chatbot", json={"text": f"책을 {number}권 읽었어"}) for number in range(web)]
        await asyncio.gather(*asked)
        await self.until(lambda: sum(self.bot.core.figures.answers.values()) >= before + telegram + discord + web)

    async def rate(self, share: float) -> None:
        """People press 👍, and sometimes 👎, on what was answered to them on Telegram."""
        for bubble in [
            each for person in self._people for each in self.telegram.answers(self.telegram.private(person))
        ]:
            labels = [label for label, _ in bubble.buttons]
            if "👍" in labels and not bubble.thumbs and self.chance.random() < share:
                bubble.thumbs[0] = [label := "👍" if self.chance.random() < 0.78 else "👎"]
                self.telegram.press(bubble.id, label)
        await self.settled()

    async def lose_letters(self) -> None:
        """A message that can't be answered, and an answer that its reader has shut out."""
        before = self.bot.core.figures.answers["apology"]
        person, stranger = self._people[0], self.telegram.person("길손")
        self.telegram.say(self.telegram.private(person), person, f"{BREAKS} 났나 봐")
        await self.until(lambda: self.bot.core.figures.answers["apology"] > before)
        self.telegram.say(self.telegram.private(stranger), stranger, "나는 이만 갈게")
        self.telegram.block(stranger)
        await self.become("select count(*) from outbox where state = 'failed'", 1)

    async def remind(self) -> None:
        for person, text in zip(self._people, ("30분 뒤에 약 먹으라고 알려줘", "매일 아침 7시에 깨워줘"), strict=False):
            self.telegram.say(self.telegram.private(person), person, text)
        await self.become("select count(*) from reminders", 2)

    async def settled(self) -> None:
        await self.become("select count(*) from inbox where state = 'new'", 0)

    async def become(self, query: str, value: object) -> None:
        """Wait until the database says so."""
        async with asyncio.timeout(PATIENCE):
            while await self.bot.core.store.run(lambda db: db.execute(query).fetchone()[0]) != value:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 what it waits for has no event
                await asyncio.sleep(0.02)


@asynccontextmanager
async def watched(folder: Path, *, behind: timedelta = timedelta()) -> AsyncIterator[Watched]:
    model, clock = Typist(), Ago(behind)
    async with TelegramTwin() as telegram, DiscordTwin() as discord:
        settings = open_settings(
            telegram={"api": telegram.url},
            discord={"api": discord.url},
            web={"listen": "127.0.0.1:0", "requests_per_minute": 0, "chat_per_minute": 0},
            quota=dict.fromkeys(("person_per_minute", "person_per_day", "chat_per_minute", "chat_per_day"), 0),
        )
        on_telegram = Telegram(settings.telegram, TELEGRAM, language="ko", rest=Naps())
        on_discord = Discord(settings.discord, DISCORD, language="ko", backfill=50, backoff=0.01)
        web = Web(settings.web, KEYS, language="ko")
        for each in (on_telegram, on_discord):
            each.limits = _hurried(each.limits)
        platforms: list[Platform] = [on_telegram, on_discord, web]
        async with (
            running(settings, folder, platforms, model, clock=clock, models=model) as bot,
            httpx.AsyncClient(base_url=web.url, headers=_key(KEYS.operator), timeout=PATIENCE) as operator,
            httpx.AsyncClient(base_url=web.url, headers=_key(KEYS.web), timeout=PATIENCE) as reader,
        ):
            work = asyncio.create_task(bot.run(platforms))
            try:
                await discord.until(lambda: discord.gateway.online, within=PATIENCE)
                yield Watched(bot, web, telegram, discord, model, clock, operator, reader, random.Random(11))
            finally:
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work
                await on_telegram.close()


def _key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _hurried(limits: Limits) -> Limits:
    free = Pace(100_000, 1.0)
    return replace(limits, chat_pace=lambda _: free, bot_pace=free, edit_every=0.02)
