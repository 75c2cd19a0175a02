"""A socket beside the database over which `irang …` asks the running bot to do something: one JSON line each way."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.errors import IrangError

log = logging.getLogger(__name__)

Deed = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]

_LONGEST_PATH = 100  # bytes; Linux takes 107
_LONGEST_LINE = 64_000  # bytes


@asynccontextmanager
async def serving(path: Path, deeds: Mapping[str, Deed]) -> AsyncIterator[None]:
    """Do what is asked for by name. Only who may read the data folder can ask: the socket has its owner's mode."""
    if len(os.fsencode(path)) > _LONGEST_PATH or await _answers(path):
        log.warning("%s can't be opened: commands don't reach the running bot", path)
        yield
        return
    server = await asyncio.start_unix_server(lambda r, w: _serve(r, w, deeds), sock=_bound(path), limit=_LONGEST_LINE)
    try:
        yield
    finally:
        server.close()
        _remove(path)


async def ask(path: Path, deed: str, **facts: Any) -> Mapping[str, Any] | None:
    """What the running bot answers; None when no bot runs here. Raises IrangError with its reason when it refuses."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=_LONGEST_LINE)
    except OSError:
        return None
    try:
        writer.write(_line({"do": deed, **facts}))
        answer = _object(await reader.readline())
    finally:
        writer.close()
    if "refused" in answer:
        raise IrangError(str(answer["refused"]))
    if not answer:
        raise IrangError("the bot ended before it answered: look into its log, and try again")
    return answer


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, deeds: Mapping[str, Deed]) -> None:
    # A line that is too long raises ValueError: it is not from us. A task that is cancelled when the bot stops would
    # have Python 3.11 log a traceback from its own callback.
    with suppress(ConnectionError, ValueError, asyncio.CancelledError):
        try:
            writer.write(_line(await _done(_object(await reader.readline()), deeds)))
            await writer.drain()
        finally:
            writer.close()


async def _done(asked: Mapping[str, Any], deeds: Mapping[str, Deed]) -> Mapping[str, Any]:
    deed = deeds.get(str(asked.get("do")))
    if deed is None:
        return {"refused": "the running bot does not know this wish: restart it after an update"}
    try:
        return {"done": True, **await deed(asked)}
    except IrangError as error:
        return {"refused": str(error)}


async def _answers(path: Path) -> bool:
    """Whether another bot listens there."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True


def _bound(path: Path) -> socket.socket:
    """Takes the place of a socket that a crash left behind; nobody else can connect before its mode is right."""
    _remove(path)
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    path.chmod(0o600)
    return bound


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(line)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
