"""A twin of Discord on the loopback interface: REST and gateway v10, refusing and failing as the real ones do."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.twins.discord.people import Interaction, People
from tests.twins.discord.rest import Call, Rest
from tests.twins.discord.world import Channel, Human, Post

__all__ = ["TOKEN", "Call", "Channel", "DiscordTwin", "Human", "Interaction", "Post"]

ME, APPLICATION = "1111111111111111111", "2222222222222222222"
TOKEN = base64.urlsafe_b64encode(ME.encode()).decode().rstrip("=") + ".twin00.token-of-nobody-0123456789abcdef"


class DiscordTwin(People):
    """`async with DiscordTwin() as twin:` serves REST at twin.url for twin.token; what people do are plain methods.

    Faults: twin.faults.inject(operationId, …) for REST calls (tests/twins/faults.py), the methods of twin.gateway for
    the rest. `content_allowed`: the message content intent is switched on in the developer portal. `refuses_haste`:
    more than five messages into a channel within 5 s are a violation, and get a 429.
    """

    def __init__(
        self,
        *,
        content_allowed: bool = False,
        refuses_haste: bool = False,
        heartbeat_interval: float = 41.25,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = TOKEN
        super().__init__(TOKEN, ME, APPLICATION, clock)
        self.gateway.content_allowed = content_allowed
        self.gateway.heartbeat_interval = heartbeat_interval
        self.rest = Rest(self, TOKEN, refuses_haste=refuses_haste)
        self.faults = self.rest.faults

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(self.rest.routes())
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/v10"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """From now on nobody answers at twin.url."""
        await self.gateway.close(1001, forget=True)
        await self._runner.cleanup()

    @property
    def calls(self) -> list[Call]:
        return self.rest.calls

    def called(self, operation: str) -> list[Call]:
        """The bot's calls of one operation."""
        return [call for call in self.rest.calls if call.operation == operation]
