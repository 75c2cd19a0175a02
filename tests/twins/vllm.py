"""vLLM's OpenAI server as our client meets it: strict where it is strict, different where it differs from ours.

No model is in it: every answer is `words`, a chunk for each. What it does is taken from vLLM's own source, read in the
stored copies of vllm-project/vllm, main of 2026: entrypoints/openai/chat_completion/{protocol,serving}.py (requests,
chunks), entrypoints/serve/utils/{error_response,server_utils,sse_keep_alive}.py (errors, keys, signs of life),
v1/engine/__init__.py (reasons to end). Asked without `stream` it answers 501: our client never asks so.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from model import sockets

Trouble = Literal[
    "overloaded",  # --max-num-queued-reqs is reached: 503
    "overloaded late",  # the same, found out when the stream has begun: an error event under the status 200
    "too many",  # 429, as a proxy in front of it says it
    "engine dead",  # 500
    "generation error",  # an error event in the middle of the stream
    "abort",  # it is told to pause or to end: the answer stops where it is, with that reason
    "cut",  # the connection ends in mid-stream
]

# Fields of a chat request that change anything; others are ignored with a warning in its log.
KNOWN = {
    "messages", "model", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "max_tokens",
    "max_completion_tokens", "n", "presence_penalty", "response_format", "seed", "stop", "stream", "stream_options",
    "temperature", "top_p", "tools", "tool_choice", "reasoning_effort", "include_reasoning", "parallel_tool_calls",
    "user", "use_beam_search", "top_k", "min_p", "repetition_penalty", "length_penalty", "stop_token_ids",
    "include_stop_str_in_output", "ignore_eos", "min_tokens", "skip_special_tokens", "truncate_prompt_tokens",
    "bad_words", "echo", "add_generation_prompt", "continue_final_message", "chat_template_kwargs", "priority",
}  # fmt: skip
_ROLES = {"system", "developer", "user", "assistant", "tool"}
# What its SamplingParams refuses, each with the words that begin the message.
_LIMITS: dict[str, tuple[float, float]] = {
    "temperature": (0.0, float("inf")), "top_p": (1e-9, 1.0), "top_k": (-1, float("inf")),
    "repetition_penalty": (1e-9, float("inf")), "max_tokens": (1, float("inf")), "min_tokens": (0, float("inf")),
}  # fmt: skip


@dataclass
class Vllm:
    """One `vllm serve`, and how it shall behave.

    context    tokens of prompt and answer; a character is one token here
    reasoning  what a reasoning parser has split off; it comes first, in `thought_field`
    old_form   errors as older releases write them
    breath     seconds without a word before the answer, with --sse-keep-alive-interval at a tenth of that
    troubles   what happens to the next requests, one each
    """

    name: str = "irang"
    words: tuple[str, ...] = ("안", "녕", "하세요")
    key: str = ""
    context: int = 4096
    reasoning: tuple[str, ...] = ()
    thought_field: str = "reasoning"
    old_form: bool = False
    breath: float = 0.0
    troubles: deque[Trouble] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    url: str = ""


class _Cut(Exception):
    """uvicorn answers it by closing the connection."""


@asynccontextmanager
async def vllm(fake: Vllm) -> AsyncIterator[Vllm]:
    """Serve it on loopback; `fake.url` is what config.toml would name."""
    listener = sockets.bind_tcp("127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    config = uvicorn.Config(_app(fake), log_config=None, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield fake
    finally:
        server.should_exit = True
        await serving


def _app(fake: Vllm) -> Starlette:
    async def models(request: Request) -> Response:
        return _unauthorized(fake, request) or JSONResponse({"object": "list", "data": [_card(fake)]})

    async def chat(request: Request) -> Response:
        return _unauthorized(fake, request) or await _chat(fake, request)

    async def health(_: Request) -> Response:
        return Response(status_code=200)  # without a body, and without a key

    routes = [
        Route("/v1/models", models),
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/health", health),
    ]
    return Starlette(routes=routes)


def _unauthorized(fake: Vllm, request: Request) -> Response | None:
    if fake.key and request.headers.get("authorization") != f"Bearer {fake.key}":
        return JSONResponse({"error": "Unauthorized"}, 401)
    return None


def _card(fake: Vllm) -> dict[str, Any]:
    about = {"object": "model", "created": 1, "owned_by": "vllm", "root": "/models/irang", "parent": None}
    return {"id": fake.name, **about, "max_model_len": fake.context, "permission": []}


async def _chat(fake: Vllm, request: Request) -> Response:
    asked = await request.json()
    fake.requests.append(asked)
    fake.ignored |= asked.keys() - KNOWN
    trouble = fake.troubles.popleft() if fake.troubles else None
    match trouble:
        case "overloaded":
            return _refuse(fake, 503, "ServiceUnavailableError", "The server has too many requests in flight.")
        case "too many":
            return Response("slow down", 429, media_type="text/plain")
        case "engine dead":
            return _refuse(fake, 500, "InternalServerError", "EngineCore encountered an issue.")
    if refused := _invalid(fake, asked):
        return refused
    return StreamingResponse(_events(fake, asked, trouble), media_type="text/event-stream")


def _invalid(fake: Vllm, asked: dict[str, Any]) -> Response | None:
    """What it finds fault with before it begins, in its own order."""
    if asked.get("model") and asked["model"] != fake.name:
        return _refuse(fake, 404, "NotFoundError", f"The model `{asked['model']}` does not exist.", "model")
    messages = asked.get("messages")
    if not isinstance(messages, list) or not all(_is_message(one) for one in messages):
        return _refuse(fake, 400, "BadRequestError", "1 validation error for ChatCompletionRequest", "messages")
    for name, (least, most) in _LIMITS.items():
        value = asked.get(name)
        if value is not None and not (isinstance(value, int | float) and least <= value <= most):
            return _refuse(fake, 400, "BadRequestError", f"{name} must be in [{least}, {most}], got {value}.", name)
    if asked.get("stream_options") and not asked.get("stream"):
        return _refuse(fake, 400, "BadRequestError", "Stream options can only be defined when `stream=True`.")
    if not asked.get("stream"):
        return _refuse(fake, 501, "NotImplementedError", "this twin only streams")
    return _too_long(fake, messages, asked.get("max_completion_tokens") or asked.get("max_tokens") or 0)


def _too_long(fake: Vllm, messages: list[dict[str, Any]], wanted: int) -> Response | None:
    length = sum(len(message["content"]) for message in messages)
    if length + wanted <= fake.context and length < fake.context:
        return None
    told = f"This model's maximum context length is {fake.context} tokens. However, your request has {length} "
    return _refuse(fake, 400, "BadRequestError", f"{told}input tokens: {messages[-1]['content']}", "input_tokens")


def _is_message(one: Any) -> bool:
    return isinstance(one, dict) and one.get("role") in _ROLES and isinstance(one.get("content"), str)


def _refuse(fake: Vllm, status: int, kind: str, message: str, param: str | None = None) -> Response:
    return JSONResponse(_error(fake, status, kind, message, param), status)


def _error(fake: Vllm, status: int, kind: str, message: str, param: str | None = None) -> dict[str, Any]:
    told = {"message": message, "type": kind, "param": param, "code": status}
    return {"object": "error", **told} if fake.old_form else {"error": told}


async def _events(fake: Vllm, asked: dict[str, Any], trouble: Trouble | None) -> AsyncIterator[str]:
    for _ in range(10 if fake.breath else 0):
        await asyncio.sleep(fake.breath / 10)
        yield ": keep-alive\n\n"
    if trouble == "overloaded late":
        yield _event(_error(fake, 503, "ServiceUnavailableError", "too many requests in flight"))
        yield "data: [DONE]\n\n"
        return
    yield _chunk(fake, {"role": "assistant", "content": ""})
    for thought in fake.reasoning:
        yield _chunk(fake, {fake.thought_field: thought})
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens") or len(fake.words) + 1
    written = fake.words[:limit]
    for number, word in enumerate(written):
        if number == 1 and trouble in ("generation error", "abort", "cut"):
            break
        last = number == len(fake.words) - 1
        yield _chunk(fake, {"content": word}, "stop" if last else None)
    match trouble:
        case "cut":
            raise _Cut
        case "generation error":
            yield _event({"error": _error(Vllm(), 500, "InternalServerError", "Internal server error")["error"]})
            yield "data: [DONE]\n\n"
            return
        case "abort":
            yield _chunk(fake, {"content": ""}, "abort")
        case _ if len(written) < len(fake.words):
            yield _chunk(fake, {"content": ""}, "length")
    if (asked.get("stream_options") or {}).get("include_usage"):
        usage = {"prompt_tokens": 1, "total_tokens": 1 + len(written), "completion_tokens": len(written)}
        yield _event({**_head(fake), "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _chunk(fake: Vllm, delta: dict[str, str], finish: str | None = None) -> str:
    choice: dict[str, Any] = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    if finish:
        choice |= {"stop_reason": None}
    return _event({**_head(fake), "choices": [choice]})


def _head(fake: Vllm) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": fake.name}


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"
