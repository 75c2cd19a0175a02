"""Who listens to which chat, and what is being written there: in memory, bounded, gone with the process."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bot.messages import Body

_DRAFTS = 10_000  # messages that are being written at the same time
_WAITING = 256  # messages of one chat that somebody did not read yet


@dataclass(frozen=True, slots=True)
class News:
    """The newest state of one message.

    answers  the id of the question that it answers; "" where that is unknown
    body     None: nobody here knows what it says
    final    nothing more comes for it
    gone     it was taken away
    said     what a person wrote, for the other pages that show this chat
    """

    id: str
    body: Body | None = None
    answers: str = ""
    final: bool = False
    gone: bool = False
    said: str = ""


class Closed(Exception):
    """Nothing more comes: the bot stops, or the listener did not read."""


class Listener:
    """What is new in one chat. Of a message only the newest state waits, so a slow reader skips what was between."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, News] = OrderedDict()
        self._wake = asyncio.Event()
        self._closed = False

    async def next(self, patience: float) -> list[News]:
        """What came since the last call, or nothing after `patience` seconds. Raises Closed."""
        if not self._closed:
            try:
                async with asyncio.timeout(patience):
                    await self._wake.wait()
            except TimeoutError:
                return []
        if self._closed:
            raise Closed
        news, self._waiting = list(self._waiting.values()), OrderedDict()
        self._wake.clear()
        return news

    def tell(self, news: News) -> None:
        before = self._waiting.pop(news.id, None)
        if before and before.body and news.body is None and not news.gone:  # it is final, and says what it said
            news = replace(before, final=True)
        self._waiting[news.id] = news
        if len(self._waiting) > _WAITING:
            return self.close()
        self._wake.set()

    def close(self) -> None:
        self._closed = True
        self._waiting.clear()
        self._wake.set()


class Rooms:
    """Every chat that somebody listens to or that is being written in."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._listeners: dict[str, set[Listener]] = {}
        self._drafts: OrderedDict[tuple[str, str], News] = OrderedDict()
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether as many listen as may."""
        return self._count >= self._most

    @contextmanager
    def listening(self, chat: str) -> Iterator[Listener]:
        """Hear what is new in a chat, beginning with what is being written there."""
        listener = Listener()
        for draft in self.drafts(chat):
            listener.tell(draft)
        self._listeners.setdefault(chat, set()).add(listener)
        self._count += 1
        try:
            yield listener
        finally:
            self._count -= 1
            self._listeners[chat].discard(listener)
            if not self._listeners[chat]:
                del self._listeners[chat]

    def drafts(self, chat: str) -> list[News]:
        """The messages that are being written in a chat. They are few: all chats' are looked through."""
        return [news for (where, _), news in self._drafts.items() if where == chat]

    def show(self, chat: str, id: str, body: Body, answers: str | None = None) -> None:
        """A message says this now; `answers` is known when it is new."""
        before = self._drafts.pop((chat, id), None)
        news = News(id, body, answers if answers is not None else before.answers if before else "")
        self._drafts[chat, id] = news
        if len(self._drafts) > _DRAFTS:  # one that never ended: its text is in the database
            self._drafts.popitem(last=False)
        self._tell(chat, news)

    def take_away(self, chat: str, id: str) -> None:
        self._drafts.pop((chat, id), None)
        self._tell(chat, News(id, final=True, gone=True))

    def end(self, chat: str, id: str) -> None:
        """A message is final, or a question gets no answer."""
        draft = self._drafts.pop((chat, id), None)
        self._tell(chat, replace(draft, final=True) if draft else News(id, final=True))

    def say(self, chat: str, id: str, said: str) -> None:
        """A person wrote something."""
        self._tell(chat, News(id, final=True, said=said))

    def close(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.close()

    def _tell(self, chat: str, news: News) -> None:
        for listener in self._listeners.get(chat, ()):
            listener.tell(news)
