"""The model behind an OpenAI-compatible HTTP endpoint."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.messages import Sampling
from model import wire
from model.answering import Text, looked_up
from model.bridge import Answer, Bridge, EngineDead
from model.engine import Engine
from model.http import HANDLERS, EventStream, KeyCheck, read_body, unless_gone
from model.lookups import Lookups
from model.metrics import Metrics
from model.prompt import Renderer
from model.repertoire import Repertoire
from model.stops import Stops
from model.wire import NO_LOOKUP, Ask, Chat, ChatForm, Completion, CompletionForm, Form, Refusal, Usage

HEALTH_DEADLINE = 10.0  # seconds for one token

# How an answer that the model could not finish is refused.
_FAILURES = {
    "error": (503, "the model failed on this request", "model_error"),
    "memory": (503, "there is no memory left for this request: try again later", "out_of_memory"),
}


@dataclass(frozen=True, slots=True)
class Serving:
    """A model that is ready to be served.

    name         what it answers under when a request names no model
    adapters     every name that a request may use, and the engine's adapter for it; "": the model as it is
    repertoires  what is said to a chat instead of the model's own words, by the engine's adapter
    """

    name: str
    renderer: Renderer
    engine: Engine
    defaults: Sampling
    adapters: Mapping[str, str] = field(default_factory=dict)
    repertoires: Mapping[str, Repertoire] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that the engine has accepted."""

    form: Form
    answer: Answer
    text: Text
    prompt_length: int
    usage: bool


