"""What every request passes first: host, key, pace, kind and size; and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.web.keys import Keys
from adapters.web.rates import Rates
from adapters.web.refusal import Refusal, too_many
from bot.locale import Locale

log = logging.getLogger(__name__)

LONGEST_BODY = 65_536  # bytes; 10,000 Korean letters are 30,000, and twice that when a client writes them as \uXXXX
_SLOWEST = 10.0  # seconds that a body may take
_OPERATOR = ("/api/operator", "/metrics")
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuses what may not come in, before anything else of ours sees it.

    hosts  the names in the Host header under which we are reached: a page elsewhere that lets its own name point
           here (DNS rebinding) is refused
    open   whether a path needs no key: the files of the page, and what tells that we are alive
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: Keys,
        hosts: Collection[str],
        rates: Rates,
        open: Callable[[str], bool],
        locale: Locale,
    ) -> None:
        self._app = app
        self._keys = keys
        self._hosts = frozenset(hosts)
        self._rates = rates
        self._open = open
        self._locale = locale

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return None  # no websocket is ours: the server closes it
        send = _with_headers(send)
        try:
            self._admit(scope)
            receive = await _read(scope, receive)
        except Refusal as refusal:
            return await refusal.response(self._locale)(scope, receive, send)
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        if _name(headers.get("host", "")) not in self._hosts:
            raise Refusal(421, "unknown_host")
        if self._open(path) and scope["method"] in ("GET", "HEAD"):
            return
        kind, _, shown = headers.get("authorization", "").partition(" ")
        inner = any(path == place or path.startswith(f"{place}/") for place in _OPERATOR)
        holder = self._keys.holder(shown.strip()) if kind.lower() == "bearer" else None
        if holder is None or (inner and holder != "operator"):
            raise Refusal(401, "wrong_key", headers={"WWW-Authenticate": "Bearer"})
        if wait := self._rates.wait(holder):
            raise too_many(wait)


async def _read(scope: Scope, receive: Receive) -> Receive:
    """The whole body, counted while it comes, given on as one piece; then whatever else the connection tells."""
    headers = Headers(scope=scope)
    if scope["method"] in ("GET", "HEAD") or not ("content-length" in headers or "transfer-encoding" in headers):
        return receive
    if _declared(headers) > LONGEST_BODY:
        raise Refusal(413, "too_long", most=LONGEST_BODY)
    try:
        async with asyncio.timeout(_SLOWEST):
            body = await _counted(receive)
    except TimeoutError:
        raise Refusal(408, "too_slow") from None
    if body and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "not_json")
    return _once(body, receive)


async def _counted(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_BODY:
            raise Refusal(413, "too_long", most=LONGEST_BODY)
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _once(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def first_the_body() -> Message:
        return pending.pop() if pending else await receive()

    return first_the_body


def _declared(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _with_headers(send: Send) -> Send:
    extra = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]

    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [pair for pair in message.get("headers", []) if pair[0].lower().decode() not in _HEADERS]
            message = {**message, "headers": [*given, *extra]}
        await send(message)

    return send_with
