"""The model behind an OpenAI-compatible HTTP endpoint."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.messages import Message, Sampling
from model import wire
from model.bridge import Answer, Bridge, EngineDead
from model.detokenize import Spelling
from model.engine import Engine, QueueFull
from model.prompt import Renderer
from model.wire import Form, Refusal, Usage

log = logging.getLogger(__name__)

LONGEST_BODY = 1_000_000  # bytes; far above what any window takes
KEEP_ALIVE_EVERY = 10.0  # seconds of silence after which a client is told that work goes on
HEALTH_DEADLINE = 10.0  # seconds for one token


@dataclass(frozen=True, slots=True)
class Serving:
    """A model that is ready to be served under a name."""

    name: str
    renderer: Renderer
    engine: Engine
    defaults: Sampling


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that the engine has accepted."""

    form: Form
    answer: Answer
    prompt_length: int
    usage: bool


class _Endpoint:
    def __init__(self, serving: Serving, on_ready: Callable[[], None], on_death: Callable[[], None]) -> None:
        self._serving = serving
        self._on_ready = on_ready
        self._on_death = on_death
        self._created = int(time.time())
        self._bridge: Bridge

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Open for as long as the engine's thread runs; open means that it has written a token."""
        self._bridge = Bridge(self._serving.engine, self._on_death)
        self._bridge.start()
        try:
            if not await self._bridge.alive(deadline=60 * HEALTH_DEADLINE):  # a GPU compiles its kernels first
                raise EngineDead("the model wrote no token")
            self._on_ready()
            yield
        finally:
            await self._bridge.stop()

    async def health(self, _: Request) -> Response:
        alive = await self._bridge.alive(HEALTH_DEADLINE)
        engine = self._serving.engine
        state = {"model": self._serving.name, "running": engine.running, "waiting": engine.waiting}
        if not alive:
            return JSONResponse({"status": "stuck", **state}, 503)
        return JSONResponse({"status": "ok", **state, "steps": self._bridge.steps})

    async def models(self, _: Request) -> Response:
        model = {"id": self._serving.name, "object": "model", "created": self._created, "owned_by": "irang"}
        return JSONResponse({"object": "list", "data": [model]})

    async def complete(self, request: Request) -> Response:
        ask = wire.read(await _body(request))
        if ask.model not in (self._serving.name, "irang", ""):
            raise Refusal(404, f"the model here is {self._serving.name}", "model_not_found", "model")
        asked = await self._submit(ask.prompt, ask.sampling, usage=ask.wants_usage)
        if ask.stream:
            return _EventStream(asked.answer, self._events(asked))
        try:
            return await _unless_gone(request, self._whole(asked))
        finally:
            asked.answer.close()

    async def _submit(self, messages: tuple[Message, ...], sampling: Sampling, *, usage: bool) -> _Asked:
        try:
            rendered = self._serving.renderer.render(messages, self._room(sampling))
            answer = await self._bridge.submit(rendered.ids, sampling)
        except ValueError as error:
            raise Refusal(400, str(error), "invalid_value", "messages") from None
        except QueueFull:
            raise Refusal(429, "too many requests are waiting: try again later", "queue_full") from None
        except EngineDead:
            raise Refusal(503, "the model is restarting", "model_error") from None
        return _Asked(Form(self._serving.name, rendered.kept), answer, len(rendered.ids), usage)

    def _room(self, sampling: Sampling) -> int:
        """What the answer leaves of the window to the prompt; the answer gets half of it at most."""
        context = self._serving.engine.context
        longest = sampling.max_tokens or self._serving.defaults.max_tokens or context
        return context - min(longest, context // 2)

    async def _events(self, asked: _Asked) -> AsyncIterator[str]:
        yield wire.event(asked.form.opening())
        spelling, written, finish = Spelling(self._serving.renderer.decode), 0, ""
        steps = self._bridge.steps
        while not finish:
            try:
                produced = await asyncio.wait_for(asked.answer.next(), KEEP_ALIVE_EVERY)
            except TimeoutError:
                if self._bridge.steps > steps:  # others are being answered; a stuck engine stays silent
                    yield wire.KEEP_ALIVE
                steps = self._bridge.steps
                continue
            finish = produced.finish
            if produced.token is None:
                continue
            written += 1
            if text := spelling.add(produced.token):
                yield wire.event(asked.form.piece(text))
        if finish == "error":
            yield wire.event(_model_error().body())
            return
        yield wire.event(asked.form.last(finish))
        if asked.usage:
            yield wire.event(asked.form.usage(Usage(asked.prompt_length, written)))
        yield wire.DONE

    async def _whole(self, asked: _Asked) -> Response:
        spelling, text, written, finish = Spelling(self._serving.renderer.decode), "", 0, ""
        async for produced in asked.answer:
            finish = produced.finish
            if produced.token is not None:
                written += 1
                text += spelling.add(produced.token)
        if finish == "error":
            raise _model_error()
        return JSONResponse(asked.form.whole(text, finish, Usage(asked.prompt_length, written)))


def build(
    serving: Serving,
    *,
    key: str | None = None,
    on_ready: Callable[[], None],
    on_death: Callable[[], None],
) -> Starlette:
    """The endpoint as an ASGI application.

    key       the bearer token that every request must carry; None: nobody is asked (a socket of mode 0600)
    on_ready  called once a token was really generated
    on_death  called when the engine has failed: the process should end, since it will never answer again
    """
    endpoint = _Endpoint(serving, on_ready, on_death)
    return Starlette(
        routes=[
            Route("/v1/chat/completions", endpoint.complete, methods=["POST"]),
            Route("/v1/models", endpoint.models),
            Route("/health", endpoint.health),
        ],
        middleware=[Middleware(_KeyCheck, key=key)] if key else [],
        exception_handlers={Refusal: _refuse, HTTPException: _refuse_http, ClientDisconnect: _nobody, 500: _broken},
        lifespan=endpoint.lifespan,
    )


class _EventStream(StreamingResponse):
    """Server-sent events whose request leaves the engine with the client, even before the first byte went out."""

    media_type = "text/event-stream"

    def __init__(self, answer: Answer, events: AsyncIterator[str]) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answer.close()


class _KeyCheck:
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


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Refusal(413, f"the body is longer than {LONGEST_BODY} bytes", "too_long")
    return bytes(body)


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """What `work` answers, unless the client hangs up before."""
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


def _model_error() -> Refusal:
    return Refusal(503, "the model failed on this request", "model_error")


async def _refuse(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return JSONResponse(refusal.body(), refusal.status)


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
