"""REST calls: what goes wrong leaves as the PlatformError that it means, without address or token."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from json import dumps
from typing import Any, Literal

import aiohttp
import discord
from discord.http import HTTPClient, Route

from adapters.discord.markdown import emit
from bot.errors import BadToken, PlatformError, Refused, Throttled, Uncertain, Unreachable
from bot.messages import Body, File, Poll

Verb = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]

PATIENCE = 120.0  # seconds; discord.py itself waits up to 30 s for a bucket and 25 s over five tries
SIGN_IN = 30.0  # seconds that a call waits for the first session
POLL_HOURS = 24
BANNED = 60.0  # seconds to keep still when Cloudflare names none
SUPPRESS_EMBEDS = 1 << 2

_HANDLE = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?]+")


class Gone(Refused):
    """What the call is about does not exist (any more)."""


class NoHistory(Refused):
    """Where the bot may not read the history, its messages can't refer to others."""


class Rest:
    """Discord's REST API through the HTTP client of whichever session is alive; it minds the rate-limit buckets."""

    def __init__(self) -> None:
        self._http: HTTPClient | None = None
        self._ready = asyncio.Event()

    async def use(self, http: HTTPClient | None) -> None:
        """From now on calls go through `http`; the one before is closed."""
        before, self._http = self._http, http
        if http is not None:
            self._ready.set()
        else:
            self._ready.clear()
        if before is not None:
            await before.close()

    async def call(self, verb: Verb, path: str, *, json: object = None, params: object = None, **where: str) -> Any:
        """One call; waits a while for a session. Raises PlatformError."""
        given: dict[str, Any] = {"json": json} if json is not None else {"params": params} if params is not None else {}
        return await self._made(lambda: Route(verb, path, **where), given)

    async def upload(self, path: str, message: object, file: File, **where: str) -> Any:
        """Post a message with a file. Raises PlatformError."""
        return await self._made(lambda: Route("POST", path, **where), {"form": _form(message, file)})

    async def _made(self, route: Callable[[], Route], given: dict[str, Any]) -> Any:
        """`route` is asked for late: it holds the address of the API, which is set before the first session."""
        try:
            async with asyncio.timeout(SIGN_IN):
                await self._ready.wait()
        except TimeoutError:
            raise Unreachable("discord: not signed in yet") from None
        if (http := self._http) is None:
            raise Unreachable("discord: not signed in")
        try:
            async with asyncio.timeout(PATIENCE):
                return await http.request(route(), **given)
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise meaning(error) from None


def meaning(error: Exception) -> PlatformError:
    """What a failed call means for whoever made it."""
    match error:
        case discord.RateLimited():
            return Throttled(error.retry_after)
        case discord.HTTPException():
            return _answered(error)
        case discord.LoginFailure():
            return BadToken("discord: the token is not known there")
        case discord.GatewayNotFound() | aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Unreachable(f"discord: no connection ({type(error).__name__})")
        case RuntimeError():  # aiohttp: the session was closed before the call was made
            return Unreachable("discord: the connection is being replaced")
        case _:
            return Uncertain(f"discord: no answer ({type(error).__name__})")


def _answered(error: discord.HTTPException) -> PlatformError:
    """The error for an HTTP status. Codes: discord.com/developers/docs/topics/opcodes-and-status-codes."""
    said = f"discord: {error.status}, code {error.code}"
    match error.status:
        case 429:
            headers = error.response.headers
            everywhere = "Via" not in headers or headers.get("X-RateLimit-Scope") == "global"
            return Throttled(_seconds(headers.get("Retry-After")), everywhere=everywhere)
        case 401 if error.code != 50027:
            return BadToken("discord: 401, the token is not known there")
        case 401 | 404:  # 50027: an interaction's token that has run out
            return Gone(said)
        case 400 | 403 if error.code == 160002:
            return NoHistory(said)
        case 408 | 504 | 524:  # a proxy gave up waiting: it may have been done
            return Uncertain(said)
        case status if status >= 500:
            return Unreachable(said)
        case _:
            return Refused(said)


def _seconds(header: str | None) -> float:
    try:
        return float(header or BANNED)
    except ValueError:
        return BANNED


def content(text: str, body: Body) -> dict[str, Any]:
    """The part of a message that is sent and edited alike: nobody is pinged, no address unfolds."""
    if body.poll:
        return {"poll": _poll(body.poll), "allowed_mentions": discord.AllowedMentions.none().to_dict()}
    return {
        "content": text,
        "components": _rows(body),
        "allowed_mentions": discord.AllowedMentions.none().to_dict(),
        "flags": SUPPRESS_EMBEDS,
    }


def says(message: Mapping[str, Any], body: Body) -> bool:
    """Whether a message of a channel's history is this one."""
    if body.poll:
        asked = (message.get("poll") or {}).get("question") or {}
        return bool(asked.get("text") == body.poll.question[:300])
    return bool(message["content"].strip() == emit(body).strip())


def _form(message: object, file: File) -> list[dict[str, Any]]:
    """https://docs.discord.com/developers/reference#uploading-files"""
    content = file.content.encode()
    return [
        {"name": "payload_json", "value": dumps(message), "content_type": "application/json"},
        {"name": "files[0]", "value": content, "filename": file.name, "content_type": "application/octet-stream"},
    ]


def _poll(poll: Poll) -> dict[str, Any]:
    """https://docs.discord.com/developers/resources/poll#poll-create-request-object: 300 and 55 characters."""
    return {
        "question": {"text": poll.question[:300]},
        "answers": [{"poll_media": {"text": option[:55]}} for option in poll.options[:10]],
        "duration": POLL_HOURS,
        "allow_multiselect": poll.several,
    }


def _rows(body: Body) -> list[Mapping[str, Any]]:
    """Rows of five grey buttons: Discord's limit. Labels end after 80 characters: its limit as well."""
    buttons = [{"type": 2, "style": 2, "label": button.label[:80], "custom_id": button.data} for button in body.buttons]
    return [{"type": 1, "components": buttons[at : at + 5]} for at in range(0, len(buttons), 5)]


class HideHandles(logging.Filter):
    """Takes interaction tokens out of the addresses that discord.py logs when it is slowed down."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _HANDLE.sub(r"\1…", record.getMessage()), ()
        return True
