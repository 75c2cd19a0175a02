"""What only the operator may see and do over HTTP, and what tells machines how the bot is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from adapters.web.refusal import Refusal
from bot.errors import ModelRefused, StoreError
from bot.overview import Box, Bucket, Check, Health, Letter, ModelVersion, Overview, Span, Waiting
from bot.ports import Operator

_PLAIN = "text/plain; version=0.0.4; charset=utf-8"  # https://prometheus.io/docs/instrumenting/exposition_formats/

Id = Annotated[int, Path(ge=1, le=2**53)]


class State(BaseModel):
    """Every check, and whether all of them are fine."""

    status: Annotated[str, Field(examples=["ok", "failing"])]
    checks: list[Check]


class Text(BaseModel):
    text: str


class Wish(BaseModel):
    name: Annotated[str, Field(pattern=r"^[\w][\w.-]{0,63}$", description="A version's name", examples=["embedded"])]


class Done(BaseModel):
    done: bool = True


def router(operator: Operator) -> APIRouter:
    """Probes, metrics, and /api/operator/…; which key opens what is the guard's to know."""
    routes = APIRouter()

    @routes.get("/healthz", tags=["probes"], summary="Whether this process can go on", responses=_FAILING)
    async def healthz(response: Response) -> State:
        return _state(await operator.alive(), response)

    @routes.get("/readyz", tags=["probes"], summary="Whether people are answered now", responses=_FAILING)
    async def readyz(response: Response) -> State:
        return _state(await operator.ready(), response)

    @routes.get("/metrics", tags=["probes"], summary="Figures for Prometheus", response_class=Response)
    async def metrics() -> Response:
        try:
            return Response(await operator.metrics(), media_type=_PLAIN)
        except StoreError as error:
            raise _unread(error) from None

    routes.include_router(_looks(operator), prefix="/api/operator", tags=["operator"])
    routes.include_router(_deeds(operator), prefix="/api/operator", tags=["operator"])
    return routes


def _looks(operator: Operator) -> APIRouter:
    routes = APIRouter()

    @routes.get("/overview", summary="What changes from second to second")
    async def overview(
        since: Annotated[float, Query(ge=0, le=1e12, allow_inf_nan=False, description="Only later samples")] = 0.0,
    ) -> Overview:
        try:
            return await operator.overview(since)
        except StoreError as error:
            raise _unread(error) from None

    @routes.get("/ready", summary="The checks of /readyz, always with 200")
    async def ready() -> list[Check]:
        return list((await operator.ready()).checks)

    @routes.get("/history", summary="Messages, conversations and ratings over time")
    async def history(span: Span = "day") -> Sequence[Bucket]:
        try:
            return await operator.history(span)
        except StoreError as error:
            raise _unread(error) from None

    @routes.get("/letters", summary="What was set aside, and what was never taken: without what is in it")
    async def letters() -> Sequence[Letter]:
        try:
            return await operator.letters()
        except StoreError as error:
            raise _unread(error) from None

    @routes.get("/letters/{box}/{id}/text", summary="What somebody wrote, or should have read")
    async def letter_text(box: Box, id: Id) -> Text:
        if text := await operator.letter_text(box, id):
            return Text(text=text)
        raise Refusal(404, "letter_gone")

    @routes.get("/reminders", summary="Reminders to come, without their words")
    async def reminders() -> Sequence[Waiting]:
        try:
            return await operator.reminders()
        except StoreError as error:
            raise _unread(error) from None

    @routes.get("/models", summary="The models that can answer")
    async def models() -> Sequence[ModelVersion]:
        try:
            return await operator.versions()
        except ModelRefused as error:
            raise Refusal(409, "model_refused", fault=str(error)) from None

    return routes


def _deeds(operator: Operator) -> APIRouter:
    routes = APIRouter()

    @routes.post("/letters/{box}/{id}/retry", summary="Answer or send it after all")
    async def retry(box: Box, id: Id) -> Done:
        if not await operator.retry(box, id):
            raise Refusal(409, "letter_stays")
        return Done()

    @routes.delete("/letters/{box}/{id}", summary="Forget it")
    async def discard(box: Box, id: Id) -> Done:
        if not await operator.discard(box, id):
            raise Refusal(404, "letter_gone")
        return Done()

    @routes.delete("/reminders/{id}", summary="Tell it never")
    async def cancel(id: Id) -> Done:
        if not await operator.cancel(id):
            raise Refusal(404, "reminder_gone")
        return Done()

    @routes.put("/model", status_code=202, summary="Begin to change the model; the overview's `change` tells the rest")
    async def use(wish: Wish) -> Done:
        try:
            await operator.use(wish.name)
        except ModelRefused as error:
            raise Refusal(409, "model_refused", fault=str(error)) from None
        return Done(done=False)

    return routes


def _state(health: Health, response: Response) -> State:
    response.status_code = 200 if health.fine else 503
    return State(status="ok" if health.fine else "failing", checks=list(health.checks))


def _unread(error: StoreError) -> Refusal:
    return Refusal(503, "store", fault=str(error))


_FAILING: dict[int | str, dict[str, object]] = {503: {"model": State, "description": "Some check failed"}}
