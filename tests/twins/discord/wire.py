"""How the twin's answers look on the wire, and what no request may hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.web import FileField

from tests.twins.faults import Fault


async def read(request: web.Request) -> tuple[Any, list[tuple[str, str]]]:
    """The JSON of a request, and the files that came with it by name and text."""
    if request.content_type != "multipart/form-data":
        text = await request.text()
        return (json.loads(text) if text else None), []
    form = await request.post()
    files = [(field.filename, field.file.read().decode()) for field in form.values() if isinstance(field, FileField)]
    payload = form["payload_json"]
    assert isinstance(payload, bytearray), "a part that says it is JSON"
    return json.loads(payload), files


def pings(operation: str, body: Any) -> list[str]:
    """Whoever sends what a model wrote must not let it call people."""
    if not isinstance(body, dict) or "content" not in body:
        return []
    allowed = body.get("allowed_mentions") or {}
    quiet = allowed.get("parse") == [] and not any(allowed.get(who) for who in ("replied_user", "users", "roles"))
    return [] if quiet else [f"{operation}: allowed_mentions may call somebody"]


def as_json(body: object, status: int, headers: Mapping[str, str]) -> web.Response:
    # Exactly application/json: discord.py compares the whole header
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json")


def throttled(seconds: float, headers: Mapping[str, str]) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    extra = {"Via": "1.1 google", "Retry-After": f"{seconds:.3f}", "X-RateLimit-Scope": "user"}
    return as_json(body, 429, {**headers, **extra})


def faulty(fault: Fault) -> web.Response:
    if fault.body is not None:
        return web.Response(text=fault.body, status=fault.status, content_type="text/html")
    if fault.status == 429:
        return throttled(fault.retry_after or 0.1, {})
    message = "401: Unauthorized" if fault.status == 401 else "twin's fault"
    return as_json({"message": message, "code": 0}, fault.status, {})
