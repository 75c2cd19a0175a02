"""Each kind of fact has its own cache, and nobody hears where exactly somebody is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceError, SourceRefused
from bot.sources.facts import Facts
from bot.sources.rates import Rate
from bot.sources.stocks import Quote
from bot.sources.weather import Air, Day, Now, Weather
from tests.bot.sources.provider import Clock

SEOUL = ZoneInfo("Asia/Seoul")
AT = datetime(2026, 11, 20, tzinfo=UTC)
NOW = Now(1, 0, 50, 2, 0, "clear", AT)
DAYS = tuple(Day(date(2026, 11, 20 + past), 0, 5, "clear", 0, 0) for past in range(7))


class World:
    """All sources in one; notes its questions, and can be broken."""

    name = "World"

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.broken = False

    def _hear(self, *question: object) -> None:
        self.asked.append(question)
        if self.broken:
            raise SourceError(self.name, "is broken")

    async def weather(self, latitude: float, longitude: float, zone: ZoneInfo) -> Weather:
        self._hear("weather", latitude, longitude)
        return Weather(NOW, DAYS, self.name, AT)

    async def air(self, latitude: float, longitude: float, zone: ZoneInfo) -> Air | None:
        self._hear("air", latitude, longitude)
        return None

    async def rate(self, base: str, quote: str) -> Rate:
        self._hear("rate", base, quote)
        return Rate(base, quote, Decimal(1400), date(2026, 11, 20), self.name)

    async def price(self, stock: str) -> Quote:
        self._hear("price", stock)
        return Quote("삼성전자", stock, Decimal(1), Decimal(0), Decimal(0), date(2026, 11, 20), self.name)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def facts(world: World, clock: Clock) -> AsyncIterator[Facts]:
    facts = Facts(clock, world, world, world)
    yield facts
    await facts.close()


async def test_neighbours_share_a_forecast_and_the_source_hears_no_more_than_a_kilometre(
    facts: Facts, world: World
) -> None:
    await facts.weather(37.318712, 126.838321, SEOUL)
    await facts.weather(37.321999, 126.841234, SEOUL)
    assert world.asked == [("weather", 37.32, 126.84)]


async def test_air_that_nobody_knows_is_remembered_too(facts: Facts, world: World) -> None:
    assert (await facts.air(37.3, 126.8, SEOUL)).value is None
    assert (await facts.air(37.3, 126.8, SEOUL)).value is None
    assert world.asked == [("air", 37.3, 126.8)]


async def test_weather_is_renewed_after_ten_minutes_and_told_with_its_age_in_trouble(
    facts: Facts, world: World, clock: Clock
) -> None:
    said_at = clock.at
    await facts.weather(37.3, 126.8, SEOUL)
    clock.pass_by(minutes=10)
    world.broken = True
    known = await facts.weather(37.3, 126.8, SEOUL)
    assert (known.fresh, known.at, len(world.asked)) == (False, said_at, 2)
    clock.pass_by(days=1)
    with pytest.raises(SourceError, match="World: is broken"):
        await facts.weather(37.3, 126.8, SEOUL)


async def test_rates_and_prices_outlast_a_long_weekend(facts: Facts, world: World, clock: Clock) -> None:
    await facts.rate("USD", "KRW")
    await facts.price("005930")
    clock.pass_by(days=6)
    world.broken = True
    assert not (await facts.rate("USD", "KRW")).fresh
    assert not (await facts.price("005930")).fresh


async def test_a_rate_is_not_the_rate_of_another_pair(facts: Facts, world: World) -> None:
    assert (await facts.rate("USD", "KRW")).value.base == "USD"
    assert (await facts.rate("JPY", "KRW")).value.base == "JPY"


async def test_without_a_source_of_prices_it_is_said(world: World, clock: Clock) -> None:
    facts = Facts(clock, world, world)
    assert not facts.has_stocks
    with pytest.raises(SourceRefused, match="stocks: none is configured"):
        await facts.price("005930")
