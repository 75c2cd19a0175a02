"""Server-sent events that end with their client, at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

KEEP_ALIVE = ": \n\n"


def event(name: str, data: BaseModel | Mapping[str, object]) -> str:
    text = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {text}\n\n"


class EventStream(StreamingResponse):
    """Whoever hangs up is noticed before the next event, so that nothing is kept for them."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[str]) -> None:
        super().__init__(events, headers={"X-Accel-Buffering": "no"})
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.ensure_future(self.stream_response(send))
        leaving = asyncio.ensure_future(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._events.aclose()


async def paced(events: AsyncIterator[str | None], every: float = 15.0) -> AsyncGenerator[str]:
    """The events, with a sign of life where there was None for `every` seconds."""
    loop = asyncio.get_running_loop()
    last = loop.time()
    async for each in events:
        if each is None and loop.time() - last < every:
            continue
        last = loop.time()
        yield KEEP_ALIVE if each is None else each


async def gone(request: Request) -> None:
    """Ends when the client hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
