"""What commands ask: weather, air, rates and prices, each through a cache of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.errors import SourceRefused
from bot.ports import Clock
from bot.sources.cached import Cached, Known
from bot.sources.rates import Rate, Rates
from bot.sources.stocks import Quote, Stocks
from bot.sources.weather import Air, Forecasts, Weather, nearby

# How long each is told again: Open-Meteo renews "current" each quarter of an hour and the air each hour; rates and
# closing prices change once a day.
_WEATHER, _AIR, _RATE, _PRICE = (timedelta(minutes=minutes) for minutes in (10, 30, 60, 60))
_LAST_RATES = timedelta(days=7)

Spot = tuple[float, float, str]
S = TypeVar("S")


class Facts:
    """All raise SourceError when the source can't be asked and nothing young enough is known.

    A source is None while the operator has it switched off.
    """

    def __init__(
        self, clock: Clock, forecasts: Forecasts | None, rates: Rates | None, stocks: Stocks | None = None
    ) -> None:
        self._forecasts, self._rates, self._stocks = forecasts, rates, stocks
        self._weather: Cached[Spot, Weather] = Cached(clock, _WEATHER)
        self._air: Cached[Spot, Air | None] = Cached(clock, _AIR)
        self._rate: Cached[tuple[str, str], Rate] = Cached(clock, _RATE, keep=_LAST_RATES)
        self._price: Cached[str, Quote] = Cached(clock, _PRICE, keep=_LAST_RATES)

    @property
    def has_weather(self) -> bool:
        return self._forecasts is not None

    @property
    def has_rates(self) -> bool:
        return self._rates is not None

    @property
    def has_stocks(self) -> bool:
        return self._stocks is not None

    async def weather(self, latitude: float, longitude: float, zone: ZoneInfo) -> Known[Weather]:
        """Coordinates in degrees; they are rounded to a hundredth before anybody hears them."""
        north, east = nearby(latitude, longitude)
        forecasts = _chosen(self._forecasts, "weather")
        return await self._weather.get((north, east, zone.key), lambda: forecasts.weather(north, east, zone))

    async def air(self, latitude: float, longitude: float, zone: ZoneInfo) -> Known[Air | None]:
        """The value is None where the source doesn't know about the air."""
        north, east = nearby(latitude, longitude)
        forecasts = _chosen(self._forecasts, "weather")
        return await self._air.get((north, east, zone.key), lambda: forecasts.air(north, east, zone))

    async def rate(self, base: str, quote: str) -> Known[Rate]:
        rates = _chosen(self._rates, "rates")
        return await self._rate.get((base, quote), lambda: rates.rate(base, quote))

    async def price(self, stock: str) -> Known[Quote]:
        """By code or exact name. Raises SourceRefused while there is no source of prices."""
        stocks = _chosen(self._stocks, "stocks")
        return await self._price.get(stock, lambda: stocks.price(stock))

    async def close(self) -> None:
        for cache in (self._weather, self._air, self._rate, self._price):
            await cache.close()


def _chosen(source: S | None, what: str) -> S:
    """Raises SourceRefused for what the operator has switched off."""
    if source is None:
        raise SourceRefused(what, "none is configured")
    return source
