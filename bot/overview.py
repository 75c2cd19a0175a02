"""What an operator sees of the running bot: frozen values, counts and ids, never what people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Span = Literal["day", "week", "month"]
Box = Literal["inbox", "outbox"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be so. `about`: what was found, in a few words and numbers."""

    name: str
    fine: bool
    about: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """Several checks; `fine` when all of them are."""

    checks: tuple[Check, ...]

    @property
    def fine(self) -> bool:
        return all(check.fine for check in self.checks)


@dataclass(frozen=True, slots=True)
class PlatformState:
    """How the connection to a platform is doing.

    watched     it tells when it last heard from its service; a terminal does not
    last        when that was; None: not yet
    latency     seconds that the service took to answer, where the platform knows
    parked      chats that a 429 keeps waiting; `parked_for` is the longest of their waits in seconds
    everywhere  a 429 keeps all of them waiting
    """

    name: str
    watched: bool
    last: datetime | None = None
    latency: float | None = None
    note: str = ""
    parked: int = 0
    parked_for: float = 0.0
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """The bot at one moment; `at` is in seconds since 1970. Rates are over the time since the sample before.

    batch        answers that the model is writing at once
    queue        questions that wait for it, in the bot and at the model
    tokens       tokens a second; pieces a second where the endpoint counts none
    first_token  mean seconds until an answer began; None: none began
    lanes        conversations at work; `waiting`: messages behind them
    answers      answers that were given
    """

    at: float
    batch: int
    queue: int
    tokens: float
    first_token: float | None
    lanes: int
    waiting: int
    answers: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from a message to its whole answer, since the start, and the quantiles of the last ones.

    `counts[n]` answers took at most `bounds[n]` and more than the bound before; the last count has no bound.
    """

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    median: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of the log that came `count` times: its template, not what was filled in."""

    level: str
    logger: str
    template: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """What is known of the model; None: its endpoint does not tell. `hits`, `misses`: prompts begun before, and new."""

    name: str = ""
    hits: int | None = None
    misses: int | None = None
    kept_bytes: int | None = None
    swaps: int = 0
    refused_swaps: int = 0


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A model that can be answered with. `scores`: what training measured, by metric."""

    name: str
    current: bool
    parameters: int = 0
    bytes: int = 0
    base: str = ""
    licence: str = ""
    created: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of models that was asked for here. `fault`: why it was refused."""

    to: str
    state: Literal["changing", "done", "refused"]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the database: `late` reminders should have been told by now."""

    unanswered: int = 0
    undelivered: int = 0
    aside: int = 0
    failed: int = 0
    reminders: int = 0
    late: int = 0
    ratings: Mapping[str, int] = field(default_factory=dict)
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that changes from second to second. `samples` are the newer ones than were asked for."""

    version: str
    now: datetime
    started: datetime
    lag: float
    platforms: tuple[PlatformState, ...]
    samples: tuple[Sample, ...]
    answers: Mapping[str, int]
    latency: Latency
    faults: tuple[Fault, ...]
    counts: Counts
    model: ModelFigures
    change: Change | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """An hour or a day, beginning at `at`, which has the operator's time zone.

    messages       that arrived, by platform
    conversations  in which the model answered
    up, down       ratings that stand
    """

    at: datetime
    messages: Mapping[str, int]
    conversations: int
    answers: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A row that nobody will look at by itself: a message that was set aside, an answer that was never taken."""

    box: Box
    id: int
    platform: str
    at: datetime
    attempts: int
    reason: str
    readable: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reminder that is still to come; its text is the chat's own affair."""

    id: int
    platform: str
    chat: str
    kind: str
    due: datetime
    repeats: bool
