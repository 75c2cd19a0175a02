"""The routes of the HTTP API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response

from adapters.web import stream, wire
from adapters.web.desk import Desk, Question
from adapters.web.rates import Rates
from adapters.web.refusal import Refusal, too_many
from adapters.web.rooms import News
from adapters.web.stream import EventStream
from bot.locale import Locale

Chat = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["lunch-42"])]
MessageId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["1f-18c2a"])]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="A repeat with the same key gets the same answer, for as long as [memory] keep_days keeps it",
    ),
]
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {}}}, "description": "Events"}
}


def router(desk: Desk, chats: Rates, locale: Locale) -> APIRouter:
    """Everything that the page and other programs call."""
    routes = APIRouter()

    def admit(chat: str | None) -> None:
        if chat and (wait := chats.wait(chat)):
            raise too_many(wait)

    async def take(ask: wire.Ask, key: str | None) -> Question:
        admit(ask.chat)
        desk.make_room()
        return await desk.say(ask.text, chat=ask.chat, user=ask.user, key=key)

    @routes.post("/chatbot", tags=["ask"], summary="Ask, and wait for the answer")
    async def chatbot(request: Request, ask: wire.Ask, key: Key = None) -> wire.Answer:
        question = await take(ask, key)
        return await _unless_gone(request, desk.answer(question))

    @routes.post(
        "/chatbot/stream",
        tags=["ask"],
        summary="Ask, and see the answer while it is written",
        description="Events: `text` {id, text} with the whole text of one message so far, `done` with what /chatbot "
        "answers, `error` with an error.",
        status_code=200,
        response_class=Response,  # a refusal is JSON
        responses=_EVENTS,
    )
    async def chatbot_stream(ask: wire.Ask, key: Key = None) -> Response:
        return EventStream(stream.paced(_answering(desk, await take(ask, key), locale)))

    @routes.get("/chats", tags=["chats"], summary="The conversations, the one written in last first")
    async def chats_list() -> wire.Summaries:
        return await desk.chats()

    @routes.get("/chats/{chat}/messages", tags=["chats"], summary="What was said, the newest messages")
    async def messages(
        chat: Chat,
        before: Annotated[int | None, Query(ge=0, le=2**53)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> wire.Conversation:
        return await desk.history(chat, before=before, most=limit)

    @routes.post("/chats/{chat}/messages", status_code=202, tags=["chats"], summary="Say something, without waiting")
    async def say(chat: Chat, words: wire.Words, key: Key = None) -> wire.Taken:
        admit(chat)
        question = await desk.say(words.text, chat=chat, user=words.user, key=key)
        return wire.Taken(id=question.said.id, chat=question.said.chat)

    @routes.get(
        "/chats/{chat}/events",
        tags=["chats"],
        summary="What was said, then what is being said",
        description="Events: `history` as /messages answers, then `message` {id, by, text, spans, buttons, final}, "
        "`gone` {id} and `final` {id}: nothing more is written to it, or in answer to it. "
        "Of a message only the newest state is told to who reads slowly.",
        status_code=200,
        response_class=Response,  # a refusal is JSON
        responses=_EVENTS,
    )
    async def events(chat: Chat) -> Response:
        desk.make_room()
        return EventStream(stream.paced(_happening(desk, chat)))

    @routes.post("/chats/{chat}/stop", status_code=202, tags=["chats"], summary="End the answer that is being written")
    async def stop(chat: Chat, by: Annotated[wire.By | None, Body()] = None) -> wire.Taken:
        admit(chat)
        return wire.Taken(id=await desk.call("stop", chat, by.user if by else None), chat=chat)

    @routes.post("/chats/{chat}/retry", status_code=202, tags=["chats"], summary="Another answer to the last question")
    async def retry(chat: Chat, by: Annotated[wire.By | None, Body()] = None) -> wire.Taken:
        admit(chat)
        return wire.Taken(id=await desk.call("retry", chat, by.user if by else None), chat=chat)

    @routes.post("/chats/{chat}/messages/{message}/press", status_code=202, tags=["chats"], summary="Press a button")
    async def press(chat: Chat, message: MessageId, pressed: wire.Press) -> wire.Taken:
        admit(chat)
        return wire.Taken(id=await desk.press(pressed.data, message, chat, pressed.user), chat=chat)

    @routes.post("/chats/{chat}/messages/{message}/rating", status_code=202, tags=["chats"], summary="Rate an answer")
    async def rate(chat: Chat, message: MessageId, rating: wire.Rating) -> wire.Taken:
        admit(chat)
        id = await desk.rate(rating.value, message, chat, rating.user, added=rating.added)
        return wire.Taken(id=id, chat=chat)

    @routes.delete("/chats/{chat}", status_code=204, tags=["chats"], summary="Forget a conversation, and its messages")
    async def forget(chat: Chat) -> None:
        admit(chat)
        await desk.erase(chat)

    return routes


async def _answering(desk: Desk, question: Question, locale: Locale) -> AsyncIterator[str | None]:
    try:
        async for step in desk.follow(question):
            match step:
                case wire.Answer():
                    yield stream.event("done", step)
                case News(id=id, body=body) if body is not None:
                    yield stream.event("text", {"id": id, "text": body.text})
                case _:
                    yield None
    except Refusal as refusal:
        yield f"event: error\ndata: {bytes(refusal.response(locale).body).decode()}\n\n"


async def _happening(desk: Desk, chat: str) -> AsyncIterator[str | None]:
    async for each in desk.events(chat):
        match each:
            case wire.Conversation():
                yield stream.event("history", each)
            case News(id=id, gone=True):
                yield stream.event("gone", {"id": id})
            case News(id=id, said=said) if said:
                yield stream.event("message", wire.Message(id=id, by="person", text=said))
            case News(id=id, body=body, final=final) if body is not None:
                yield stream.event("message", wire.shown(id, body, final=final))
            case News(id=id):
                yield stream.event("final", {"id": id})
            case _:
                yield None


async def _unless_gone(request: Request, work: Coroutine[Any, Any, wire.Answer]) -> wire.Answer:
    """What `work` answers, unless the client hangs up before: then only the waiting ends, not the answer."""
    waiting, leaving = asyncio.ensure_future(work), asyncio.ensure_future(stream.gone(request))
    try:
        await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            raise Refusal(499, "gone")
        return waiting.result()
    finally:
        for task in (waiting, leaving):
            task.cancel()
        await asyncio.gather(waiting, leaving, return_exceptions=True)
