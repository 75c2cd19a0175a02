"""What goes wrong on purpose: a queue of faults for each method of a twin."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One call that goes wrong.

    status  answer with this HTTP status instead of doing what was asked
    body    and with exactly this text, where the platform's own JSON won't do
    retry_after  seconds, told the way the platform tells them
    cut     reset the connection "before" the call is done, or "after": done, and nobody is told
    delay   seconds before the call is looked at; a test in the same process rather sets `hold` and lets go of it
    """

    status: int = 0
    body: str | None = None
    retry_after: float | None = None
    cut: Literal["", "before", "after"] = ""
    delay: float = 0.0
    hold: asyncio.Event | None = None


def throttled(retry_after: float) -> Fault:
    return Fault(status=429, retry_after=retry_after)


def answers(status: int, body: str | None = None) -> Fault:
    return Fault(status=status, body=body)


def html(status: int = 502) -> Fault:
    """What a proxy in front of the platform says."""
    return Fault(status=status, body="<html><h1>Bad Gateway</h1></html>")


def cut_before() -> Fault:
    return Fault(cut="before")


def answer_lost() -> Fault:
    return Fault(cut="after")


def slow(seconds: float) -> Fault:
    return Fault(delay=seconds)


def held(until: asyncio.Event) -> Fault:
    return Fault(hold=until)


class Faults:
    """First in, first out, for each method; those for ANY come after a method's own."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def inject(self, method: str, *faults: Fault) -> None:
        self._waiting[method].extend(faults)

    def clear(self) -> None:
        self._waiting.clear()

    def next(self, method: str) -> Fault:
        """The fault that the next call of `method` meets; Fault() when all is well."""
        queue = self._waiting[method] or self._waiting[ANY]
        return queue.popleft() if queue else Fault()


async def linger(fault: Fault) -> None:
    """Wait as long as the fault says."""
    if fault.hold:
        await fault.hold.wait()
    if fault.delay:
        await asyncio.sleep(fault.delay)


def cut(request: web.Request) -> web.Response:
    """Reset the connection (RST, not a polite end); the response is for aiohttp and reaches nobody."""
    if request.transport is not None:
        end = request.transport.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
