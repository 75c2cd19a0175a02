"""What the core asks of the world: platforms that carry messages, a backend that writes, a clock."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.command import Command
from bot.messages import Address, Body, Cursor, Event, Key, MessageRef, Piece, Prompt, Raw


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


class Backend(Protocol):
    """The language model. Closing the generator frees its slot within one decode step."""

    def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Raises BackendError; never gives a piece after that."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time in UTC."""
