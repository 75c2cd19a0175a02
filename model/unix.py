"""HTTP over a Unix socket on asyncio's own streams, which may be left at any moment.

anyio's, which httpx takes otherwise, wait for the bare socket: where a reader is cancelled in the turn of the event
loop in which that can be read, they set the result of what was cancelled, and a traceback goes to the log.
"""

# ruff: noqa: ASYNC109  httpcore's methods take their timeouts as arguments

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpcore
import httpx


def transport(socket: Path, limits: httpx.Limits) -> httpx.AsyncHTTPTransport:
    made = httpx.AsyncHTTPTransport(uds=str(socket), limits=limits)
    made._pool = httpcore.AsyncConnectionPool(  # httpx has no other way to say on which streams
        max_connections=limits.max_connections,
        max_keepalive_connections=limits.max_keepalive_connections,
        keepalive_expiry=limits.keepalive_expiry,
        uds=str(socket),
        network_backend=_Backend(),
    )
    return made


class _Backend(httpcore.AsyncNetworkBackend):
    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore.AsyncNetworkStream:
        with _told_as(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                return _Stream(*await asyncio.open_unix_connection(path))


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _told_as(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _told_as(httpcore.WriteTimeout, httpcore.WriteError):
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()

    async def aclose(self) -> None:
        self._writer.transport.abort()  # what is not sent yet, nobody will read
        with suppress(OSError):
            await self._writer.wait_closed()

    def get_extra_info(self, info: str) -> Any:
        """httpcore asks whether an idle connection can be read: then the server has hung up."""
        return self._reader.at_eof() if info == "is_readable" else None


@contextmanager
def _told_as(late: type[Exception], broken: type[Exception]) -> Iterator[None]:
    """asyncio's errors as httpcore's."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise broken(str(error)) from error
