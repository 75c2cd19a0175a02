"""What the API can do: take what people write, follow the answer, tell what was said."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from adapters.web import rows, wire
from adapters.web.refusal import Refusal
from adapters.web.rooms import Closed, Listener, News, Rooms
from adapters.web.rows import NAME, Said
from bot.messages import MessageRef, Raw
from bot.ports import Intake, Transcript

_AGAIN = 1.0  # seconds after which the database is asked, should no news come
_QUIET = 10.0  # seconds that a chat gets to become quiet before it is erased


@dataclass(frozen=True, slots=True)
class Question:
    """A message, and the key of the row that holds it."""

    key: str
    said: Said


class Desk:
    def __init__(
        self, intake: Intake, transcript: Transcript, rooms: Rooms, *, patience: float, now: Callable[[], datetime]
    ) -> None:
        self.rooms = rooms
        self._intake = intake
        self._transcript = transcript
        self._patience = patience
        self._now = now

    def make_room(self) -> None:
        """Raises Refusal where as many listen as may: before anything is begun that would have to be followed."""
        if self.rooms.full:
            raise Refusal(503, "too_many_listeners", headers={"Retry-After": "5"})

    # ---- what people do ----------------------------------------------------------------------------

    async def say(self, text: str, *, chat: str | None, user: str | None, key: str | None) -> Question:
        """Commit a message, once for each key. Raises Refusal for a key that stands for other words."""
        place = chat or new_id()
        said = Said(new_id(), place, user or place, text, self._now().isoformat(), opened=chat is None)
        name = f"key:{key}" if key else _row(said.id)
        await self._intake.take(NAME, [Raw(name, rows.saying(said), place)])
        first = await self._first(name, said) if key else said
        if first.id == said.id:
            self.rooms.say(place, said.id, text)
        return Question(name, first)

    async def _first(self, key: str, said: Said) -> Said:
        """What the key stands for: `said`, or what came with it before."""
        outcome = await self._transcript.outcome(NAME, key)
        first = rows.said(outcome.raw) if outcome else None
        if first is None:
            raise Refusal(410, "erased")
        if first.wish != said.wish:
            raise Refusal(422, "key_reused")
        return first

    async def call(self, name: str, chat: str, user: str | None) -> str:
        """Commit a command; returns its id."""
        id = new_id()
        return await self._take(rows.calling(name, chat=chat, user=user or chat, id=id, at=self._now()), id)

    async def press(self, data: str, on: str, chat: str, user: str | None) -> str:
        payload = rows.pressing(data, on=on, chat=chat, user=user or chat, at=self._now())
        return await self._take(payload, new_id())

    async def rate(self, value: str, on: str, chat: str, user: str | None, *, added: bool) -> str:
        """Raises Refusal where no such message answers anything."""
        if not await self._transcript.answered(MessageRef(NAME, chat, on)):
            raise Refusal(404, "answer_gone")
        return await self._take(rows.rating(value, on=on, chat=chat, user=user or chat, added=added), new_id())

    async def erase(self, chat: str) -> None:
        """Stop what is being written, start afresh, and let go of what was said."""
        await self.call("stop", chat, None)
        forgetting = await self.call("new", chat, None)
        with self.rooms.listening(chat) as listener:
            try:
                async with asyncio.timeout(_QUIET):
                    while not await self._over(chat, _row(forgetting)):
                        await listener.next(_AGAIN)
            except TimeoutError:
                raise Refusal(503, "busy") from None
            except Closed:
                raise Refusal(503, "stopping") from None
        await self._transcript.erase(NAME, chat)

    async def _over(self, chat: str, key: str) -> bool:
        outcome = await self._transcript.outcome(NAME, key)
        return bool(outcome and outcome.done) and await self._transcript.quiet(NAME, chat)

    async def _take(self, payload: str, id: str) -> str:
        await self._intake.take(NAME, [Raw(_row(id), payload)])
        return id

    # ---- what they see -----------------------------------------------------------------------------

    async def answer(self, question: Question) -> wire.Answer:
        """Wait for the whole answer. Raises Refusal."""
        async with aclosing(self.follow(question)) as steps:
            async for step in steps:
                if isinstance(step, wire.Answer):
                    return step
        raise Refusal(504, "patience")

    async def follow(self, question: Question) -> AsyncGenerator[News | wire.Answer | None]:
        """The answer while it is written, then as a whole; None now and then, when nothing is new. Raises Refusal."""
        until = asyncio.get_running_loop().time() + self._patience
        said = question.said
        with self.rooms.listening(said.chat) as listener:
            while asyncio.get_running_loop().time() < until:
                outcome = await self._transcript.outcome(NAME, question.key)
                if outcome is None or not outcome.raw:
                    raise Refusal(410, "erased")
                if outcome.done:
                    yield wire.answer(said, outcome.entries)
                    return
                async for news in self._until_one_ends(listener, said.id):
                    if news and news.id == said.id and news.final and not news.said:  # it gets no answer
                        yield wire.answer(said, ())
                        return
                    yield news
        raise Refusal(504, "patience")

    async def _until_one_ends(self, listener: Listener, id: str) -> AsyncIterator[News | None]:
        """What is written to the question, until some message in its chat is final: perhaps the last of its answer."""
        ended = False
        while not ended:
            try:
                news = await listener.next(_AGAIN)
            except Closed:
                raise Refusal(503, "stopping") from None
            ended = not news or any(each.final for each in news)
            for each in news:
                if id in (each.answers, each.id):
                    yield each
            if not news:
                yield None

    async def events(self, chat: str) -> AsyncIterator[wire.Conversation | News | None]:
        """The history, then all that is new in a chat, until the bot stops. None when nothing is new for a while."""
        with self.rooms.listening(chat) as listener:
            yield await self.history(chat)
            while True:
                try:
                    news = await listener.next(15.0)
                except Closed:
                    return
                for each in news:
                    yield each
                if not news:
                    yield None

    async def history(self, chat: str, *, before: int | None = None, most: int = 100) -> wire.Conversation:
        """The newest messages; what is being written says what it says by now."""
        entries = await self._transcript.entries(NAME, chat, before=before, most=most)
        drafts = {draft.id: draft.body for draft in self.rooms.drafts(chat)}
        messages = [message for entry in entries if (message := wire.remembered(entry))]
        for number, message in enumerate(messages):
            if not message.final and (body := drafts.get(message.id)):
                drawn = wire.shown(message.id, body, final=False)
                messages[number] = drawn.model_copy(update={"at": message.at, "place": message.place})
        return wire.Conversation(messages=messages, more=len(entries) == most)

    async def chats(self) -> wire.Summaries:
        return wire.Summaries(chats=[wire.summary(chat) for chat in await self._transcript.chats(NAME, 200)])


def _row(id: str) -> str:
    """The key of a row that its client gave none."""
    return f"id:{id}"


def new_id() -> str:
    return uuid.uuid4().hex
