"""What the bot talks to a model with: any endpoint that speaks OpenAI's chat completions, ours or another's."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.errors import BackendBusy, BackendDown, BackendError, BackendRefused
from bot.messages import Piece, Prompt
from model import fitting, unix
from model.reasoning import DEFAULT_TAGS, ReasoningCut
from model.sse import EventReader, TooLong
from model.wire import NO_LOOKUP

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=8)
_CONNECT = 5.0  # seconds
_TELLING = 1.5  # seconds for its figures
_DONE = "[DONE]"
_QUEUE_FULL = "queue_full"  # our server's code, which it sends with 429
_CODE = re.compile(r"[A-Za-z][\w.-]{0,63}")
_CUT_SHORT = ("abort", "error")  # an answer that vLLM gave up: its FinishReason, vllm/v1/engine/__init__.py


class _TooLong(BackendRefused):
    """The prompt does not fit the model's window, and the server has left that to us."""


@dataclass(slots=True)
class _Answer:
    """What the stream has told so far besides text."""

    model: str
    begun: bool = False
    finish: str = ""
    kept: int | None = None


class OpenAIBackend:
    """A Backend behind a URL ("http://127.0.0.1:8000/v1"), or behind a Unix socket if `uds` names one.

    model        what the endpoint calls the model; "": its only one
    key          bearer token, if the endpoint wants one
    first_token  seconds until the answer begins; a server's sign of life (an SSE comment) starts them anew
    between      seconds between two pieces
    tags         names of reasoning blocks that are cut out
    inside       the model's template opens such a block itself, so that the stream begins within it
    """

    def __init__(
        self,
        url: str,
        model: str = "",
        key: str | None = None,
        *,
        uds: Path | None = None,
        first_token: float = 60,
        between: float = 60,
        tags: Sequence[str] = DEFAULT_TAGS,
        inside: bool = False,
    ) -> None:
        self._model = model
        self._first_token = first_token
        self._between = between
        self._tags = tuple(tags)
        self._inside = inside
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            transport=unix.transport(uds, _LIMITS) if uds else httpx.AsyncHTTPTransport(limits=_LIMITS),
            timeout=httpx.Timeout(None, connect=_CONNECT),
            trust_env=False,  # no proxy between us and the model
        )

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Raises BackendDown, BackendBusy or BackendRefused. Closing it closes the connection: the slot is free.

        Where the server refuses a prompt as too long, fewer of the earlier turns are sent, and `kept` says how many.
        """
        kept: int | None = None
        while True:
            try:
                async with aclosing(self._pieces(prompt, kept)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except _TooLong:
                less = fitting.shorter(prompt)
                if less is None:
                    raise
                prompt, kept = less, fitting.kept(less)

    async def _pieces(self, prompt: Prompt, kept: int | None) -> AsyncGenerator[Piece]:
        cut = ReasoningCut(self._tags, inside=self._inside)
        answer = _Answer(self._model, kept=kept)
        async with aclosing(self._texts(prompt, answer)) as texts:
            async for text in texts:
                if shown := cut.feed(text):
                    yield Piece(shown, answer.model)
        yield Piece(cut.finish(), answer.model, answer.finish, answer.kept)

    async def well(self) -> bool:
        """Whether the endpoint answers at all, asked in a way that every server knows: for its list of models."""
        try:
            response = await self._client.get("models", timeout=_CONNECT)
        except httpx.RequestError:
            return False
        return response.status_code < httpx.codes.INTERNAL_SERVER_ERROR

    async def expositions(self) -> list[str]:
        """As Failover's, of the one endpoint."""
        return [await self.exposition()]

    async def exposition(self) -> str:
        """What the endpoint tells Prometheus at /metrics, as ours and vLLM do; "" when it tells nothing."""
        try:
            response = await self._client.get(self._client.base_url.copy_with(path="/metrics"), timeout=_TELLING)
        except httpx.HTTPError:
            return ""
        return response.text if response.status_code == httpx.codes.OK else ""

    async def close(self) -> None:
        """Let go of all connections."""
        await self._client.aclose()

    async def _texts(self, prompt: Prompt, answer: _Answer) -> AsyncGenerator[str]:
        try:
            async with aclosing(self._events(prompt, answer)) as events:
                async for event in events:
                    if text := _read(event, answer):
                        yield text
        except httpx.RequestError as error:
            raise BackendDown(f"no connection to the model: {type(error).__name__}") from error
        except TimeoutError as error:
            raise BackendDown("the model has fallen silent") from error
        except TooLong as error:
            raise BackendDown("the model's answer is not of the protocol") from error
        if not answer.finish:
            raise BackendDown("the model's answer broke off")

    async def _events(self, prompt: Prompt, answer: _Answer) -> AsyncGenerator[str]:
        """The data of each event before [DONE]. Raises TimeoutError when nothing comes in time."""
        headers = {} if prompt.lookup else NO_LOOKUP
        body = _body(self._model, prompt)
        request = self._client.build_request("POST", "chat/completions", json=body, headers=headers)
        async with asyncio.timeout(self._first_token):
            response = await self._client.send(request, stream=True)
        try:
            if response.status_code != httpx.codes.OK:
                raise await _error(response)
            reader, chunks = EventReader(), aiter(response.aiter_bytes())
            while True:
                async with asyncio.timeout(self._between if answer.begun else self._first_token):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                for event in reader.feed(chunk):
                    if event == _DONE:
                        return
                    if event is not None:
                        yield event
        finally:
            await response.aclose()


