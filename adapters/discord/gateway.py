"""One gateway session: identified once, resumed as often as Discord lets us."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from adapters.discord.calls import meaning
from bot.backoff import Backoff
from bot.errors import BadToken, Unreachable

log = logging.getLogger(__name__)

CONNECT = 60.0  # seconds to wait for a HELLO
BUCKET = 30.0  # seconds that discord.py may wait for a bucket by itself: its smallest value
GOODBYE = 3.0  # seconds to wait for the other side's
LONGEST = 300.0  # seconds between two tries; each IDENTIFY counts toward the 1,000 a day that reset the token
RESUMES = 3  # connections in a row that may fail before the session is given up


class SessionLost(Exception):
    """Discord will not resume this session: what happened meanwhile has to be read from the channels' history."""


class IntentRefused(Exception):
    """The message content intent was asked for and is not enabled for this application."""


class Gateway(discord.Client):
    """A Client of which we use the connection and the HTTP side, and from which we take events before it reads them.

    Client.connect is not used: it ends on the first dispatch that the library can't read, and doesn't ask
    /gateway/bot where to connect and whether we still may.
    """

    def __init__(
        self,
        *,
        content: bool,
        heartbeat_timeout: float,
        receive: Callable[[dict[str, Any]], None],
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        """`receive` gets every event, `heard` is called when a heartbeat was answered or a session began."""
        super().__init__(
            intents=discord.Intents(
                guilds=True,
                guild_messages=True,
                dm_messages=True,
                guild_reactions=True,
                dm_reactions=True,
                message_content=content,
            ),
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            enable_debug_events=True,  # the only way to the raw events
            guild_ready_timeout=0.0,  # nobody waits for the library's on_ready
            heartbeat_timeout=heartbeat_timeout,
            max_messages=None,
            max_ratelimit_timeout=BUCKET,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self._receive = receive
        self._heard = heard

    async def on_socket_raw_receive(self, message: str) -> None:
        """Called for every frame, in order. Nothing may be awaited here, or the order would be lost."""
        frame = json.loads(message)
        if frame.get("op") == DiscordWebSocket.HEARTBEAT_ACK or frame.get("t") in ("READY", "RESUMED"):
            self._heard()
        if frame.get("op") == DiscordWebSocket.DISPATCH:
            self._receive(frame)

    async def entrance(self) -> str:
        """Where to connect. Raises PlatformError, also when the day's IDENTIFYs are used up."""
        try:
            _, url, limit = await self.http.get_bot_gateway()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            cause = error.__cause__  # the library says GatewayNotFound whatever the answer was
            raise meaning(cause if isinstance(cause, discord.HTTPException) else error) from None
        if limit["remaining"] < 1:
            raise Unreachable(f"discord: no IDENTIFY is left for {limit['reset_after'] / 1000:.0f} s")
        return url

    async def listen(self, backoff: Backoff) -> None:
        """Bring in events until the session is over. Raises what ended it."""
        entrance = yarl.URL(await self.entrance())
        resume: dict[str, Any] = {}
        failed = 0
        while True:
            began = self.loop.time()
            try:
                connect = DiscordWebSocket.from_client(self, initial=True, gateway=entrance, **resume)
                self.ws = await asyncio.wait_for(connect, CONNECT)
                failed = 0
                await self._poll()
            except ReconnectWebSocket as ended:
                if not ended.resume:
                    raise SessionLost("discord: the session is invalid") from None
            except discord.ConnectionClosed as closed:
                raise _closed(closed) from None
            except (OSError, aiohttp.ClientError) as error:
                failed += 1
                log.info("discord: no connection (%s)", type(error).__name__)
            if self.ws is None or self.ws.session_id is None or failed >= RESUMES:
                raise SessionLost("discord: the connection ended, and can't be resumed")
            entrance = self.ws.gateway
            resume = {"resume": True, "session": self.ws.session_id, "sequence": self.ws.sequence}
            await asyncio.sleep(backoff.failed(lasted=self.loop.time() - began))

    async def _poll(self) -> None:
        """Read events. One that the library can't read costs nothing: we have it already, and the next ones follow."""
        while True:
            before = self.ws.sequence
            try:
                await self.ws.poll_event()
            except (ReconnectWebSocket, discord.ConnectionClosed, OSError, aiohttp.ClientError):
                raise
            except Exception as error:
                if not self.ws.open or self.ws.sequence == before:
                    raise
                log.warning("discord: discord.py can't read event %s: %s", self.ws.sequence, type(error).__name__)


def _closed(closed: discord.ConnectionClosed) -> Exception:
    """Close codes: discord.com/developers/docs/topics/opcodes-and-status-codes."""
    match closed.code:
        case 4004:
            return BadToken("discord: the gateway does not know this token")
        case 4014:
            return IntentRefused()
        case code:
            return SessionLost(f"discord: closed with {code}")


async def signed_in(gateway: Gateway, token: str) -> Gateway:
    """The gateway with its HTTP side open. Raises PlatformError."""
    try:
        await gateway.login(token)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        await gateway.close()
        raise meaning(error) from None
    return gateway


async def hung_up(gateway: Gateway) -> None:
    """Leave the gateway, so that people don't see us any more; REST stays."""
    with suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(GOODBYE):
            if gateway.ws:
                await gateway.ws.close(code=1000)
