"""Discord: the gateway brings in what people write, REST takes out what we say."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord.http import Route

from adapters.discord import parse
from adapters.discord.answers import Answers
from adapters.discord.calls import Gone, HideHandles, NoHistory, Rest, content, says
from adapters.discord.gateway import LONGEST, Gateway, IntentRefused, SessionLost, hung_up, signed_in
from adapters.discord.markdown import emit
from adapters.discord.parse import Handle
from adapters.discord.session import Session
from adapters.discord.tree import tree
from bot.backoff import Backoff
from bot.command import Command
from bot.config import DiscordSettings
from bot.errors import BadToken, PlatformError
from bot.messages import Address, Body, Event, File, Key, MessageRef
from bot.ports import Intake, Limits, Pace, Pulse

log = logging.getLogger(__name__)

PORTAL = "https://discord.com/developers/applications"
NONCE_HOLDS = timedelta(minutes=2)  # Discord: "for the past few minutes"
SKEW = timedelta(minutes=1)  # our clock may be ahead of theirs
LONGEST_RESUME = 30.0  # seconds; a RESUME counts toward nothing
LOOK_BACK = 100  # messages to look through for one that may have been sent

_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"


class Discord:
    """A bot.ports.Platform. `backoff`: seconds before the first reconnect. `heartbeat_timeout`: of silence."""

    name = parse.NAME

    def __init__(
        self,
        settings: DiscordSettings,
        token: str,
        *,
        language: str,
        backfill: int,
        backoff: float = 1.0,
        heartbeat_timeout: float = 60.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limits = Limits(
            length=2000,  # Discord counts the source, marks and all
            measure=lambda body: len(emit(body)),
            edit_every=1.2,
            typing_every=8.0,  # Discord: it fades after 10 s
            bot_pace=Pace(45, 1.0),  # Discord: 50/s for a bot
            chat_pace=lambda _: Pace(5, 5.0),
            idempotent=True,
            files=True,
        )
        self._settings = settings
        self._token = token
        self._language = language
        self._backfill = backfill
        self._backoff = backoff
        self._heartbeat_timeout = heartbeat_timeout
        self._now = now
        self._content = settings.message_content
        self._me = parse.token_owner(token)
        self._rest = Rest()
        self._answers = Answers(self._rest, now)
        self._gateway: Gateway | None = None
        self._last: datetime | None = None  # a heartbeat that was answered
        self._fault = ""

    def parse(self, payload: str) -> Event | None:
        return parse.parse(payload, self._me)

    # ---- in ----------------------------------------------------------------------------------------

    async def run(self, intake: Intake, commands: Sequence[Command]) -> None:
        self._prepare_library()
        backoff = Backoff(self._backoff, LONGEST)
        loop = asyncio.get_running_loop()
        try:
            while True:
                began = loop.time()
                fault: Exception | None = None
                try:
                    await self._session(intake, commands)
                except BadToken:
                    raise
                except IntentRefused:
                    self._content = False
                    log.error("discord: the message content intent is not enabled: switch it on at %s (Bot)", PORTAL)
                except (SessionLost, PlatformError) as error:
                    fault, self._fault = error, str(error)
                    log.warning("discord: %s", error)
                except Exception:  # the reconnect loop: nothing may end it
                    log.exception("discord: the session broke")
                await asyncio.sleep(backoff.failed(fault, lasted=loop.time() - began))
        finally:
            self._gateway = None

    async def close(self) -> None:
        """End the connections that answers are sent on."""
        await self._rest.use(None)

    def pulse(self) -> Pulse:
        """The last heartbeat that was answered, and how long that took."""
        latency = self._gateway.latency if self._gateway else math.nan
        return Pulse(self._last, latency if math.isfinite(latency) else None, self._fault)

    def _heard(self) -> None:
        self._last, self._fault = self._now(), ""

    def _prepare_library(self) -> None:
        Route.BASE = self._settings.api
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we never speak
        # At DEBUG discord.py logs the token and what people write
        logging.getLogger("discord").setLevel(max(logging.getLogger().getEffectiveLevel(), logging.INFO))
        logger = logging.getLogger("discord.http")
        if not any(isinstance(each, HideHandles) for each in logger.filters):
            logger.addFilter(HideHandles())

    async def _session(self, intake: Intake, commands: Sequence[Command]) -> None:
        """One session, from signing in to what ends it; that is raised."""
        if not self._content:
            log.info("discord: without the message content intent only mentions and direct messages can be read")
        session = Session(intake, self._rest, self._answers, me=self._me, backfill=self._backfill)
        gateway = Gateway(
            content=self._content,
            heartbeat_timeout=self._heartbeat_timeout,
            receive=session.receive,
            heard=self._heard,
        )
        await signed_in(gateway, self._token)
        self._gateway = gateway
        await self._rest.use(gateway.http)
        try:
            resuming = Backoff(self._backoff, LONGEST_RESUME)
            await session.run(gateway, resuming, commands, tree(commands, self._language))
        except ExceptionGroup as several:
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError from None  # Python 3.11 loses it when a task fails at that moment
            raise several.exceptions[0] from None
        finally:
            await hung_up(gateway)

    # ---- out ---------------------------------------------------------------------------------------

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        """An interaction is answered in its place while it can be, with a file by a message that refers to nothing;
        a message is answered by one that refers to it.
        """
        text = emit(body)
        handle = Handle.of(reply_to)
        if handle and not body.file and (ref := await self._answers.give(handle, content(text, body))):
            return ref
        reply_to = None if handle else reply_to
        forgotten = key.since is not None and self._now() - key.since > NONCE_HOLDS
        if forgotten and (ref := await self._said_already(to, body, reply_to, key)):
            return ref
        message = content(text, body) | {"nonce": key.id, "enforce_nonce": True}
        reference = {"message_id": reply_to.id, "fail_if_not_exists": False} if reply_to else None
        try:
            return await self._post(to, message | ({"message_reference": reference} if reference else {}), body.file)
        except NoHistory:
            return await self._post(to, message, body.file)

    async def _post(self, to: Address, message: Mapping[str, Any], file: File | None) -> MessageRef:
        if file:
            return _ref(await self._rest.upload(_MESSAGES, message, file, channel_id=to.chat))
        return _ref(await self._rest.call("POST", _MESSAGES, json=message, channel_id=to.chat))

    async def _said_already(self, to: Address, body: Body, reply_to: MessageRef | None, key: Key) -> MessageRef | None:
        """The message that an earlier try has left, now that Discord doesn't remember its nonce any more."""
        assert key.since is not None
        after = max(parse.snowflake(key.since - SKEW), int(reply_to.id) if reply_to else 0)
        params = {"limit": LOOK_BACK, "after": str(after)}
        for message in await self._rest.call("GET", _MESSAGES, params=params, channel_id=to.chat):
            answered = (message.get("message_reference") or {}).get("message_id")
            refers = answered in (None, reply_to.id if reply_to else None)  # to nothing: the question was deleted
            same = refers and says(message, body)
            if message["author"]["id"] == self._me and (same or message.get("nonce") == key.id):
                return _ref(message)
        return None

    async def edit(self, ref: MessageRef, body: Body) -> None:
        changes = content(emit(body), body)
        if not await self._answers.edit(ref, changes):
            await self._rest.call("PATCH", _MESSAGE, json=changes, channel_id=ref.chat, message_id=ref.id)

    async def delete(self, ref: MessageRef) -> None:
        try:
            if not await self._answers.delete(ref):
                await self._rest.call("DELETE", _MESSAGE, channel_id=ref.chat, message_id=ref.id)
        except Gone:
            log.debug("discord: message %s was deleted already", ref.id)

    async def finish(self, refs: Sequence[MessageRef]) -> None:
        """An interaction that is not answered any more must not be shown as "thinking" for ever."""
        self._answers.forget(refs)
        for handle in (handle for ref in refs if (handle := Handle.of(ref))):
            await self._answers.withdraw(handle)

    async def typing(self, to: Address) -> None:
        await self._rest.call("POST", "/channels/{channel_id}/typing", channel_id=to.chat)


def _ref(message: dict[str, Any]) -> MessageRef:
    return MessageRef(parse.NAME, str(message["channel_id"]), str(message["id"]))
