"""A provider on loopback: notes what it is asked and answers as the test says, rightly or in any wrong way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx

from bot.sources.fetching import Web

PATIENCE = 0.3  # seconds that `web` waits for a provider that says nothing


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Says:
    """One answer. `promised`: a Content-Length other than the body's; `reset`: hang up; `silent`: never answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    reset: bool = False
    silent: bool = False

    def head(self) -> bytes:
        lines = {"Content-Length": str(len(self.body) if self.promised is None else self.promised)} | dict(self.headers)
        return "\r\n".join(
            [f"HTTP/1.1 {self.status} Said", *(f"{key}: {value}" for key, value in lines.items()), "", ""]
        ).encode()


def says_json(value: object, **headers: str) -> Says:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Says(json.dumps(value).encode(), headers={"Content-Type": "application/json"} | named)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


class Provider:
    """Answers with `answers` in turn, with the last of them for ever."""

    def __init__(self) -> None:
        self.answers: list[Says] = []
        self.asked: list[Asked] = []
        self.url = ""
        self._talks: set[asyncio.Task[None]] = set()

    def will_say(self, *answers: Says) -> None:
        self.answers = list(answers)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client hung up, which is its right
        finally:
            self._talks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays."""
        self.asked.append(_request(await reader.readuntil(b"\r\n\r\n")))
        says = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if says.silent:
            await asyncio.Event().wait()
        if says.reset:
            return False
        writer.write(says.head() + says.body)
        await writer.drain()
        return says.promised is None

    async def close(self) -> None:
        for task in list(self._talks):
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)


def _request(head: bytes) -> Asked:
    first, *lines = head.decode("ascii").rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    parts = urlsplit(target)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Asked(method, parts.path, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query))), headers)


@asynccontextmanager
async def a_provider() -> AsyncIterator[Provider]:
    provider = Provider()
    server = await asyncio.start_server(provider.talk, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.close()
        await provider.close()
        await server.wait_closed()


@asynccontextmanager
async def a_web(total: float = 5.0) -> AsyncIterator[Web]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Web(client, total=total)
