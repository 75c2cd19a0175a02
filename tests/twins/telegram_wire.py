"""How the Telegram twin reads requests and writes answers."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from aiohttp.web import FileField

from tests.twins.faults import Fault
from tests.twins.telegram_people import Json
from tests.twins.telegram_text import Refusal

_STRINGS = frozenset(
    (
        "text",
        "url",
        "secret_token",
        "callback_query_id",
        "action",
        "language_code",
        "parse_mode",
        "ip_address",
        "caption",
    )
)
_SAYS = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry after 1",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


async def params(request: web.Request) -> Json:
    """Parameters as JSON values: forms carry all but strings as JSON text."""
    if request.content_type == "application/json":
        return dict(await request.json())
    given = {**request.query, **await request.post()}
    return {name: _given(name, value) for name, value in given.items()}


def _given(name: str, value: object) -> Any:
    """A field of a form; a file as its name and its text."""
    if isinstance(value, FileField):
        return {"name": value.filename, "text": value.file.read().decode()}
    return value if name in _STRINGS else _value(str(value))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def refusal(status: int) -> Refusal:
    """What Telegram says with this status."""
    return Refusal(status, _SAYS.get(status, "Bad Request"))


def faulty(fault: Fault) -> web.Response:
    """The answer that a fault asks for instead of the true one."""
    if fault.body is not None:
        return web.Response(status=fault.status, text=fault.body, content_type="text/html")
    description = refusal(fault.status).description
    parameters = {} if fault.retry_after is None else {"retry_after": int(fault.retry_after)}
    return told(Refusal(fault.status, description, **parameters))


def told(no: Refusal) -> web.Response:
    """The answer that says no."""
    answer: Json = {"ok": False, "error_code": no.status, "description": no.description}
    if no.parameters:
        answer["parameters"] = no.parameters
    return web.json_response(answer, status=no.status)
