"""What the core asks of the world: platforms that carry messages, a backend that writes, a clock."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.command import Command
from bot.messages import Address, Body, Cursor, Event, Key, MessageRef, Piece, Prompt, Raw
from bot.overview import Box, Bucket, Health, Letter, ModelVersion, Overview, Span, Waiting


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Facts about a platform; what follows from them is the core's business.

    length        the longest message, as `measure` counts it
    measure       how the platform counts a body: UTF-16 units, characters with markup, …
    edit_every    seconds between two edits of a message that is being written; 0: edits are free
    typing_every  seconds after which a typing notice fades; None: the platform has none
    bot_pace      all calls together
    chat_pace     calls into one chat
    idempotent    a repeated send with the same key gives the same message, not a second one
    local         only the operator can write here, so nobody is a stranger
    buttons       buttons can be pressed; otherwise choices are numbered, to be picked by writing the number
    spans         how many stretches of a message may look different; None: any number
    files         a message can carry a file
    keyed         whoever writes here has shown a key, so nobody is a stranger
    kept_here     the platform keeps no messages: what was said stays in our database, see Transcript
    """

    length: int
    measure: Callable[[Body], int]
    edit_every: float
    typing_every: float | None
    bot_pace: Pace
    chat_pace: Callable[[Address], Pace]
    idempotent: bool
    local: bool = False
    spans: int | None = None
    buttons: bool = True
    files: bool = False
    keyed: bool = False
    kept_here: bool = False


class Intake(Protocol):
    """The door to the inbox."""

    async def take(self, platform: str, rows: Sequence[Raw], cursor: Cursor | None = None) -> None:
        """Commit rows and cursor together; a row whose key is known is skipped. Acknowledge only afterwards."""

    async def cursors(self, platform: str) -> Mapping[str, str]:
        """Every cursor of this platform, by name."""


class Platform(Protocol):
    """A place where people write. Calls raise the PlatformError that says what may be done next."""

    name: str
    limits: Limits

    def parse(self, payload: str) -> Event | None:
        """What a raw row means; None when it is nothing for us. Raises ValueError on a row it can't read. Pure."""

    async def run(self, intake: Intake, commands: Sequence[Command]) -> None:
        """Bring in what people write until cancelled. Reconnects by itself; raises BadToken when that is hopeless."""

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef: ...

    async def edit(self, ref: MessageRef, body: Body) -> None:
        """Make a message say `body`; succeeds when it says so already."""

    async def delete(self, ref: MessageRef) -> None:
        """Take a message of ours away; succeeds when it is gone already."""

    async def finish(self, refs: Sequence[MessageRef]) -> None:
        """Nothing more comes for these: our messages are final, and a question among them gets no answer.

        Handles that were kept for editing them can go, and what waits for an answer shall stop waiting.
        """

    async def typing(self, to: Address) -> None:
        """Show once that an answer is being written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a chat's history.

    place   where it stands: later ones have greater numbers
    id      our message's, as the platform named it; "" for one that people wrote
    raw     what people wrote, as the platform delivered it; "" for ours
    body    what ours says; of one that is being written, what its first send said
    state   "open" while it is written, "ready" once it is final, "sent" when it was delivered
    rating  "👍" or "👎" where somebody gave one
    """

    place: int
    at: datetime
    id: str = ""
    raw: str = ""
    body: Body | None = None
    state: str = "sent"
    rating: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row of the inbox. `done`: nothing more will be said to it; `raw` is "" once it is erased."""

    raw: str
    done: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat with a history: how it began, as the platform delivered that, and when something was last written."""

    id: str
    raw: str
    at: datetime


class Transcript(Protocol):
    """What was said in the chats of a platform that keeps no messages itself (`Limits.kept_here`)."""

    async def outcome(self, platform: str, key: str) -> Outcome | None:
        """None for a key that never arrived."""

    async def entries(self, platform: str, chat: str, *, before: int | None, most: int) -> Sequence[Entry]:
        """The newest ones (before that place), oldest first."""

    async def chats(self, platform: str, most: int) -> Sequence[Chat]:
        """Those written in last come first."""

    async def erase(self, platform: str, chat: str) -> None:
        """What was said there is gone, but for what is still on its way."""

    async def quiet(self, platform: str, chat: str) -> bool:
        """Whether everything there is answered and delivered."""

    async def answered(self, ref: MessageRef) -> bool:
        """Whether this is a message of ours that answers, and so can be rated."""


class Backend(Protocol):
    """The language model. Closing the generator frees its slot within one decode step."""

    def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Raises BackendError; never gives a piece after that."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a platform was last heard from.

    last     the last poll that succeeded, or the last heartbeat that was answered; None: not yet
    latency  seconds that it took
    note     what is wrong with it, or ""
    """

    last: datetime | None
    latency: float | None
    note: str = ""


@runtime_checkable
class Watched(Protocol):
    """A platform that tells when it was last heard from."""

    def pulse(self) -> Pulse: ...


class Models(Protocol):
    """The models that can answer, for an operator."""

    async def expositions(self) -> Sequence[str]:
        """What each endpoint tells Prometheus; those that tell nothing now are left out. Raises nothing."""

    def changes(self) -> tuple[int, int]:
        """How many changes of models there were since the start, and how many were refused."""

    def versions(self) -> Sequence[ModelVersion]:
        """All of them, read from the disk. Raises ModelRefused when one can't be read."""

    async def use(self, name: str) -> None:
        """Answer with this one from now on, and after a restart. Raises ModelRefused: then nothing has changed."""


class Operator(Protocol):
    """What the running bot tells its operator, and what an operator may do to it. Reads raise StoreError."""

    async def alive(self) -> Health:
        """Whether this process can go on; one that can't should be started anew."""

    async def ready(self) -> Health:
        """Whether people are answered now: rows are written, platforms are heard from, tokens are generated."""

    async def metrics(self) -> str:
        """Prometheus' exposition format, the model's process included."""

    async def overview(self, since: float = 0.0) -> Overview:
        """What changes from second to second, with the samples later than `since` (seconds since 1970)."""

    async def history(self, span: Span) -> Sequence[Bucket]:
        """The last 24 hours, 7 days or 30 days, oldest first."""

    async def letters(self) -> Sequence[Letter]:
        """What was set aside and what was never taken, the latest first."""

    async def letter_text(self, box: Box, id: int) -> str:
        """What somebody wrote, or what they should have read: only on the operator's explicit wish. "": nothing."""

    async def retry(self, box: Box, id: int) -> bool:
        """Answer or send it after all; False when it is gone, empty, or its platform is off."""

    async def discard(self, box: Box, id: int) -> bool:
        """Forget it; False when it is gone already."""

    async def reminders(self) -> Sequence[Waiting]:
        """What is still to be told, soonest first, without its words."""

    async def cancel(self, id: int) -> bool:
        """The reminder is not told; False when it is gone already."""

    async def versions(self) -> Sequence[ModelVersion]:
        """Every model that can be answered with. Raises ModelRefused."""

    async def use(self, name: str) -> None:
        """Begin to change the model; `overview().change` tells how it went. Raises ModelRefused when it can't begin."""


@runtime_checkable
class Operated(Protocol):
    """A platform that shows the bot to its operator."""

    def operate(self, operator: Operator) -> None:
        """Called once, before `run`."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time in UTC."""
