"""Weather and air as values, whoever measured or foresaw them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, get_args
from zoneinfo import ZoneInfo

from bot.errors import SourceError
from bot.sources.reading import Reading

Sky = Literal["clear", "partly", "cloudy", "fog", "drizzle", "showers", "rain", "sleet", "snow", "thunder"]
"""From the mildest to the most severe; freezing rain and drizzle count as rain and drizzle."""

Grade = Literal["좋음", "보통", "나쁨", "매우나쁨"]

FEWEST_DAYS = 7
# The last µg/m³ of 좋음, 보통 and 나쁨: the Ministry of Environment's forecast grades since 27 March 2018
# (easylaw.go.kr, 미세먼지 예보 등급). They are meant for a day's mean; we grade the hour's figure with them.
_PM10_LIMITS = (30, 80, 150)
_PM25_LIMITS = (15, 35, 75)


@dataclass(frozen=True, slots=True)
class Now:
    """Temperatures in °C, humidity in %, wind in m/s, precipitation in mm an hour; `at` in the place's time zone."""

    temperature: float
    feels_like: float
    humidity: int
    wind: float
    precipitation: float
    sky: Sky
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """Lowest and highest °C, the most severe sky, precipitation in mm; `rain_chance` in %, None where nobody says."""

    date: date
    low: float
    high: float
    sky: Sky
    rain_chance: int | None
    precipitation: float


@dataclass(frozen=True, slots=True)
class Weather:
    """`days` starts with today and holds at least seven; `source` is to be named in the answer; `fetched` in UTC."""

    now: Now
    days: tuple[Day, ...]
    source: str
    fetched: datetime


@dataclass(frozen=True, slots=True)
class Air:
    """Fine dust in µg/m³; `at` in the place's time zone."""

    pm10: float
    pm25: float
    at: datetime
    source: str

    @property
    def grade(self) -> Grade:
        """The worse of the two, as the Ministry of Environment announces it."""
        return max(self.pm10_grade, self.pm25_grade, key=get_args(Grade).index)

    @property
    def pm10_grade(self) -> Grade:
        return _grade(self.pm10, _PM10_LIMITS)

    @property
    def pm25_grade(self) -> Grade:
        return _grade(self.pm25, _PM25_LIMITS)


class Forecasts(Protocol):
    """Where weather comes from. Both raise SourceError; coordinates are in degrees (WGS84)."""

    name: str

    async def weather(self, latitude: float, longitude: float, zone: ZoneInfo) -> Weather: ...

    async def air(self, latitude: float, longitude: float, zone: ZoneInfo) -> Air | None:
        """None: this source doesn't know about the air."""


def _grade(dust: float, limits: tuple[int, int, int]) -> Grade:
    whole = math.floor(dust + 0.5)  # the limits are whole numbers: 30.4 is still 30
    grades: tuple[Grade, ...] = get_args(Grade)
    return next((grade for grade, limit in zip(grades, limits, strict=False) if whole <= limit), grades[-1])


def celsius(field: Reading) -> float:
    """A temperature that this planet knows. Raises SourceError for another."""
    degrees = field.number()
    if not -100 < degrees < 70:
        raise SourceError(field.source, f"{field.way} is no temperature")
    return degrees


def nearby(latitude: float, longitude: float) -> tuple[float, float]:
    """The place on a grid of a hundredth of a degree (about 1 km): nobody's home, and the same for neighbours."""
    return round(latitude, 2) + 0.0, round(longitude, 2) + 0.0  # + 0.0 turns -0.0 into 0.0


def most_severe(skies: list[Sky]) -> Sky:
    return max(skies, key=get_args(Sky).index)


def feels_like(temperature: float, humidity: float, wind: float) -> float:
    """Steadman's apparent temperature in the shade, in °C, from °C, % and m/s.

    Formula: Australian Bureau of Meteorology, "Thermal Comfort observations" (Steadman 1994, without radiation).
    """
    vapour = humidity / 100 * 6.105 * math.exp(17.27 * temperature / (237.7 + temperature))  # hPa
    return temperature + 0.33 * vapour - 0.70 * wind - 4.00
