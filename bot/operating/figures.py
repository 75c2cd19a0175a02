"""What is counted while the bot works: answers by kind, how long they took, what the model gave. Bounded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from statistics import quantiles

from bot.errors import BackendError
from bot.messages import Piece, Prompt
from bot.overview import Latency
from bot.ports import Backend

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)  # seconds
_RECENT = 500  # answers whose time is kept for the quantiles


class Spread:
    """How often something took how long."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0
        self._recent: deque[float] = deque(maxlen=_RECENT)

    @property
    def count(self) -> int:
        return sum(self.counts)

    def note(self, seconds: float) -> None:
        self.counts[sum(seconds > bound for bound in BOUNDS)] += 1
        self.total += seconds
        self._recent.append(seconds)

    def latency(self) -> Latency:
        if len(self._recent) < 2:  # quantiles want two
            only = next(iter(self._recent), None)
            return Latency(BOUNDS, tuple(self.counts), only, only)
        cuts = quantiles(self._recent, n=20, method="inclusive")
        return Latency(BOUNDS, tuple(self.counts), cuts[9], cuts[18])


class Figures:
    """Answers since the start.

    Kinds: "talk" (the model's), "command" (sentences of our own), "excuse" (the model could not), "apology" (set
    aside), "reminder".
    """

    def __init__(self) -> None:
        self.answers: dict[str, int] = dict.fromkeys(("talk", "command", "excuse", "apology", "reminder"), 0)
        self.spreads: dict[str, Spread] = {}

    def answered(self, kind: str, seconds: float | None = None) -> None:
        """Somebody has their answer, so many seconds after they asked."""
        self.answers[kind] = self.answers.get(kind, 0) + 1
        if seconds is not None:
            self.spreads.setdefault(kind, Spread()).note(seconds)

    def talk(self) -> Spread:
        return self.spreads.setdefault("talk", Spread())


class Witness:
    """The backend, watched: what it gives is counted, and nothing is changed."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.first = Spread()
        self.pieces = 0
        self.writing = 0
        self.last: float | None = None  # time.monotonic() of the last piece
        self.model = ""
        self._failures: dict[str, int] = {}

    @property
    def failures(self) -> Mapping[str, int]:
        """By the name of the error."""
        return dict(self._failures)

    async def prove(self, prompt: Prompt) -> None:
        """Ask for a token that nobody waits for: it counts as none. Raises BackendError when none comes."""
        async with aclosing(self._backend.generate(prompt)) as pieces:
            async for _ in pieces:
                self.last = time.monotonic()

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        began, begun = time.monotonic(), False
        self.writing += 1
        try:
            async with aclosing(self._backend.generate(prompt)) as pieces:
                async for piece in pieces:
                    self.last = time.monotonic()
                    self.pieces += 1
                    self.model = piece.model or self.model
                    if not begun:
                        self.first.note(self.last - began)
                    begun = True
                    yield piece
        except BackendError as error:
            name = type(error).__name__
            self._failures[name] = self._failures.get(name, 0) + 1
            raise
        finally:
            self.writing -= 1
