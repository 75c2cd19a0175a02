"""MET Norway is asked by its terms: who we are, seldom, and only for what changed."""

from __future__ import annotations

import copy
import logging
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceBusy, SourceError, SourceRefused
from bot.sources.fetching import Web
from bot.sources.metno import MetNo
from bot.sources.weather import feels_like
from tests.bot.sources.provider import Clock, Provider, Says, says_json

SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2026, 11, 20, 2, tzinfo=UTC)  # 11:00 in Seoul, an hour before the clock's time


def step(at: datetime, temperature: float, hours: int, symbol: str = "cloudy", rain: float = 0.0) -> dict[str, Any]:
    details = {"air_temperature": temperature, "relative_humidity": 60.0, "wind_speed": 2.0}
    data: dict[str, Any] = {"instant": {"details": details}}
    if hours:
        data[f"next_{hours}_hours"] = {
            "summary": {"symbol_code": symbol},
            "details": {"precipitation_amount": rain},
        }
    return {"time": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "data": data}


def forecast() -> dict[str, Any]:
    """50 hours hourly, then six-hourly to the tenth day, as the service does it."""
    steps = [step(START + timedelta(hours=hour), 5.0 + hour % 5, 1) for hour in range(50)]
    later = START + timedelta(hours=52)  # 06:00 UTC
    steps += [step(later + timedelta(hours=6 * index), 1.0, 6, "rain", 1.5) for index in range(32)]
    steps.append(step(later + timedelta(hours=6 * 32), 1.0, 0))
    return {"type": "Feature", "properties": {"meta": {}, "timeseries": steps}}


