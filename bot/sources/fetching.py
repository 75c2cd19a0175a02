"""One GET to a source of facts: a few seconds, one megabyte, no redirects, and no address in any log or error."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from bot.errors import NotThere, SourceBusy, SourceError, SourceRefused
from bot.sources.reading import Reading, read

TOTAL_SECONDS = 5.0
CONNECT_SECONDS = 3.0
MOST_BYTES = 1_000_000
_PATIENCE = 60.0  # seconds to leave a source alone that says "too many" but not for how long
_LONGEST_PATIENCE = 86_400.0
_BROKEN = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)  # a connection reset on the way
_OURS = {"User-Agent": "irang", "Accept": "application/json", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source sent; its body is decompressed."""

    source: str
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Reading:
        """Raises SourceError when it isn't JSON."""
        return read(self.source, self.body)


class Web:
    """Asks sources through the client that was handed in; `total` and `connect` are seconds."""

    def __init__(
        self, client: httpx.AsyncClient, *, total: float = TOTAL_SECONDS, connect: float = CONNECT_SECONDS
    ) -> None:
        self.total = total
        self._client = client
        self._timeout = httpx.Timeout(total, connect=min(connect, total))

    async def get(
        self,
        source: str,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        accept: tuple[int, ...] = (200,),
    ) -> Answer:
        """The answer, when its status is one of `accept`; SourceError says what happened instead."""
        whole = httpx.URL(url, params=dict(params)) if params else httpx.URL(url)
        try:
            async with asyncio.timeout(self.total):
                answer = await self._twice(source, whole, {**_OURS, **(headers or {})})
        except (TimeoutError, httpx.TimeoutException):
            raise SourceError(source, f"no answer within {self.total:g} s") from None
        except httpx.TransportError as error:
            raise SourceError(source, f"can't be reached ({type(error).__name__})") from None
        _judge(answer, accept)
        return answer

    async def _twice(self, source: str, url: httpx.URL, headers: Mapping[str, str]) -> Answer:
        try:
            return await self._once(source, url, headers)
        except _BROKEN:  # as a rule a kept connection that the other side had closed meanwhile
            return await self._once(source, url, headers)

    async def _once(self, source: str, url: httpx.URL, headers: Mapping[str, str]) -> Answer:
        # httpx logs the URL of each request, which may hold a key or where somebody lives: it gets the host alone.
        request = self._client.build_request(
            "GET",
            url.copy_with(raw_path=b"/"),
            headers=dict(headers),
            timeout=self._timeout,
            extensions={"target": url.raw_path},
        )
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            body = _plain(source, await _received(source, response), response.headers)
        finally:
            await response.aclose()
        return Answer(source, response.status_code, response.headers, body)


async def _received(source: str, response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise SourceError(source, f"sent more than {MOST_BYTES:,} bytes")
    return bytes(body)


def _plain(source: str, body: bytes, headers: httpx.Headers) -> bytes:
    """The body without its compression, which may not hide more than we take either."""
    match headers.get("content-encoding", "identity").lower():
        case "identity" | "":
            return body
        case "gzip":
            pass
        case _:
            raise SourceError(source, "sent an encoding that we didn't ask for")
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        raise SourceError(source, "sent broken gzip") from None
    if len(plain) > MOST_BYTES:
        raise SourceError(source, f"sent more than {MOST_BYTES:,} bytes")
    if not unpacking.eof:
        raise SourceError(source, "sent broken gzip")
    return plain


def _judge(answer: Answer, accept: tuple[int, ...]) -> None:
    """Raises what the status means, unless it is one of `accept`."""
    source, status = answer.source, answer.status
    if status in accept:
        return
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        raise SourceBusy(source, _patience(answer.headers))
    if status in (401, 403):
        raise SourceRefused(source, f"refuses us ({status}): look at its key or contact in the settings")
    if status == 404:
        raise NotThere(source, "knows nothing of that kind (404)")
    if 300 <= status < 400:
        raise SourceError(source, f"points elsewhere ({status}), where we don't go")
    raise SourceError(source, f"answered {status}")


def _patience(headers: httpx.Headers) -> float:
    """Seconds of Retry-After, which is a number or a date (RFC 9110, section 10.2.3), counted by their own clock."""
    said = headers.get("retry-after", "")
    if said.isascii() and said.isdigit() and len(said) < 10:
        return min(float(said), _LONGEST_PATIENCE)
    until, then = http_date(said), http_date(headers.get("date", ""))
    if until is None or then is None:
        return _PATIENCE
    return min(max((until - then).total_seconds(), 1.0), _LONGEST_PATIENCE)


def http_date(text: str) -> datetime | None:
    """The time in a header such as Expires; None when there is none that can be read."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return when if when.tzinfo is not None else None
