"""`irang check`: what would keep the bot from working, each finding with its remedy."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.backends import model_folder
from bot.config import EndpointSettings, Settings, secret

_SAFE_SQLITE = (3, 51, 3)
_MESSAGE_CONTENT = 1 << 18 | 1 << 19  # Discord: GATEWAY_MESSAGE_CONTENT, …_LIMITED
_ROOM = 1_000_000_000  # bytes of disk below which a bot soon stands still


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do when that is not fine."""

    what: str
    found: str
    remedy: str = ""

    @property
    def fine(self) -> bool:
        return not self.remedy

    def __str__(self) -> str:
        return f"{self.what}: {self.found}" + (f": {self.remedy}" if self.remedy else "")


async def examine(settings: Settings, root: Path) -> list[Finding]:
    """Every finding, in the order in which somebody would look. Asks each platform once who the bot is."""
    here = [_sqlite(), _data(settings, root), await asyncio.to_thread(_model, settings, root), _gpu()]
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        there = [
            *[await _endpoint(host, client) for host in settings.model.hosts],
            *await _telegram(settings, client),
            *await _discord(settings, client),
        ]
    return [Finding("config", "every setting is understood"), *here, *there]


def _sqlite() -> Finding:
    version = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    note = (
        "" if version >= _SAFE_SQLITE else " (before 3.51.3 two writers could damage the database: a lock prevents it)"
    )
    return Finding("SQLite", f"{sqlite3.sqlite_version}{note}")


def _data(settings: Settings, root: Path) -> Finding:
    folder = root / settings.bot.data
    nearest = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
    if not nearest.is_dir():
        return Finding("data folder", f"{nearest} is no folder", "move that file, or set another [bot] data")
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding("data folder", f"{nearest} can't be written", "change its owner, or set another [bot] data")
    free = shutil.disk_usage(nearest).free
    if free < _ROOM:
        return Finding("data folder", f"{folder} has {free / 1e9:.1f} GB free", "make room, or set another [bot] data")
    return Finding("data folder", f"{folder} ({free / 1e9:.0f} GB free)")


def _model(settings: Settings, root: Path) -> Finding:
    if settings.model.hosts:
        return Finding("model", f"at {', '.join(host.url for host in settings.model.hosts)}")
    folder = model_folder(settings, root)
    missing = [name for name in ("config.json", "tokenizer.json", "model.safetensors") if not (folder / name).exists()]
    if missing and not list(folder.glob("*.safetensors.index.json")):
        return Finding(
            "model", f"{folder} lacks {', '.join(missing)}", "set [model] folder to a safetensors model folder"
        )
    return Finding("model", str(folder))


def _gpu() -> Finding:
    import torch

    if not torch.cuda.is_available():
        return Finding("GPU", f"none: the model runs on {torch.get_num_threads()} CPU threads")
    free, total = torch.cuda.mem_get_info()
    return Finding("GPU", f"{torch.cuda.get_device_name()} ({free / 2**30:.0f} of {total / 2**30:.0f} GiB free)")


async def _endpoint(host: EndpointSettings, client: httpx.AsyncClient) -> Finding:
    key = secret(host.key_env)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = await _ask(lambda: client.get(f"{host.url}/models", headers=headers))
    if isinstance(answer, str):
        return Finding("model endpoint", answer, f"start the server at {host.url}, or correct [model] in config.toml")
    if answer.status_code in (401, 403):
        return Finding("model endpoint", f"{host.url} wants another key", f"put it into {host.key_env}")
    return Finding("model endpoint", f"{host.url} answers")


async def _telegram(settings: Settings, client: httpx.AsyncClient) -> list[Finding]:
    variable = settings.telegram.token_env
    if not settings.telegram.enabled:
        return [Finding("Telegram", "switched off in config.toml")]
    if not (token := secret(variable)):
        return [Finding("Telegram", f"off: {variable} is not set")]
    answer = await _ask(lambda: client.get(f"{settings.telegram.api}/bot{token}/getMe"))
    if isinstance(answer, str):
        return [Finding("Telegram", answer, f"check the network, or [telegram] api = {settings.telegram.api}")]
    me = _object(answer).get("result")
    if not isinstance(me, dict):
        return [Finding("Telegram", "doesn't know this token", f"copy it again from @BotFather into {variable}")]
    return [Finding("Telegram", f"@{me.get('username')}"), _privacy(me)]


def _privacy(me: dict[str, Any]) -> Finding:
    if me.get("can_read_all_group_messages"):
        return Finding("Telegram privacy mode", "off: the bot hears its name in groups")
    heard = "on: in groups mentions, replies and commands are heard, the bare name is not (@BotFather /setprivacy)"
    return Finding("Telegram privacy mode", heard)


async def _discord(settings: Settings, client: httpx.AsyncClient) -> list[Finding]:
    variable = settings.discord.token_env
    if not settings.discord.enabled:
        return [Finding("Discord", "switched off in config.toml")]
    if not (token := secret(variable)):
        return [Finding("Discord", f"off: {variable} is not set")]
    headers = {"Authorization": f"Bot {token}"}
    answer = await _ask(lambda: client.get(f"{settings.discord.api}/applications/@me", headers=headers))
    if isinstance(answer, str):
        return [Finding("Discord", answer, f"check the network, or [discord] api = {settings.discord.api}")]
    if answer.status_code != 200:
        return [Finding("Discord", "doesn't know this token", f"reset and copy it on the Bot page into {variable}")]
    return [Finding("Discord", str(_object(answer).get("name"))), _intent(settings, _object(answer))]


def _intent(settings: Settings, application: dict[str, Any]) -> Finding:
    flags = application.get("flags")
    granted = isinstance(flags, int) and bool(flags & _MESSAGE_CONTENT)
    if settings.discord.message_content and not granted:
        remedy = "switch on Message Content Intent on the Bot page, or set [discord] message_content = false"
        return Finding("Discord message content", "asked for in config.toml, not granted", remedy)
    wanted = settings.discord.message_content
    return Finding("Discord message content", "heard" if wanted else "not asked for: mentions and direct messages work")


async def _ask(call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response | str:
    """The answer, or in words why there is none; never the address, which may hold a token."""
    try:
        answer = await call()
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # the last: a token that is no plain ASCII
        return f"no answer ({type(error).__name__})"
    return f"no answer (HTTP {answer.status_code})" if answer.status_code >= 500 else answer


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