def http(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def says(clock: Clock, answer: dict[str, Any], *, minutes: int = 30) -> Says:
    return says_json(answer, Expires=http(clock.at + timedelta(minutes=minutes)), Last_Modified=http(clock.at))


def source(web: Web, clock: Clock, provider: Provider) -> MetNo:
    return MetNo(web, clock, "ops@example.com", base=provider.url)


async def test_the_forecast_is_asked_for_and_read(web: Web, clock: Clock, provider: Provider) -> None:
    answer = forecast()
    answer["properties"]["timeseries"][1] = step(clock.at, 6.0, 1, "lightrainshowers_day", 0.4)
    provider.will_say(says(clock, answer))
    weather = await source(web, clock, provider).weather(37.318712, 126.838321, SEOUL)
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("GET", "/weatherapi/locationforecast/2.0/complete")
    assert asked.params == {"lat": "37.32", "lon": "126.84"}
    assert asked.headers["user-agent"] == "irang ops@example.com"
    assert asked.headers["accept-encoding"] == "gzip"
    assert "if-modified-since" not in asked.headers
    now = weather.now
    assert (now.temperature, now.humidity, now.wind, now.precipitation, now.sky) == (6.0, 60, 2.0, 0.4, "showers")
    assert now.feels_like == feels_like(6.0, 60.0, 2.0)
    assert now.at == datetime(2026, 11, 20, 12, tzinfo=SEOUL)
    assert (weather.source, weather.fetched) == ("MET Norway", clock.at)


async def test_days_are_those_of_the_place(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says(clock, forecast()))
    days = (await source(web, clock, provider).weather(37.3, 126.8, SEOUL)).days
    assert [day.date for day in days[:8]] == [date(2026, 11, 20) + timedelta(days=past) for past in range(8)]
    assert (days[0].low, days[0].high, days[0].sky, days[0].rain_chance) == (5.0, 9.0, "cloudy", None)
    assert (days[5].sky, days[5].precipitation) == ("rain", 6.0)  # four times six hours
    assert days[-1].date == date(2026, 11, 29)  # of the 30th only half is told


async def test_what_it_told_is_not_asked_again_before_it_expires(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says(clock, forecast(), minutes=30))
    met = source(web, clock, provider)
    await met.weather(37.3, 126.8, SEOUL)
    clock.pass_by(minutes=29)
    await met.weather(37.3, 126.8, SEOUL)
    assert len(provider.asked) == 1


async def test_afterwards_only_what_changed_is_asked_for(web: Web, clock: Clock, provider: Provider) -> None:
    first = clock.at
    provider.will_say(says(clock, forecast()), Says(status=304, headers={"Expires": http(first + timedelta(hours=2))}))
    met = source(web, clock, provider)
    before = await met.weather(37.3, 126.8, SEOUL)
    clock.pass_by(minutes=65)
    after = await met.weather(37.3, 126.8, SEOUL)
    assert provider.asked[1].headers["if-modified-since"] == http(first)
    assert after.now.at - before.now.at == timedelta(hours=1)  # the same forecast, an hour on
    clock.pass_by(minutes=50)
    await met.weather(37.3, 126.8, SEOUL)
    assert len(provider.asked) == 2


async def test_an_old_version_is_said_in_the_log(
    web: Web, clock: Clock, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    told = says(clock, forecast())
    provider.will_say(Says(told.body, status=203, headers=told.headers))
    with caplog.at_level(logging.WARNING):
        await source(web, clock, provider).weather(37.3, 126.8, SEOUL)
    assert "will end soon" in caplog.text


async def test_of_the_air_it_says_nothing(web: Web, clock: Clock, provider: Provider) -> None:
    assert await source(web, clock, provider).air(37.3, 126.8, SEOUL) is None
    assert provider.asked == []


@pytest.mark.parametrize("contact", ["", "  ", "ops@example.com\r\nX: y", "운영자"])
async def test_it_is_not_asked_without_a_contact(contact: str, web: Web, clock: Clock) -> None:
    with pytest.raises(ValueError, match="contact"):
        MetNo(web, clock, contact)


@pytest.mark.parametrize(
    ("symbol", "sky"),
    [
        ("clearsky_night", "clear"),
        ("fair_polartwilight", "clear"),
        ("partlycloudy_day", "partly"),
        ("fog", "fog"),
        ("heavyrain", "rain"),
        ("lightrain", "rain"),
        ("rainshowers_day", "showers"),
        ("heavysnowshowers_day", "snow"),
        ("lightsleet", "sleet"),
        ("lightssleetshowersandthunder_day", "thunder"),
        ("lightssnowshowersandthunder_night", "thunder"),
        ("heavyrainandthunder", "thunder"),
    ],
)
async def test_symbols_are_read(symbol: str, sky: str, web: Web, clock: Clock, provider: Provider) -> None:
    answer = forecast()
    answer["properties"]["timeseries"][1] = step(clock.at, 6.0, 1, symbol)
    provider.will_say(says(clock, answer))
    assert (await source(web, clock, provider).weather(37.3, 126.8, SEOUL)).now.sky == sky


def with_first(**change: Any) -> dict[str, Any]:
    answer = copy.deepcopy(forecast())
    answer["properties"]["timeseries"][0] |= change
    return answer


def cut(count: int) -> dict[str, Any]:
    answer = forecast()
    answer["properties"]["timeseries"] = answer["properties"]["timeseries"][:count]
    return answer


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({}, "the answer lacks properties"),
        (cut(0), "gives an empty forecast"),
        (cut(30), "gives 2 days instead of 7"),
        (with_first(data={}), r"the answer lacks properties.timeseries\[0\].data.instant"),
        (with_first(time="9999-12-31T23:00:00Z"), r"properties.timeseries\[0\].time is no time"),
        (with_first(data=step(START, -237.7, 1)["data"]), "air_temperature is no temperature"),
        (with_first(time="2026-11-20T02:00:00"), r"properties.timeseries\[0\].time has no zone"),
        (with_first(data=step(START, 1, 1, "frogs_day")["data"]), "symbol_code is an unknown weather symbol"),
        (with_first(data=step(START, 1, 1, "drain")["data"]), "symbol_code is an unknown weather symbol"),
    ],
)
async def test_a_wrong_answer_is_named(
    answer: dict[str, Any], fault: str, web: Web, clock: Clock, provider: Provider
) -> None:
    provider.will_say(says_json(answer))
    with pytest.raises(SourceError, match=f"^MET Norway: .*{fault}$"):
        await source(web, clock, provider).weather(37.3, 126.8, SEOUL)


async def test_being_throttled_or_blocked_is_told_apart(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(Says(status=429), Says(status=403))
    with pytest.raises(SourceBusy):
        await source(web, clock, provider).weather(37.3, 126.8, SEOUL)
    with pytest.raises(SourceRefused, match="contact"):
        await source(web, clock, provider).weather(37.3, 126.8, SEOUL)


async def test_no_more_than_some_forecasts_are_kept(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says(clock, forecast()))
    met = source(web, clock, provider)
    for place in range(3):
        await met.weather(37.0 + place, 126.8, SEOUL)
    from bot.sources import metno

    assert len(met._kept) == 3
    for place in range(metno._PLACES):
        met._keep((float(place), 0.0), next(iter(met._kept.values())))
    assert len(met._kept) == metno._PLACES
