"""Calls to the Bot API: python-telegram-bot's Bot, whose every failure leaves as the PlatformError that it means."""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Any

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.errors import BadToken, Moved, PlatformError, Refused, Throttled, Uncertain, Unreachable

HEARD = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
LONG_POLL = 25  # seconds that Telegram may hold getUpdates open
PAUSE = 5.0  # seconds to wait on a 429 that names none

_TOKEN = re.compile(r"\d{6,}:[\w-]{20,}")


class Failed(TelegramError):
    """Carries our error through python-telegram-bot, which wraps whatever is not of its own kind."""

    def __init__(self, error: PlatformError) -> None:
        super().__init__(str(error))
        self.error = error


class Request(HTTPXRequest):
    """One HTTP exchange. What goes wrong leaves as Failed: without URL, token or what the server's page said.

    python-telegram-bot would put the token, people's words or a whole page into its messages, and its RetryAfter
    warns of a deprecation each time that one is made.
    """

    latency: float | None = None  # seconds that the last answer took

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        began = time.monotonic()
        try:
            status, payload = await super().do_request(*args, **kwargs)
        except (TelegramError, UnicodeError, httpx.InvalidURL, RuntimeError) as error:
            raise Failed(unanswered(error.__cause__ or error)) from None
        self.latency = time.monotonic() - began
        if status != 200:
            raise Failed(turned_down(status, payload))
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The parent logs what it can't read."""
        answer = _answer(payload)
        if "result" not in answer:
            raise Failed(Uncertain("telegram: an answer that is not Telegram's"))
        return answer


class Api(Bot):
    """The Bot API. Its calls raise PlatformError."""

    # The parent logs the token and what people write at DEBUG.
    _LOGGER = logging.Logger("telegram.Bot", logging.CRITICAL)

    async def _post(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._post(*args, **kwargs)
        except Failed as failed:
            raise failed.error from None
        except TelegramError as error:
            raise Uncertain(f"telegram: {type(error).__name__}") from None

    async def updates(self, offset: int | None) -> list[object]:
        """What is new, as Telegram sent it: one update that can't be parsed must not hide the others.

        Everything before `offset` counts as received and is not sent again.
        """
        wish = {"offset": offset, "timeout": LONG_POLL, "allowed_updates": HEARD}
        found = await self._post("getUpdates", wish, read_timeout=LONG_POLL + 10)
        return found if isinstance(found, list) else []


def unanswered(cause: BaseException) -> PlatformError:
    """What it means that a request got no answer: only some causes prove that it never left."""
    reason = type(cause).__name__
    match cause:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError():
            return Unreachable(f"telegram: no connection ({reason})")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | RuntimeError():
            return Unreachable(f"telegram: the request could not be made ({reason})")
        case UnicodeError():
            return Refused("telegram: a text that is not Unicode")
        case _:
            return Uncertain(f"telegram: no answer ({reason})")


def turned_down(status: int, payload: bytes) -> PlatformError:
    """What an answer other than 200 means; https://core.telegram.org/bots/api#making-requests."""
    answer = _answer(payload)
    parameters = answer.get("parameters") or {}
    if "migrate_to_chat_id" in parameters:
        return Moved(str(parameters["migrate_to_chat_id"]))
    said = f"telegram: {_TOKEN.sub('[token]', str(answer.get('description', 'HTTP')))[:200]} ({status})"
    match status:
        case 429:
            return Throttled(float(parameters.get("retry_after", PAUSE)))
        case 401 | 404:  # 404: a token of the wrong shape, or a server that is not the Bot API
            return BadToken(f"telegram: token refused ({status}): take one from @BotFather, and check [telegram] api")
        case 409:
            return Refused(f"{said}: another program uses this token: stop it, or give this one a token of its own")
        case 502 | 503 | 300 | 301 | 302 | 303 | 307 | 308:
            return Unreachable(said)
        case _ if 400 <= status < 500:
            return Refused(said)
        case _:
            return Uncertain(said)


def _answer(payload: bytes) -> dict[str, Any]:
    """The JSON object of an answer, {} when it is none (a proxy's page)."""
    try:
        answer = json.loads(payload)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
