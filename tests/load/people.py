"""Where people ask: on the web adapter over HTTP, and on the Telegram twin."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Literal, Protocol

import aiohttp

from tests.kill.questions import Question, begun, ended
from tests.load.target import KEYS
from tests.load.watched import Watched
from tests.twins.telegram import Bubble, Chat, TelegramTwin
from tests.twins.telegram_people import Json

Name = Literal["web", "telegram"]

PATIENCE = 60.0  # seconds after which an answer counts as lost
_STILL = 2.0  # seconds without a call after which nothing comes twice any more


class Unanswered(Exception):
    """Nothing, or not the answer, came."""


class People(Protocol):
    """Everybody who asks. `bot` is the process that answers them."""

    bot: Watched

    async def ask(self, question: Question, chat: int) -> None:
        """Returns when the whole answer can be seen. Raises Unanswered."""

    async def calm(self) -> None:
        """Wait until nothing more happens."""

    def shown(self, folder: Path) -> Iterable[str]:
        """The texts of all messages of the bot's that people can see in the end."""

    def haste(self) -> int:
        """How often the platform said 429."""

    def faults(self) -> Sequence[str]:
        """What a well-behaved bot would not have done."""


def whole(text: str, number: int) -> bool:
    """Whether this is the whole answer to that question and to no other."""
    return begun(text) == [number] and ended(text) == [(number, 1)]


def answered(texts: Iterable[str]) -> Counter[int]:
    """How many whole answers each question has."""
    return Counter(begun(text)[0] for text in texts if begun(text) and whole(text, begun(text)[0]))


# ---- over HTTP -----------------------------------------------------------------------------------


class WebPeople:
    """Each chat is one of POST /chatbot, which waits for its answer."""

    def __init__(self, bot: Watched, session: aiohttp.ClientSession) -> None:
        self.bot = bot
        self._session = session
        self._haste = 0
        self._faults: list[str] = []

    async def ask(self, question: Question, chat: int) -> None:
        body = {"text": question.text, "chat": f"chat-{chat}"}
        try:
            async with self._session.post("/chatbot", json=body) as response:
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._faults.append(type(error).__name__)
            raise Unanswered from error
        if response.status != 200:
            self._haste += response.status == 429
            self._faults.append(f"status {response.status}")
        if not whole(str(answer.get("text", "")), question.number):
            raise Unanswered

    async def calm(self) -> None:
        """An answer comes with its request."""

    def shown(self, folder: Path) -> Iterable[str]:
        """The web keeps its messages in the bot's database."""
        with closing(sqlite3.connect(f"file:{folder / 'data' / 'irang.db'}?mode=ro", uri=True)) as db:
            rows = db.execute("select body from outbox where platform = 'web' and state = 'sent'").fetchall()
        return [str(json.loads(body)["text"]) for (body,) in rows]

    def haste(self) -> int:
        return self._haste

    def faults(self) -> Sequence[str]:
        return self._faults


@asynccontextmanager
async def on_the_web(folder: Path) -> AsyncIterator[WebPeople]:
    headers = {"Authorization": f"Bearer {KEYS.web}"}
    # The server lets go of a connection after 5 idle seconds: we are first, so that no request meets a closing one.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
    timeout = aiohttp.ClientTimeout(PATIENCE)
    async with (
        Watched(folder) as bot,
        aiohttp.ClientSession(bot.url, headers=headers, connector=connector, timeout=timeout) as session,
    ):
        yield WebPeople(bot, session)


# ---- on Telegram ---------------------------------------------------------------------------------


class _Twin(TelegramTwin):
    """Refuses haste, counts that, and tells whoever waits when an answer is whole."""

    def __init__(self) -> None:
        super().__init__(refuses_haste=True)
        self.hasty = 0
        self.waiting: dict[int, asyncio.Event] = {}

    def _fill(self, bubble: Bubble, params: Json) -> None:
        super()._fill(bubble, params)
        numbers = begun(bubble.text)
        if numbers and whole(bubble.text, numbers[0]) and _is_final(bubble) and numbers[0] in self.waiting:
            self.waiting[numbers[0]].set()

    def _too_fast(self, what: str, retry_after: int) -> None:
        self.hasty += 1
        super()._too_fast(what, retry_after)


class TelegramPeople:
    """Each chat is a private one with somebody of its own."""

    def __init__(self, bot: Watched, twin: _Twin) -> None:
        self.bot = bot
        self._twin = twin
        self._chats: dict[int, Chat] = {}

    async def ask(self, question: Question, chat: int) -> None:
        if chat not in self._chats:
            self._chats[chat] = self._twin.private(self._twin.person(f"사람{chat}"))
        here = self._chats[chat]
        done = self._twin.waiting[question.number] = asyncio.Event()
        self._twin.say(here, here.people[0], question.text)
        try:
            await asyncio.wait_for(done.wait(), PATIENCE)
        except TimeoutError:
            raise Unanswered from None
        finally:
            del self._twin.waiting[question.number]

    async def calm(self) -> None:
        """Until Telegram was not called for a while, but to be asked for news."""
        before = -1
        while (now := len(self._twin.calls) - len(self._twin.called("getUpdates"))) > before:
            before = now
            await asyncio.sleep(_STILL)

    def shown(self, folder: Path) -> Iterable[str]:
        return [bubble.text for bubble in self._twin.bubbles.values() if bubble.mine and not bubble.is_gone]

    def haste(self) -> int:
        return self._twin.hasty

    def faults(self) -> Sequence[str]:
        return [each for each in self._twin.violations if " calls " not in each]


def _is_final(bubble: Bubble) -> bool:
    """It has no stop button, as an answer in the making has."""
    return not any(data.startswith("stop:") for _, data in bubble.buttons)


@asynccontextmanager
async def on_telegram(folder: Path) -> AsyncIterator[TelegramPeople]:
    async with _Twin() as twin, Watched(folder, twin.url) as bot:
        await twin.until(lambda: twin.called("getUpdates"), PATIENCE)
        yield TelegramPeople(bot, twin)
