"""The HTTP application: routes, pages, errors and what stands before them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from adapters.web import wire
from adapters.web.guard import Guard
from adapters.web.keys import Keys
from adapters.web.pages import pages
from adapters.web.rates import Rates
from adapters.web.refusal import Refusal
from bot.locale import Locale

# How any of our routes may refuse; docs/web.md says when.
_REFUSALS = (400, 401, 404, 405, 408, 409, 410, 413, 415, 421, 422, 429, 500, 503, 504)
_KINDS = {404: "not_found", 405: "not_allowed"}
_PROBES = ("/healthz", "/readyz")


def application(
    routers: Sequence[APIRouter], *, keys: Keys, hosts: Sequence[str], rates: Rates, locale: Locale
) -> ASGIApp:
    """`routers` of others may bring /api/operator/…, /metrics (both want the operator's key), /healthz and /readyz."""
    files = pages()
    app = FastAPI(title="이랑", version="1", docs_url=None, redoc_url=None, openapi_url=None, routes=list(files))
    key = Security(HTTPBearer(auto_error=False, description="The key of [web] token_env, or data/web.token"))
    refusals: dict[int | str, dict[str, Any]] = {status: {"model": wire.Fault} for status in _REFUSALS}
    for router in routers:
        app.include_router(router, dependencies=[key], responses=refusals)

    @app.get("/openapi.json", include_in_schema=False)
    async def description() -> dict[str, Any]:
        return app.openapi()

    async def refused(_: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)
        return refusal.response(locale)

    async def unreadable(_: Request, fault: Exception) -> Response:
        assert isinstance(fault, RequestValidationError)
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])[:100]
        return Refusal(422, "invalid", place=place, fault=str(first["msg"])[:200]).response(locale)

    async def elsewhere(_: Request, fault: Exception) -> Response:
        assert isinstance(fault, HTTPException)
        refusal = Refusal(fault.status_code, _KINDS.get(fault.status_code, "unreadable"), headers=fault.headers)
        return refusal.response(locale)

    async def broken(_: Request, __: Exception) -> Response:
        return Refusal(500, "broken").response(locale)  # starlette raises it again, so that it is logged

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, elsewhere)
    app.add_exception_handler(Exception, broken)
    doors = {route.path for route in files} | set(_PROBES)
    return Guard(app, keys=keys, hosts=hosts, rates=rates, open=lambda path: path in doors, locale=locale)
