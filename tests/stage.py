"""A platform in memory and a scripted model: a small working world for tests of the core."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import Bot, running
from bot.command import Command
from bot.config import Settings
from bot.errors import Refused
from bot.messages import (
    Address,
    Attachment,
    Body,
    Call,
    Deleted,
    Edited,
    Event,
    Incoming,
    Key,
    MessageRef,
    Person,
    Piece,
    Prompt,
    Quote,
    Raw,
    pressed,
)
from bot.ports import Backend, Clock, Intake, Limits, Pace
from bot.surroundings import Surround, world

MINSU = Person("stage", "1", "민수")
YUNA = Person("stage", "2", "유나")
OWNER = Person("stage", "9", "주인")
HOME = Address("stage", "home")
GROUP = Address("stage", "group")

_FREE = Pace(1_000_000, 1.0)


@dataclass
class Shown:
    """One message on the stage; `history` holds every text it ever showed."""

    chat: str
    id: str
    body: Body
    history: list[str] = field(default_factory=list)


class Stage:
    """A platform whose messages are Python values. `idempotent` as Discord, or not, as Telegram."""

    name = "stage"

    def __init__(self, *, idempotent: bool = True, length: int = 200, local: bool = False) -> None:
        self.limits = Limits(
            length=length,
            measure=lambda body: len(body.text),
            edit_every=0.0,
            typing_every=None,
            bot_pace=_FREE,
            chat_pace=lambda _: _FREE,
            idempotent=idempotent,
            local=local,
        )
        self.messages: dict[str, Shown] = {}
        self.finished: list[MessageRef] = []
        self.deliveries = 0
        self.faults: list[Exception] = []  # raised by the next calls, one each
        self._keys: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._events: list[Event] = []
        self._intake: Intake | None = None
        self._running = asyncio.Event()
        self.changed = asyncio.Condition()

    # ---- what people do ----------------------------------------------------------------------------

    async def say(
        self,
        text: str,
        *,
        person: Person = MINSU,
        to: Address = HOME,
        addressed: bool | None = None,
        call: Call | None = None,
        quote: Quote | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> MessageRef:
        ref = MessageRef("stage", to.chat, f"in{next(self._numbers)}")
        private = to.chat.startswith("home")
        meant = private if addressed is None else addressed
        at = datetime.now(UTC)
        await self.happen(Incoming(to, ref, person, text, at, meant, private, call, quote, attachments))
        return ref

    async def edit_question(self, ref: MessageRef, text: str, person: Person = MINSU) -> None:
        to = Address("stage", ref.chat)
        await self.happen(Edited(Incoming(to, ref, person, text, datetime.now(UTC), True, ref.chat.startswith("home"))))

    async def delete_question(self, ref: MessageRef) -> None:
        await self.happen(Deleted(ref))

    async def press(self, shown: Shown, label: str, person: Person = MINSU) -> None:
        data = next(button.data for button in shown.body.buttons if button.label == label)
        on = MessageRef("stage", shown.chat, shown.id)
        event = pressed(data, on, Address("stage", shown.chat), person, datetime.now(UTC), private=True)
        assert event
        await self.happen(event)

    async def happen(self, event: Event) -> None:
        await self._running.wait()
        assert self._intake
        self._events.append(event)
        await self._intake.take("stage", [Raw(f"{id(self)}:{len(self._events)}", json.dumps(len(self._events) - 1))])

    # ---- what they see -----------------------------------------------------------------------------

    def texts(self, chat: str = "home") -> list[str]:
        return [shown.body.text for shown in self.messages.values() if shown.chat == chat]

    def last(self, chat: str = "home") -> Shown:
        return [shown for shown in self.messages.values() if shown.chat == chat][-1]

    async def until(self, true: Callable[[], Any], within: float = 20.0) -> None:
        """Wait until something is so; fails with what was on the stage."""
        try:
            async with asyncio.timeout(within), self.changed:
                await self.changed.wait_for(lambda: bool(true()))
        except TimeoutError:
            raise AssertionError(f"never came true; on the stage: {[m.body for m in self.messages.values()]}") from None

    async def settled(self, *texts: str, chat: str = "home") -> None:
        """Wait until exactly these are the messages, all of them finished."""
        await self.until(lambda: self.texts(chat) == list(texts) and not self.unfinished(chat))

    def unfinished(self, chat: str) -> list[str]:
        done = {ref.id for ref in self.finished}
        return [shown.id for shown in self.messages.values() if shown.chat == chat and shown.id not in done]

    # ---- the platform ------------------------------------------------------------------------------

    def parse(self, payload: str) -> Event | None:
        number = json.loads(payload)
        if not isinstance(number, int) or not 0 <= number < len(self._events):
            raise ValueError("no such event")
        return self._events[number]

    async def run(self, intake: Intake, commands: Sequence[Command]) -> None:
        self._intake = intake
        self._running.set()
        await asyncio.Event().wait()

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        self._fail()
        if self.limits.idempotent and key.id in self._keys:
            return MessageRef("stage", to.chat, self._keys[key.id])
        id = self._keys[key.id] = f"out{next(self._numbers)}"
        self.messages[id] = Shown(to.chat, id, body, [body.text])
        await self._tell()
        return MessageRef("stage", to.chat, id)

    async def edit(self, ref: MessageRef, body: Body) -> None:
        self._fail()
        if ref.id not in self.messages:
            raise Refused("message to edit not found")
        shown = self.messages[ref.id]
        shown.body = body
        shown.history.append(body.text)
        await self._tell()

    async def delete(self, ref: MessageRef) -> None:
        self._fail()
        self.messages.pop(ref.id, None)
        await self._tell()

    async def finish(self, refs: Sequence[MessageRef]) -> None:
        self.finished.extend(refs)
        self.deliveries += 1
        await self._tell()

    async def typing(self, to: Address) -> None:
        return None

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


class Script:
    """A model that says what it is told to, keeps every prompt, and waits at `gate` when that is closed."""

    def __init__(self, answer: Callable[[str], str] = lambda said: f"답: {said}") -> None:
        self.prompts: list[Prompt] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failures: list[Exception] = []
        self.running = 0
        self._answer = answer

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        self.prompts.append(prompt)
        if self.failures:
            raise self.failures.pop(0)
        self.running += 1
        try:
            words = self._answer(prompt.messages[-1].content).split(" ")
            for number, word in enumerate(words):
                yield Piece(word if not number else f" {word}", "script@1")
                if not self.gate.is_set():
                    await self.gate.wait()
                await asyncio.sleep(0)
            yield Piece("", "script@1", finish="stop")
        finally:
            self.running -= 1


class Hands:
    """A clock that stands still until somebody moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def open_settings(**tables: dict[str, object]) -> Settings:
    """The defaults with the door open and no waiting; tables override."""
    given: dict[str, dict[str, object]] = {
        "access": {"open": True},
        "delivery": {"notice_after": 0.05},
        "model": {"patience": 0.2},
        "moderation": {"outgoing": False},  # it holds the last letters back, which most tests wait for
        "sources": {"weather": "off", "rates": "off"},
    }
    for name, table in tables.items():
        given[name] = {**given.get(name, {}), **table}
    return Settings.model_validate(given)


@asynccontextmanager
async def on_stage(
    folder: Path,
    stage: Stage,
    backend: Backend,
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    surround: Surround = world,
) -> AsyncIterator[Bot]:
    """The real bot on this platform and model, until the block ends."""
    chosen = settings or open_settings()
    async with running(chosen, folder, [stage], backend, clock=clock, surround=surround) as bot:
        task = asyncio.create_task(bot.run([stage]))
        await stage._running.wait()
        try:
            yield bot
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def earlier(minutes: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)
