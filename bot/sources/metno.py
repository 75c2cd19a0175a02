"""MET Norway's Locationforecast 2.0: forecasts for any place; wants a contact, and asks to be asked seldom."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.errors import SourceError
from bot.ports import Clock
from bot.sources.fetching import Answer, Web, http_date
from bot.sources.reading import Reading
from bot.sources.weather import FEWEST_DAYS, Air, Day, Now, Sky, Weather, celsius, feels_like, most_severe, nearby

log = logging.getLogger(__name__)

BASE = "https://api.met.no"
_PLACES = 500  # forecasts kept for If-Modified-Since, about 20 kB each
_WHOLE_DAY = 3  # steps of six hours that a later day must have to be told
_NEVER_SOONER = timedelta(minutes=5)  # where an answer has no Expires

_PLAIN: dict[str, Sky] = {
    "clearsky": "clear",
    "fair": "clear",
    "partlycloudy": "partly",
    "cloudy": "cloudy",
    "fog": "fog",
}
_FALLING: dict[str, Sky] = {"rain": "rain", "sleet": "sleet", "snow": "snow"}


@dataclass(frozen=True, slots=True)
class Step:
    """The weather at an instant, and what falls in the `hours` after it (0: nobody says); `at` in UTC."""

    at: datetime
    temperature: float
    humidity: float
    wind: float
    low: float
    high: float
    hours: int
    sky: Sky | None
    precipitation: float
    chance: float | None


@dataclass(frozen=True, slots=True)
class _Kept:
    steps: tuple[Step, ...]
    modified: str
    expires: datetime


class MetNo:
    """Weather; of the air outside Norway it knows nothing.

    `contact` is an e-mail or web address of the operator: without one the service blocks us (its terms of service).
    Raises ValueError when there is none.
    """

    name = "MET Norway"

    def __init__(self, web: Web, clock: Clock, contact: str, *, base: str = BASE) -> None:
        if not contact.strip() or not contact.isprintable() or not contact.isascii():
            raise ValueError("MET Norway wants an e-mail or web address of the operator as contact")
        self._web = web
        self._clock = clock
        self._agent = f"irang {contact.strip()}"
        self._url = f"{base}/weatherapi/locationforecast/2.0/complete"
        self._kept: OrderedDict[tuple[float, float], _Kept] = OrderedDict()

    async def weather(self, latitude: float, longitude: float, zone: ZoneInfo) -> Weather:
        """Today counts from now on; a later day that the forecast covers by less than half is left out."""
        steps = (await self._forecast(nearby(latitude, longitude))).steps
        now = self._clock.now()
        return Weather(*_told(self.name, steps, now, zone), self.name, now)

    async def air(self, latitude: float, longitude: float, zone: ZoneInfo) -> Air | None:
        return None

    async def _forecast(self, place: tuple[float, float]) -> _Kept:
        """Asks only when what we have expired, and then only for what changed (terms of service, "Traffic")."""
        kept = self._kept.get(place)
        if kept is not None and self._clock.now() < kept.expires:
            return kept
        answer = await self._ask(place, kept)
        if kept is not None and answer.status == 304:
            kept = replace(kept, expires=self._expires(answer))
        else:
            kept = _Kept(_steps(answer.json()), answer.headers.get("last-modified", ""), self._expires(answer))
        self._keep(place, kept)
        return kept

    async def _ask(self, place: tuple[float, float], kept: _Kept | None) -> Answer:
        params = {"lat": f"{place[0]:.2f}", "lon": f"{place[1]:.2f}"}
        headers = {"User-Agent": self._agent}
        if kept is not None and kept.modified:
            headers["If-Modified-Since"] = kept.modified
        accept = (200, 203, 304) if kept is not None else (200, 203)
        answer = await self._web.get(self.name, self._url, params, headers, accept=accept)
        if answer.status == 203:
            log.warning("MET Norway says that this version of its service will end soon (203)")
        return answer

    def _expires(self, answer: Answer) -> datetime:
        return http_date(answer.headers.get("expires", "")) or self._clock.now() + _NEVER_SOONER

    def _keep(self, place: tuple[float, float], kept: _Kept) -> None:
        self._kept[place] = kept
        self._kept.move_to_end(place)
        if len(self._kept) > _PLACES:
            self._kept.popitem(last=False)


def _steps(answer: Reading) -> tuple[Step, ...]:
    steps = tuple(_step(row) for row in answer["properties"]["timeseries"].items())
    if not steps:
        raise SourceError(answer.source, "gives an empty forecast")
    return steps


def _step(row: Reading) -> Step:
    data, at = row["data"], row["time"].moment()
    if at.tzinfo is None:
        raise SourceError(row.source, f"{row.way}.time has no zone")
    details = data["instant"]["details"]
    temperature = celsius(details["air_temperature"])
    hours = next((hours for hours in (1, 6) if data.maybe(f"next_{hours}_hours")), 0)
    bare = Step(
        at=at,
        temperature=temperature,
        humidity=details["relative_humidity"].number(),
        wind=details["wind_speed"].number(),
        low=temperature,
        high=temperature,
        hours=0,
        sky=None,
        precipitation=0.0,
        chance=None,
    )
    return _with_period(bare, data[f"next_{hours}_hours"], hours) if hours else bare


def _with_period(step: Step, period: Reading, hours: int) -> Step:
    details = period["details"]
    low, high = details.maybe("air_temperature_min"), details.maybe("air_temperature_max")
    chance = details.maybe("probability_of_precipitation")  # not told everywhere
    return replace(
        step,
        low=min(step.low, celsius(low)) if low else step.low,
        high=max(step.high, celsius(high)) if high else step.high,
        hours=hours,
        sky=_sky(period["summary"]["symbol_code"]),
        precipitation=details["precipitation_amount"].number(),
        chance=chance.number() if chance else None,
    )


def _sky(symbol: Reading) -> Sky:
    """What a symbol such as "heavysnowshowersandthunder_night" shows (docs.api.met.no, weather icons).

    Two of the service's own codes are misspelt: lightssleetshowersandthunder and lightssnowshowersandthunder.
    """
    code = symbol.text().partition("_")[0]
    if code in _PLAIN:
        return _PLAIN[code]
    thunder = code.endswith("andthunder")
    falling = code.removesuffix("andthunder")
    showers = falling.endswith("showers")
    falling = falling.removesuffix("showers").removeprefix("heavy").removeprefix("light")
    falling = {"ssleet": "sleet", "ssnow": "snow"}.get(falling, falling)
    if falling not in _FALLING:
        raise SourceError(symbol.source, f"{symbol.way} is an unknown weather symbol")
    if thunder:
        return "thunder"
    return "showers" if showers and falling == "rain" else _FALLING[falling]


def _told(source: str, steps: tuple[Step, ...], now: datetime, zone: ZoneInfo) -> tuple[Now, tuple[Day, ...]]:
    first = max((index for index, step in enumerate(steps) if step.at <= now), default=0)
    coming = steps[first:]
    whole = coming[0]
    if whole.sky is None:
        raise SourceError(source, "has no forecast for this hour")
    days = tuple(_days(coming, max(now, whole.at), zone))
    if len(days) < FEWEST_DAYS:
        raise SourceError(source, f"gives {len(days)} days instead of {FEWEST_DAYS}")
    return _now(whole, whole.sky, zone), days


def _now(step: Step, sky: Sky, zone: ZoneInfo) -> Now:
    return Now(
        temperature=step.temperature,
        feels_like=feels_like(step.temperature, step.humidity, step.wind),
        humidity=round(step.humidity),
        wind=step.wind,
        precipitation=step.precipitation / step.hours,
        sky=sky,
        at=step.at.astimezone(zone),
    )


def _days(steps: tuple[Step, ...], now: datetime, zone: ZoneInfo) -> list[Day]:
    """A step that began before midnight but lasts counts for today."""
    days: list[Day] = []
    for _, group in groupby(steps, key=lambda step: max(step.at, now).astimezone(zone).date()):
        its = list(group)
        skies = [step.sky for step in its if step.sky is not None]
        if not skies or (days and sum(bool(step.hours) for step in its) < _WHOLE_DAY):
            continue
        chances = [step.chance for step in its if step.chance is not None]
        days.append(
            Day(
                date=max(its[0].at, now).astimezone(zone).date(),
                low=min(step.low for step in its),
                high=max(step.high for step in its),
                sky=most_severe(skies),
                rain_chance=round(max(chances)) if chances else None,
                precipitation=sum(step.precipitation for step in its),
            )
        )
    return days
