"""The frozen values that flow between the platforms, the core and the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

# ---- who and where -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """A place to talk, the key of a conversation. `thread` is a forum topic inside `chat`, or ""."""

    platform: str
    chat: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message. It has no thread, since reactions arrive without one."""

    platform: str
    chat: str
    id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes. `id` is the platform's and never changes; `name` is what others see."""

    platform: str
    id: str
    name: str


# ---- what arrives --------------------------------------------------------------------------------

AttachmentKind = Literal["photo", "video", "voice", "audio", "file", "sticker", "location", "contact", "poll", "other"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something besides text; its caption is the message's text. A location has its `place`: latitude, longitude."""

    kind: AttachmentKind
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that somebody replied to. `ours`: 이랑 wrote it. `id`: the platform's, "" where it tells none."""

    author: str
    text: str
    ours: bool = False
    id: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A command however it was spelled: "/new", a button, "5분 타이머"."""

    name: str
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from a person.

    `addressed` is what the platform knows: a private chat, a mention of the bot, a reply to it. Being called by
    name is for the core to see. `reply_to.ours` and `addressed` may both be set. `text` has any mention of the
    bot removed. `at` is in UTC.
    """

    address: Address
    ref: MessageRef
    person: Person
    text: str
    at: datetime
    addressed: bool
    private: bool
    call: Call | None = None
    reply_to: Quote | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A message that now says something else; `message.ref` is the ref it had from the start."""

    message: Incoming


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that is gone."""

    ref: MessageRef


@dataclass(frozen=True, slots=True)
class Reaction:
    """A 👍 or 👎 set on (`added`) or taken off one of our messages, by button or by emoji."""

    ref: MessageRef
    person: Person
    value: str
    added: bool


@dataclass(frozen=True, slots=True)
class Migrated:
    """A chat that has a new id (a Telegram group that became a supergroup)."""

    platform: str
    old: str
    new: str


Event = Incoming | Edited | Deleted | Reaction | Migrated


THUMBS = {"up": "👍", "down": "👎"}


def pressed(
    data: str, on: MessageRef, address: Address, person: Person, at: datetime, *, private: bool
) -> Event | None:
    """What pressing a button of ours means: "up:12" rates message `on`, "retry:12" is /retry with `id` 12.

    None for data that no button of ours carries.
    """
    name, _, argument = data.partition(":")
    if not name.isidentifier():
        return None
    if name in THUMBS:
        return Reaction(on, person, THUMBS[name], added=True)
    call = Call(name, {"id": argument} if argument else {})
    return Incoming(address, on, person, "", at, addressed=True, private=private, call=call)


@dataclass(frozen=True, slots=True)
class Raw:
    """What a platform delivered, before anybody parsed it. `key` is unique on its platform, for ever.

    `chat`: the row is a message of that chat's history, for a platform that keeps none itself; "" elsewhere.
    """

    key: str
    payload: str
    chat: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a platform's stream was read up to: Telegram's one offset, Discord's last message of a channel."""

    name: str
    value: str


# ---- what is shown -------------------------------------------------------------------------------

SpanKind = Literal["bold", "italic", "strike", "code", "pre", "link", "quote"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that looks different; `start` and `end` count code points. `value`: URL or language."""

    kind: SpanKind
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """`data` comes back when it is pressed: "up:12", at most 64 bytes (Telegram's limit)."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Poll:
    """A question that people vote on, in the platform's own form; 2 to 10 `options`: Discord's limit."""

    question: str
    options: tuple[str, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A text that is handed over as a file."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Body:
    """One message as people shall see it: `text` is plain, `spans` say how stretches of it look.

    `file` goes with the text where the platform has files (`Limits.files`); such a message is `plain`. `poll` takes the
    text's place where the platform has polls. `plain`: it is sent as it stands, with no "…" before it, since an edit
    notifies nobody; after a crash or a timeout it may come twice, and the repeat says so with `again`.
    """

    text: str
    spans: tuple[Span, ...] = ()
    buttons: tuple[Button, ...] = ()
    poll: Poll | None = None
    plain: bool = False
    again: str = ""
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """Names one send so that a platform can recognise a repeat.

    `id` is at most 25 characters (Discord's nonce). `since` is when the first try was made, None on the first.
    """

    id: str
    since: datetime | None = None


# ---- what the model gets and gives ---------------------------------------------------------------

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a chat-completions prompt."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose tokens, as the OpenAI protocol or vLLM's additions to it name it. None: the folder's own default.

    `bad_words` are never written. `num_beams` above 1 is beam search: the answer comes at its end, as a whole.
    """

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    min_tokens: int | None = None
    no_repeat_ngram_size: int | None = None
    bad_words: tuple[str, ...] | None = None
    stop: tuple[str, ...] | None = None
    num_beams: int | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model shall continue; the last message is the question.

    `chat`: the conversation's key, by which a new model gets some of the chats at first; never sent anywhere.
    `lookup`: whether an answer that is known to such a question may be given; a task has to be worked on.
    `priority`: where slots lack, an answer of a greater one pauses for one of a smaller, if the server can do that.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    chat: str = ""
    lookup: bool = True
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the answer as it is written.

    `model` is the version that writes. The last piece carries `finish` ("stop" or "length") and, where the
    server tells, `kept`: how many of the prompt's messages fitted the model's window, the newest ones.
    """

    text: str
    model: str
    finish: str = ""
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, as remembered. `context` holds the ids of the turns it was answered from."""

    id: int
    conversation: str
    person: Person
    said: str
    answered: str
    model: str
    at: datetime
    context: tuple[int, ...] = ()
