"""Open-Meteo is asked by its documentation, and its answers are read strictly."""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceError
from bot.sources.fetching import Web
from bot.sources.openmeteo import OpenMeteo
from bot.sources.weather import Air, Day, Now
from tests.bot.sources.provider import Clock, Provider, Says, says_json

SEOUL = ZoneInfo("Asia/Seoul")
DAYS = [f"2026-11-{day}" for day in range(20, 28)]
ANSWER: dict[str, Any] = {
    "latitude": 37.3,
    "longitude": 126.8,
    "utc_offset_seconds": 32400,
    "timezone": "Asia/Seoul",
    "current": {
        "time": "2026-11-20T12:00",
        "interval": 900,
        "temperature_2m": 4.2,
        "relative_humidity_2m": 55,
        "apparent_temperature": 0.9,
        "precipitation": 0.5,
        "weather_code": 61,
        "wind_speed_10m": 3.4,
    },
    "daily": {
        "time": DAYS,
        "weather_code": [61, 0, 1, 2, 3, 45, 71, 95],
        "temperature_2m_max": [7.1, 8, 9, 9.5, 10, 6, 1, 3],
        "temperature_2m_min": [-1.5, 0, 1, 2, 3, 1, -4, -2],
        "precipitation_sum": [3.2, 0, 0, 0, 0, 0, 5.5, 12],
        "precipitation_probability_max": [80, 0, 3, 5, 10, 20, 70, None],
    },
}
AIR = {"current": {"time": "2026-11-20T12:00", "interval": 3600, "pm10": 42.3, "pm2_5": 18.1}}


def source(web: Web, clock: Clock, provider: Provider) -> OpenMeteo:
    return OpenMeteo(web, clock, forecast=provider.url, air=provider.url)


async def test_the_forecast_is_asked_for_and_read(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says_json(ANSWER))
    weather = await source(web, clock, provider).weather(37.318712, 126.838321, SEOUL)
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("GET", "/v1/forecast")
    assert asked.params == {
        "latitude": "37.32",
        "longitude": "126.84",
        "timezone": "Asia/Seoul",
        "current": (
            "temperature_2m,relative_humidity_2m,apparent_temperature,precipitation,weather_code,wind_speed_10m"
        ),
        "daily": ("weather_code,temperature_2m_max,temperature_2m_min,precipitation_sum,precipitation_probability_max"),
        "wind_speed_unit": "ms",
        "forecast_days": "8",
    }
    assert weather.now == Now(4.2, 0.9, 55, 3.4, 2.0, "rain", datetime(2026, 11, 20, 12, tzinfo=SEOUL))
    assert weather.days[0] == Day(date(2026, 11, 20), -1.5, 7.1, "rain", 80, 3.2)
    assert [day.sky for day in weather.days] == ["rain", "clear", "clear", "partly", "cloudy", "fog", "snow", "thunder"]
    assert weather.days[-1].rain_chance is None
    assert (weather.source, weather.fetched) == ("Open-Meteo.com", clock.now())


async def test_the_air_is_asked_for_and_read(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says_json(AIR))
    air = await source(web, clock, provider).air(37.318712, 126.838321, SEOUL)
    (asked,) = provider.asked
    assert asked.path == "/v1/air-quality"
    assert asked.params == {
        "latitude": "37.32",
        "longitude": "126.84",
        "timezone": "Asia/Seoul",
        "current": "pm10,pm2_5",
    }
    assert air == Air(42.3, 18.1, datetime(2026, 11, 20, 12, tzinfo=SEOUL), "Open-Meteo.com")


async def test_a_place_without_air_is_no_fault(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says_json({"current": {"time": "2026-11-20T12:00", "pm10": None, "pm2_5": None}}))
    assert await source(web, clock, provider).air(37.3, 126.8, SEOUL) is None


def changed(*way: str, to: Any = None, gone: bool = False) -> dict[str, Any]:
    answer = copy.deepcopy(ANSWER)
    *down, last = way
    place = answer
    for key in down:
        place = place[key]
    if gone:
        del place[last]
    else:
        place[last] = to
    return answer


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (changed("current", gone=True), "the answer lacks current"),
        (changed("current", "temperature_2m", gone=True), "the answer lacks current.temperature_2m"),
        (changed("current", "temperature_2m"), "current.temperature_2m is no number"),
        (changed("current", "weather_code", to=42), "current.weather_code is the unknown weather code 42"),
        (
            changed("daily", "weather_code", to=[1] * 7 + [100]),
            r"daily.weather_code\[7\] is the unknown weather code 100",
        ),
        (changed("daily", "temperature_2m_max", to=[1]), r"the answer lacks daily.temperature_2m_max\[1\]"),
        (changed("daily", "time", to=[]), "gives 0 days instead of 7"),
        (changed("daily", "time", to=DAYS[:3]), "gives 3 days instead of 7"),
        (changed("current", "time", to="noon"), "current.time is no time"),
        (changed("current", "interval", to=0), "current.interval is no time"),
    ],
)
async def test_a_wrong_answer_is_named(
    answer: dict[str, Any], fault: str, web: Web, clock: Clock, provider: Provider
) -> None:
    provider.will_say(says_json(answer))
    with pytest.raises(SourceError, match=f"^Open-Meteo.com: {fault}$"):
        await source(web, clock, provider).weather(37.3, 126.8, SEOUL)


async def test_html_instead_of_json_is_named(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(Says(b"<html>502</html>"))
    with pytest.raises(SourceError, match=r"^Open-Meteo\.com: sent HTML or XML instead of JSON$"):
        await source(web, clock, provider).air(37.3, 126.8, SEOUL)
