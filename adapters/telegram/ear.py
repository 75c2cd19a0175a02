"""When Telegram was last heard from, for whoever watches over that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.ports import Pulse


class Ear:
    """What was heard last, and what went wrong since."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last: datetime | None = None
        self._fault = ""

    def heard(self) -> None:
        self._last, self._fault = self._now(), ""

    def failed(self, error: Exception) -> None:
        """`error` is fit for an operator, as every PlatformError."""
        self._fault = str(error)

    def pulse(self, latency: float | None) -> Pulse:
        return Pulse(self._last, latency, self._fault)
