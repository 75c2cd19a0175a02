"""An OpenAI-compatible endpoint that answers by rote, in pieces, in a fraction of a second."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.kill.questions import answer, asked_in, pieces

_PIECES = 6
_PAUSE = 0.05  # seconds before each piece


class Endpoint:
    """`async with Endpoint(changed) as model:` serves at model.url; `changed` is called after every piece.

    `said` counts pieces, `finished` whole answers.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.url = ""
        self.said = 0
        self.finished = 0
        self._changed = changed

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        messages = (await request.json())["messages"]
        question = asked_in(messages[-1]["content"])
        text = answer(question) if question else "무슨 말인지 모르겠어요."
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        try:
            await response.prepare(request)
            for piece in pieces(text, _PIECES):
                await asyncio.sleep(_PAUSE)
                await response.write(_chunk({"content": piece}))
                self.said += 1
                self._changed()
            await response.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
            self.finished += 1
            self._changed()
        except ConnectionError:  # the bot was killed while we spoke
            return response
        return response


def _chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "rote", "choices": [choice]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()