def _body(model: str, prompt: Prompt) -> dict[str, Any]:
    sampling = {name: value for name, value in asdict(prompt.sampling).items() if value is not None}
    messages = [{"role": message.role, "content": _writable(message.content)} for message in prompt.messages]
    priority = {"priority": prompt.priority} if prompt.priority else {}  # OpenAI has none; vLLM's is like ours
    return {"model": model, "messages": messages, "stream": True, **priority, **sampling}


def _writable(text: str) -> str:
    """Lone surrogates, which UTF-8 can't carry, as U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _read(event: str, answer: _Answer) -> str:
    """The text in one chunk; what else it tells goes into `answer`. Reasoning in a field of its own is left out."""
    try:
        chunk = json.loads(event)
    except (ValueError, RecursionError):
        raise BackendDown("the model's answer is not of the protocol") from None
    match chunk:
        case {"error": error} if error:
            raise _stream_error(error, answer)
        case {"object": "error"}:  # the form of older vLLM
            raise _stream_error(chunk, answer)
        case {"model": str(model)} if model:
            answer.model = model
    match chunk:
        case {"irang": {"kept": int(kept)}}:
            answer.kept = kept
    match chunk:
        case {"choices": [{"finish_reason": str(reason)}, *_]} if reason in _CUT_SHORT:
            raise BackendDown("the model's server gave up this answer")
        case {"choices": [{"finish_reason": str(reason)}, *_]}:
            answer.finish = "length" if reason == "length" else "stop"
    match chunk:
        case {"choices": [{"delta": {"content": str(text)}}, *_]} if text:
            answer.begun = True
            return text
    return ""


async def _error(response: httpx.Response) -> BackendError:
    """What a status other than 200 means. Its message is left out: it may repeat the prompt."""
    async with asyncio.timeout(_CONNECT):
        error = _told(await response.aread())
    status, code = response.status_code, _code(error)
    told = f"HTTP {status} {code}".rstrip()
    if status == httpx.codes.TOO_MANY_REQUESTS or code == _QUEUE_FULL or _is_overload(status, error):
        return BackendBusy(f"the model's queue is full ({told})")
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return BackendRefused(f"the model's endpoint does not take the key ({told})")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        return BackendDown(f"the model's endpoint failed ({told})")
    if status == httpx.codes.BAD_REQUEST and fitting.is_too_long(error):
        return _TooLong(f"the question does not fit the model's window ({told})")
    if status == httpx.codes.NOT_FOUND:
        return BackendRefused(f"the endpoint has no such model, or no such path: check url and name ({told})")
    return BackendRefused(f"the model's endpoint refused the request ({told})")


def _stream_error(error: Any, answer: _Answer) -> BackendError:
    """What an error after the status 200 means. vLLM's carry the status that came too late as a number."""
    status = error.get("code") if isinstance(error, dict) else None
    match status:
        case str() if status == _QUEUE_FULL:
            return BackendBusy("the model's queue is full")
        case 429 | 503 if not answer.begun:
            return BackendBusy(f"the model's queue is full (error {status})")
        case 400 if not answer.begun and fitting.is_too_long(error):
            return _TooLong("the question does not fit the model's window (error 400)")
        case int() if 400 <= status < 500 and not answer.begun:
            return BackendRefused(f"the model's endpoint refused the request (error {status})")
        case _:
            return BackendDown("the model failed while it was writing")


def _told(body: bytes) -> Any:
    """The error object of an answer, in the protocol's form or in that of older vLLM."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match content:
        case {"error": error}:
            return error
        case {"object": "error"}:
            return content
        case _:
            return None


def _is_overload(status: int, error: Any) -> bool:
    """vLLM's way to say that it has enough to do. A proxy's 503 has no such body and means that nobody is there."""
    match error:
        case {"code": int(code)}:
            return status == code == httpx.codes.SERVICE_UNAVAILABLE
        case _:
            return False


def _code(error: Any) -> str:
    """The error's code where it is a plain word: "model_not_found"; else its type: "NotFoundError"."""
    match error:
        case {"code": str(word)} | {"type": str(word)} if _CODE.fullmatch(word):
            return word
        case _:
            return ""
