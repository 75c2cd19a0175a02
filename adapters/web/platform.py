"""The web page and the HTTP API as a platform: whoever has the key talks as on any other."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn
from fastapi import APIRouter

from adapters.web import api, operating, place, rows
from adapters.web.application import application
from adapters.web.desk import Desk
from adapters.web.keys import Keys
from adapters.web.place import Place
from adapters.web.rates import Rates
from adapters.web.rooms import Rooms
from bot.command import Command
from bot.config import WebSettings
from bot.locale import load as load_locale
from bot.messages import Address, Body, Event, Key, MessageRef
from bot.ports import Intake, Limits, Operator, Pace, Transcript

log = logging.getLogger(__name__)

_FREE = Pace(1_000_000, 1.0)
_LISTENERS = 4_000  # open pages and waiting requests together
_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


class _Server(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Web:
    """`listener`: a bound socket; without one, or once it is used up, [web] listen is bound again.

    `routers`: what others show under /api/operator, /metrics, /healthz and /readyz.
    """

    name = rows.NAME
    limits = Limits(
        length=1_000_000,
        measure=lambda body: len(body.text),
        edit_every=0.1,
        typing_every=None,
        bot_pace=_FREE,
        chat_pace=lambda _: _FREE,
        idempotent=True,  # a message is named by its key
        keyed=True,
        kept_here=True,
    )

    def __init__(
        self,
        settings: WebSettings,
        keys: Keys,
        *,
        language: str,
        listener: socket.socket | None = None,
        routers: Sequence[APIRouter] = (),
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._locale = load_locale(language)
        self._listener = listener or place.bind(settings)
        self._routers = tuple(routers)
        self._rooms = Rooms(_LISTENERS)
        self._transcript: Transcript | None = None
        self._serving: asyncio.Task[None] | None = None
        self.url = Place(Place.of(settings.listen).host, self._listener.getsockname()[1]).url

    @property
    def link(self) -> str:
        """The chat page with its key behind the #, which no browser sends to anybody."""
        return f"{self.url}/#token={self._keys.web}"

    @property
    def dashboard(self) -> str:
        """The operator's page with its key, which opens everything."""
        return f"{self.url}/dashboard#token={self._keys.operator}"

    def remember(self, transcript: Transcript) -> None:
        """Be lent a memory of what was said; before `run`."""
        self._transcript = transcript

    def operate(self, operator: Operator) -> None:
        """Show the bot to its operator too; before `run`."""
        self._routers = (*self._routers, operating.router(operator))

    def parse(self, payload: str) -> Event | None:
        return rows.parse(payload, self._locale("web_person"))

    async def run(self, intake: Intake, commands: Sequence[Command]) -> None:
        assert self._transcript, "a memory was lent before"
        desk = Desk(intake, self._transcript, self._rooms, patience=self._settings.patience, now=_now)
        if self._listener.fileno() < 0:  # an earlier server closed it
            self._listener = place.bind(self._settings)
        server = _Server(self._config(desk))
        serving = self._serving = asyncio.create_task(server.serve(sockets=[self._listener]))
        try:
            await asyncio.shield(serving)
        finally:
            self._rooms.close()  # whoever waits is told, and hangs up
            server.should_exit = True
            await asyncio.wait([serving])
            self._listener.close()

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        self._rooms.show(to.chat, key.id, body, answers=reply_to.id if reply_to else "")
        return MessageRef(self.name, to.chat, key.id)

    async def edit(self, ref: MessageRef, body: Body) -> None:
        self._rooms.show(ref.chat, ref.id, body)

    async def delete(self, ref: MessageRef) -> None:
        self._rooms.take_away(ref.chat, ref.id)

    async def finish(self, refs: Sequence[MessageRef]) -> None:
        for ref in refs:
            self._rooms.end(ref.chat, ref.id)

    async def typing(self, to: Address) -> None:
        return None

    async def close(self) -> None:
        """The socket goes, whether it ever served or not, but not before its server has ended: `run` may be cancelled
        twice, as a TaskGroup does.
        """
        if self._serving:
            await asyncio.wait([self._serving])
        self._listener.close()

    def _config(self, desk: Desk) -> uvicorn.Config:
        settings, locale = self._settings, self._locale
        own = api.router(desk, Rates(settings.chat_per_minute, time.monotonic), locale)
        host = Place.of(settings.listen).host
        app = application(
            [own, *self._routers],
            keys=self._keys,
            hosts=[*_OWN_NAMES, f"[{host}]" if ":" in host else host, *settings.hosts],
            rates=Rates(settings.requests_per_minute, time.monotonic),
            locale=locale,
        )
        return uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )


def _now() -> datetime:
    return datetime.now(UTC)
