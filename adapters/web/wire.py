"""The JSON of the HTTP API: what is asked and what is answered, as pydantic knows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from adapters.web import rows
from bot.messages import Body
from bot.ports import Chat, Entry

LONGEST_TEXT = 10_000  # characters of one message; more than the windows of small models take


def _something(text: str) -> str:
    if not text.strip():
        raise ValueError("a text with more than blanks")
    return text


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["lunch-42"])]
MessageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["1f-18c2a"])]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class By(_Form):
    user: Annotated[Id | None, Field(description="Who does it, where a chat has several people")] = None


class Words(By):
    text: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_TEXT, examples=["안녕"]),
        AfterValidator(_something),
    ]


class Ask(Words):
    chat: Annotated[Id | None, Field(description="The conversation that it belongs to; none: a new one")] = None


class Press(By):
    data: Annotated[str, Field(description="The button's `data`", pattern=r"^[a-z_]{1,32}(:[A-Za-z0-9_.-]{0,31})?$")]


class Rating(By):
    value: Literal["up", "down"]
    added: Annotated[bool, Field(description="false: take it back")] = True


class Button(BaseModel):
    label: str
    data: str


class Span(BaseModel):
    kind: Literal["bold", "italic", "strike", "code", "pre", "link", "quote"]
    start: Annotated[int, Field(description="In code points, as `end`")]
    end: int
    value: Annotated[str, Field(description="A link's address, a code block's language")] = ""


class Message(BaseModel):
    """One message. `final`: nothing more is written to it. `place` grows along the conversation."""

    id: str
    by: Literal["irang", "person"]
    text: str
    spans: list[Span] = []
    buttons: list[Button] = []
    at: datetime | None = None
    final: bool = True
    rating: Literal["up", "down"] | None = None
    place: int | None = None


class Answer(BaseModel):
    id: Annotated[str, Field(description="The question's")]
    chat: str
    text: Annotated[str, Field(description="All messages of the answer, with a blank line between them")]
    messages: list[Message]


class Taken(BaseModel):
    """It is committed; what comes of it is told by /chats/{chat}/events and stands in /chats/{chat}/messages."""

    id: str
    chat: str


class Conversation(BaseModel):
    messages: list[Message]
    more: Annotated[bool, Field(description="There are older ones: ask with `before` = the first one's place")]


class Summary(BaseModel):
    chat: str
    title: Annotated[str, Field(description="How it began")]
    at: datetime


class Summaries(BaseModel):
    chats: list[Summary]


class Fault(BaseModel):
    class Error(BaseModel):
        message: str
        type: str

    error: Error


def shown(id: str, body: Body, *, final: bool) -> Message:
    spans = [Span(kind=span.kind, start=span.start, end=span.end, value=span.value) for span in body.spans]
    buttons = [Button(label=button.label, data=button.data) for button in body.buttons]
    return Message(id=id, by="irang", text=body.text, spans=spans, buttons=buttons, final=final)


def remembered(entry: Entry) -> Message | None:
    """An entry of the history; None for a row that says nothing."""
    if entry.body is not None:
        final = entry.state != "open"
        rating: Literal["up", "down"] | None = {"👍": "up", "👎": "down"}.get(entry.rating)  # type: ignore[assignment]
        about = {"at": entry.at, "place": entry.place, "rating": rating}
        return shown(entry.id, entry.body, final=final).model_copy(update=about)
    said = rows.said(entry.raw)
    return Message(id=said.id, by="person", text=said.text, at=entry.at, place=entry.place) if said else None


def answer(said: rows.Said, entries: Sequence[Entry]) -> Answer:
    messages = [message for entry in entries if (message := remembered(entry))]
    text = "\n\n".join(message.text for message in messages)
    return Answer(id=said.id, chat=said.chat, text=text, messages=messages)


def summary(chat: Chat) -> Summary:
    said = rows.said(chat.raw)
    return Summary(chat=chat.id, title=" ".join(said.text.split())[:80] if said else "", at=chat.at)