class _Endpoint:
    def __init__(self, serving: Serving, on_ready: Callable[[], None], on_death: Callable[[], None]) -> None:
        self._serving = serving
        self._on_ready = on_ready
        self._on_death = on_death
        self._created = int(time.time())
        self._metrics = Metrics()
        self._bridge: Bridge
        self._lookups = Lookups(lambda: serving.engine.room)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Open for as long as the engine's thread runs; open means that it has written a token."""
        self._bridge = Bridge(self._serving.engine, self._on_death)
        self._expose()
        self._bridge.start()
        try:
            if not await self._bridge.alive(deadline=60 * HEALTH_DEADLINE):  # a GPU compiles its kernels first
                raise EngineDead("the model read nothing")
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
        names = sorted({self._serving.name, *self._serving.adapters})
        about = {"object": "model", "created": self._created, "owned_by": "irang"}
        return JSONResponse({"object": "list", "data": [{"id": name, **about} for name in names]})

    async def metrics(self, _: Request) -> Response:
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4")

    async def chat(self, request: Request) -> Response:
        ask = wire.read(await read_body(request), Chat)
        try:
            rendered = await asyncio.to_thread(self._serving.renderer.render, ask.prompt, self._room(ask.sampling))
        except ValueError as error:
            raise Refusal(400, str(error), "invalid_value", "messages") from None
        form = ChatForm(self._named(ask), rendered.kept)
        known = await unless_gone(request, self._known(request, ask))
        return await self._answer(request, ask, rendered.ids, form, known)

    async def completion(self, request: Request) -> Response:
        ask = wire.read(await read_body(request), Completion)
        ids = await asyncio.to_thread(self._serving.renderer.encode, ask.prompt)
        return await self._answer(request, ask, ids, CompletionForm(self._named(ask)))

    async def _answer(
        self, request: Request, ask: Ask, ids: Sequence[int], form: Form, known: Answer | None = None
    ) -> Response:
        answer = known or await self._submit(ids, ask, self._serving.adapters.get(form.model, ""))
        text = Text(answer, self._serving.renderer, Stops(ask.sampling.stop or ()), self._bridge)
        asked = _Asked(form, answer, text, len(ids), ask.wants_usage)
        if ask.stream:
            return EventStream(self._events(asked), lambda: self._close(asked))
        try:
            return await unless_gone(request, self._whole(asked))
        finally:
            self._close(asked)

    def _named(self, ask: Ask) -> str:
        """The model that shall answer. Raises Refusal for one that is not here."""
        if ask.model in ("", "irang", self._serving.name):
            return self._serving.name
        if ask.model not in self._serving.adapters:
            raise Refusal(404, f"the model here is {self._serving.name}", "model_not_found", "model")
        return ask.model

    async def _known(self, request: Request, ask: Chat) -> Answer | None:
        """An answer that somebody wrote, unless the model itself is wanted; none has a word that is banned."""
        serving, sampling = self._serving, ask.sampling
        repertoire = serving.repertoires.get(serving.adapters.get(self._named(ask), ""))
        if repertoire is None or NO_LOOKUP.items() <= dict(request.headers).items():
            return None
        text = await self._lookups.answer(repertoire, ask.prompt, sampling.seed)
        if any(word in text for word in sampling.bad_words or ()):
            return None
        return looked_up(serving.renderer.encode(text), sampling.max_tokens)

    async def _submit(self, ids: Sequence[int], ask: Ask, adapter: str) -> Answer:
        banned = self._banned(ask.sampling.bad_words or ())
        try:
            return await self._bridge.submit(ids, ask.sampling, banned, adapter, ask.priority)
        except ValueError as error:
            asked_in = "prompt" if isinstance(ask, Completion) else "messages"
            raise Refusal(400, str(error), "invalid_value", asked_in) from None
        except EngineDead:
            raise Refusal(503, "the model is restarting", "model_error") from None

    def _banned(self, words: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Each word as it is written at a text's start and after a blank."""
        spelled = (self._serving.renderer.encode(text) for word in words for text in (word, f" {word}"))
        return tuple(tuple(ids) for ids in spelled if ids)

    def _close(self, asked: _Asked) -> None:
        """Free the slot, and count how it went."""
        asked.answer.close()
        self._metrics.requests.labels(asked.text.finish or "left").inc()
        self._metrics.prompt_tokens.inc(asked.prompt_length)
        self._metrics.tokens.inc(asked.text.tokens)
        if asked.answer.first is not None:
            self._metrics.first_token.observe(asked.answer.first - asked.answer.begun)

    def _expose(self) -> None:
        engine, kept = self._serving.engine, self._serving.engine.kept
        gauge = self._metrics.gauge
        gauge("irang_model_running", "Requests that are being written", lambda: engine.running)
        gauge("irang_model_waiting", "Requests that wait for a slot", lambda: engine.waiting)
        gauge("irang_model_paused", "Those of them that are half written", lambda: engine.paused)
        gauge("irang_model_steps", "Steps in which the model read for somebody", lambda: self._bridge.steps)
        gauge("irang_model_kept_hits", "Prompts whose beginning was read before", lambda: kept.hits)
        gauge("irang_model_kept_misses", "Prompts whose beginning was new", lambda: kept.misses)
        gauge("irang_model_kept_bytes", "Bytes of keys and values that are kept", lambda: kept.size)

    def _room(self, sampling: Sampling) -> int:
        """What the answer leaves of the window to the prompt; the answer gets half of it at most."""
        context = self._serving.engine.context
        longest = sampling.max_tokens or self._serving.defaults.max_tokens or context
        return context - min(longest, context // 2)

    async def _events(self, asked: _Asked) -> AsyncIterator[str]:
        if opening := asked.form.opening():
            yield wire.event(opening)
        async for piece in asked.text.pieces():
            yield wire.event(asked.form.piece(piece)) if piece else wire.KEEP_ALIVE
        if failure := _FAILURES.get(asked.text.finish):
            yield wire.event(Refusal(*failure).body())
            return
        yield wire.event(asked.form.last(asked.text.finish))
        if asked.usage:
            yield wire.event(asked.form.usage(Usage(asked.prompt_length, asked.text.tokens)))
        yield wire.DONE

    async def _whole(self, asked: _Asked) -> Response:
        text = "".join([piece async for piece in asked.text.pieces()])
        if failure := _FAILURES.get(asked.text.finish):
            raise Refusal(*failure)
        return JSONResponse(asked.form.whole(text, asked.text.finish, Usage(asked.prompt_length, asked.text.tokens)))


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
            Route("/v1/chat/completions", endpoint.chat, methods=["POST"]),
            Route("/v1/completions", endpoint.completion, methods=["POST"]),
            Route("/v1/models", endpoint.models),
            Route("/health", endpoint.health),
            Route("/metrics", endpoint.metrics),
        ],
        middleware=[Middleware(KeyCheck, key=key)] if key else [],
        exception_handlers=HANDLERS,
        lifespan=endpoint.lifespan,
    )
