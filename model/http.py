"""HTTP round the endpoint: its key, bodies that end, clients who hang up, and every refusal in the protocol's form."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from model.schedule import QueueFull
from model.wire import Refusal

T = TypeVar("T")

LONGEST_BODY = 1_000_000  # bytes; far above what any window takes


class EventStream(StreamingResponse):
    """Server-sent events whose request leaves the engine with the client, even before the first byte went out."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str], close: Callable[[], None]) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


class KeyCheck:
    """Lets nobody in without the key."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._expected = f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                refusal = Refusal(401, "the key is missing or wrong", "invalid_api_key")
                await JSONResponse(refusal.body(), 401)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Refusal(413, f"the body is longer than {LONGEST_BODY} bytes", "too_long")
    return bytes(body)


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What `work` comes to, unless the client hangs up before."""
    answering = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise ClientDisconnect
        return answering.result()
    finally:
        answering.cancel()
        leaving.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def _refuse(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return JSONResponse(refusal.body(), refusal.status)


async def _refuse_full(request: Request, _: Exception) -> Response:
    return await _refuse(request, Refusal(429, "too many requests are waiting: try again later", "queue_full"))


async def _refuse_http(_: Request, error: Exception) -> Response:
    """Unknown paths and methods, in the protocol's form."""
    assert isinstance(error, HTTPException)
    refusal = Refusal(error.status_code, error.detail, error.detail.lower().replace(" ", "_"))
    return JSONResponse(refusal.body(), error.status_code, headers=error.headers)


async def _broken(_: Request, __: Exception) -> Response:
    """A fault of ours; starlette raises it again, so that it is logged."""
    return JSONResponse(Refusal(500, "something broke while this was answered", "internal_error").body(), 500)


async def _nobody(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nginx' number for a client that has left; nobody reads it


HANDLERS: Mapping[Any, ExceptionHandler] = {
    Refusal: _refuse,
    QueueFull: _refuse_full,
    HTTPException: _refuse_http,
    ClientDisconnect: _nobody,
    500: _broken,
}
