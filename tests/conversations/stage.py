"""Both platforms' twins with the same verbs: the whole bot, its real adapter, a scripted model, in one event loop."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.app import Bot, running
from bot.config import Settings
from bot.ports import Clock, Limits, Pace
from bot.surroundings import Surround, world
from tests.stage import Script, open_settings

PATIENCE = 20.0  # seconds after which something never came true; nothing here takes more than one or two
STOP = "⏹ 중지"
RATE = ("↻", "👍", "👎")

# What a twin has for them: a Human, a Chat with its topic or a Channel, a message's id or a Post
Who = Any
Place = Any
Said = Any


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot's as people see it now; `history` is every text that it ever showed."""

    id: Any
    text: str
    buttons: tuple[str, ...]
    history: tuple[str, ...]
    answers: Said | None  # what it replies to, where people see that
    poll: tuple[str, tuple[str, ...]] | None = None  # question and options of the platform's own


class Stage(ABC):
    """민수 and 유나, a private chat of 민수's (`home`), a group of both (`group`), and the bot once it is awake."""

    name: str
    limit: int  # characters in the longest message that people can write
    send: str  # what the twin calls the call that sends a message
    minsu: Who
    yuna: Who
    home: Place
    group: Place
    bot: Bot

    def __init__(self, twin: Any, folder: Path) -> None:
        self.twin = twin
        self.folder = folder
        self.model = Script()

    # ---- the bot -----------------------------------------------------------------------------------

    @asynccontextmanager
    async def awake(
        self,
        *,
        hurried: bool = True,
        clock: Clock | None = None,
        surround: Surround = world,
        **tables: dict[str, object],
    ) -> AsyncIterator[Bot]:
        """The bot at work on this stage's data folder until the block ends; a second block is a restart.

        `hurried`: faster than people's chats allow. `clock` is the core's, `surround` makes what commands may ask.
        """
        settings = self._settings(open_settings(**tables))
        async with self._platform(settings) as platform:
            if hurried:
                platform.limits = _hurried(platform.limits)
            async with running(
                settings, self.folder, [platform], self.model, clock=clock, surround=surround
            ) as self.bot:
                work = asyncio.create_task(self.bot.run([platform]))
                try:
                    await self._met(work)
                    yield self.bot
                finally:
                    work.cancel()
                    with suppress(asyncio.CancelledError):
                        await work

    async def _met(self, work: asyncio.Task[None]) -> None:
        """Wait until the platform sees the bot; raises what ended it before."""
        there = asyncio.create_task(self.online())
        await asyncio.wait([work, there], return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            await work
        await there

    @abstractmethod
    def _platform(self, settings: Settings) -> Any:
        """The real adapter, as a context."""

    @abstractmethod
    def _settings(self, settings: Settings) -> Settings:
        """With the twin's address."""

    @abstractmethod
    async def online(self) -> None: ...

    # ---- what people do ----------------------------------------------------------------------------

    @abstractmethod
    def home_of(self, person: Who) -> Place:
        """A person's private chat with the bot."""

    @abstractmethod
    def topic(self, name: str) -> Place:
        """A topic or thread of the group."""

    @abstractmethod
    def robot(self) -> Who:
        """Somebody else's bot."""

    @abstractmethod
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
        """Write; in `home` by its owner unless told otherwise. `attach`: "photo" or "sticker"."""

    @abstractmethod
    def command(
        self,
        name: str,
        text: str = "",
        *,
        by: Who = None,
        to: Place = None,
        options: Mapping[str, str | int] | None = None,
    ) -> Any:
        """Choose a command from the menu; where it has options of their own they are given, elsewhere the text."""

    @abstractmethod
    async def menu(self) -> None:
        """Wait until the commands are in the platform's menu."""

    @abstractmethod
    def edit(self, said: Said, text: str) -> None: ...

    @abstractmethod
    def press(self, shown: Shown, label: str, by: Who = None) -> None: ...

    @abstractmethod
    def react(self, shown: Shown, emoji: str, by: Who = None) -> None: ...

    @abstractmethod
    def unreact(self, shown: Shown, emoji: str, by: Who = None) -> None: ...

    @abstractmethod
    def take_away(self, shown: Shown) -> None:
        """Somebody who may deletes a message of the bot's."""

    @abstractmethod
    def shut_out(self, place: Place) -> None:
        """Block the bot, or throw it out."""

    @abstractmethod
    def garble(self) -> None:
        """Something arrives that nobody can read."""

    @abstractmethod
    def repeat(self) -> None:
        """The newest event arrives once more."""

    # ---- what they see -----------------------------------------------------------------------------

    @abstractmethod
    def typed(self, to: Place) -> int:
        """How often it was shown there that the bot is writing."""

    @abstractmethod
    def shown(self, to: Place = None) -> list[Shown]:
        """The bot's messages in a place, oldest first."""

    def texts(self, to: Place = None) -> list[str]:
        return [each.text for each in self.shown(to)]

    async def until(self, holds: Callable[[], object], to: Place = None) -> None:
        """Wait for something to hold; fails with what is to be seen."""
        try:
            await self.twin.until(holds, within=PATIENCE)
        except TimeoutError:
            raise AssertionError(f"never came true; to be seen: {self.shown(to)}") from None

    async def settled(self, *texts: str, to: Place = None) -> list[Shown]:
        """Wait until exactly these are the bot's messages and none is being written any more."""

        def final() -> bool:
            shown = self.shown(to)
            return [each.text for each in shown] == list(texts) and not any(STOP in each.buttons for each in shown)

        await self.until(final, to)
        return self.shown(to)

    # ---- what the bot knows ------------------------------------------------------------------------

    def asked(self, number: int = -1) -> list[str]:
        """What one prompt held, oldest first: what was said and answered, then the question."""
        return [message.content for message in self.model.prompts[number].messages]

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Straight from the database."""
        return await self.bot.core.store.run(lambda db: db.execute(query).fetchall())

    async def become(self, query: str, *expected: tuple[Any, ...]) -> None:
        """Wait until the database says so."""
        rows: list[tuple[Any, ...]] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while (rows := await self.rows(query)) != list(expected):  # noqa: ASYNC110 a database tells nobody
                    await asyncio.sleep(0.01)
        assert rows == list(expected)

    @contextmanager
    def held(self) -> Iterator[None]:
        """The model stops after its first word until the block ends."""
        self.model.gate.clear()
        try:
            yield
        finally:
            self.model.gate.set()


def _hurried(limits: Limits) -> Limits:
    return replace(limits, chat_pace=lambda _: Pace(1_000, 1.0), edit_every=0.02)
