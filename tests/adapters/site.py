"""The whole bot with a scripted model behind the web adapter on a port of its own, and a client with its key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter

from adapters.web import Keys, Web
from bot.app import Bot, running
from bot.ports import Backend, Clock
from bot.surroundings import Surround, world
from tests.stage import Script, open_settings

KEYS = Keys(web="web-key-of-the-tests", operator="operator-key-of-the-tests")
PATIENCE = 20.0  # seconds after which something never came true


@dataclass
class Site:
    """A bot that is reached over HTTP. `client` has the key."""

    bot: Bot
    web: Web
    client: httpx.AsyncClient
    folder: Path

    async def ask(self, text: str, *, chat: str | None = None, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.client.post("/chatbot", json={"text": text, "chat": chat}, headers=headers)

    async def said(self, text: str, *, chat: str | None = None, key: str | None = None) -> str:
        """What is answered."""
        answer = await self.ask(text, chat=chat, key=key)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["text"])

    async def history(self, chat: str) -> list[dict[str, Any]]:
        return list((await self.client.get(f"/chats/{chat}/messages")).json()["messages"])

    async def texts(self, chat: str) -> list[str]:
        return [message["text"] for message in await self.history(chat)]

    async def become(self, chat: str, *texts: str) -> list[dict[str, Any]]:
        """Wait until the chat says exactly this, and all of it is final."""
        found: list[dict[str, Any]] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    found = await self.history(chat)
                    if [each["text"] for each in found] == list(texts) and all(each["final"] for each in found):
                        return found
                    await asyncio.sleep(0.02)
        raise AssertionError(f"never came true; to be seen: {found}")

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        return await self.bot.core.store.run(lambda db: db.execute(query).fetchall())

    @asynccontextmanager
    async def events(self, path: str, **request: Any) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
        """Server-sent events as pairs of name and content."""
        method = "POST" if "json" in request else "GET"
        async with self.client.stream(method, path, **request) as response:
            assert response.status_code == 200, await response.aread()
            yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@asynccontextmanager
async def site(
    folder: Path,
    model: Backend | None = None,
    *,
    clock: Clock | None = None,
    surround: Surround = world,
    routers: Sequence[APIRouter] = (),
    **tables: dict[str, object],
) -> AsyncIterator[Site]:
    """A second one on the same folder is a restart."""
    given: dict[str, dict[str, object]] = {"access": {"open": False}, **tables}
    given["web"] = {"listen": "127.0.0.1:0", **tables.get("web", {})}
    settings = open_settings(**given)
    web = Web(settings.web, KEYS, language=settings.bot.language, routers=routers)
    async with running(settings, folder, [web], model or Script(), clock=clock, surround=surround) as bot:
        work = asyncio.create_task(bot.run([web]))
        headers = {"Authorization": f"Bearer {KEYS.web}"}
        client = httpx.AsyncClient(base_url=web.url, headers=headers, timeout=PATIENCE, trust_env=False)
        try:
            yield Site(bot, web, client, folder)
        finally:
            await client.aclose()
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
