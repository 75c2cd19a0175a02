"""The world outside as a bot's commands may ask it: weather, rates and prices from memory, and ways for it to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.errors import NotThere, SourceError
from bot.forms import Form
from bot.ports import Clock
from bot.sources.facts import Facts
from bot.sources.rates import Rate
from bot.sources.stocks import Quote
from bot.sources.weather import Air, Day, Now, Weather
from bot.store import Store
from bot.world import World

RATES = {("USD", "KRW"): "1398.5", ("JPY", "KRW"): "9.2123", ("KRW", "JPY"): "0.10855", ("KRW", "USD"): "0.000715"}
PRICES = {"005930": ("삼성전자", "71500", "-900", "-1.24"), "035720": ("카카오", "39000", "0", "0")}
CLEAR = Now(3.2, 0.6, 41, 2.4, 0.0, "clear", datetime(2026, 11, 21, tzinfo=ZoneInfo("Asia/Seoul")))


class Outside:
    """A Forecasts, a Rates and a Stocks at once. `asked`: every question; `fault`: raised instead of an answer.

    Today it is clear and 0 to 5 °C, each day after it a degree warmer, and it rains on the day after tomorrow.
    """

    name = "기상대"

    def __init__(self, clock: Clock) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.fault: SourceError | None = None
        self.knows_air = True
        self._clock = clock

    async def weather(self, latitude: float, longitude: float, zone: ZoneInfo) -> Weather:
        self._hear("weather", latitude, longitude, zone.key)
        now = self._clock.now()
        today = now.astimezone(zone).date()
        days = tuple(_day(today, past) for past in range(7))
        return Weather(replace(CLEAR, at=now.astimezone(zone)), days, self.name, now)

    async def air(self, latitude: float, longitude: float, zone: ZoneInfo) -> Air | None:
        self._hear("air", latitude, longitude, zone.key)
        return Air(81.0, 12.0, self._clock.now().astimezone(zone), self.name) if self.knows_air else None

    async def rate(self, base: str, quote: str) -> Rate:
        self._hear("rate", base, quote)
        if (base, quote) not in RATES:
            raise NotThere("중앙은행", "has no such rate")
        return Rate(base, quote, Decimal(RATES[base, quote]), date(2026, 11, 20), "중앙은행")

    async def price(self, stock: str) -> Quote:
        self._hear("price", stock)
        if stock not in PRICES:
            raise NotThere("거래소", "knows no such stock")
        name, price, change, percent = PRICES[stock]
        return Quote(name, stock, Decimal(price), Decimal(change), Decimal(percent), date(2026, 11, 20), "거래소")

    @asynccontextmanager
    async def surround(
        self, settings: Settings, root: Path, store: Store, clock: Clock, scenarios: Mapping[str, Form]
    ) -> AsyncIterator[World]:
        """A bot.surroundings.Surround."""
        facts = Facts(clock, self, self, self)
        try:
            yield World(read=store.run, random=Random(7), facts=facts, forms=scenarios)
        finally:
            await facts.close()

    def _hear(self, *question: object) -> None:
        self.asked.append(question)
        if self.fault:
            raise self.fault


def _day(today: date, past: int) -> Day:
    rain = past == 2
    at = today + timedelta(days=past)
    return Day(at, past, 5 + past, "rain" if rain else "clear", 80 if rain else 10, 4.0 if rain else 0.0)
