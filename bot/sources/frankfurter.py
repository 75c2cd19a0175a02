"""Frankfurter: the European Central Bank's daily reference rates, without a key."""

from __future__ import annotations

from decimal import Decimal

from bot.errors import NotThere, SourceError
from bot.ports import Clock
from bot.sources.currencies import at_ecb
from bot.sources.fetching import Web
from bot.sources.rates import Rate

BASE = "https://api.frankfurter.dev"


class Frankfurter:
    """Rates of about 16:00 Central European time on working days; the others' latest is the last working day's."""

    name = "ECB (frankfurter.dev)"

    def __init__(self, web: Web, clock: Clock, *, base: str = BASE) -> None:
        self._web = web
        self._clock = clock
        self._url = f"{base}/v1/latest"

    async def rate(self, base: str, quote: str) -> Rate:
        if missing := sorted({base, quote} - at_ecb()):
            raise NotThere(self.name, f"publishes no rate of {', '.join(missing)}")
        if base == quote:  # which it answers with 404
            return Rate(base, quote, Decimal(1), self._clock.now().date(), self.name)
        answer = (await self._web.get(self.name, self._url, {"base": base, "symbols": quote})).json()
        if answer["base"].text() != base:
            raise SourceError(self.name, "answered for another currency")
        value = answer["rates"][quote].decimal()
        if value <= 0:
            raise SourceError(self.name, "sent a rate that isn't above zero")
        return Rate(base, quote, value, answer["date"].day(), self.name)
