"""Open-Meteo: forecasts and air quality for any place, without a key, for uses that earn nothing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import SourceError
from bot.ports import Clock
from bot.sources.fetching import Web
from bot.sources.reading import Reading
from bot.sources.weather import FEWEST_DAYS, Air, Day, Now, Sky, Weather, celsius, nearby

FORECAST = "https://api.open-meteo.com"
AIR = "https://air-quality-api.open-meteo.com"
_DAYS = 8
_NOW = "temperature_2m,relative_humidity_2m,apparent_temperature,precipitation,weather_code,wind_speed_10m"
_DAILY = "weather_code,temperature_2m_max,temperature_2m_min,precipitation_sum,precipitation_probability_max"

# The WMO codes that Open-Meteo uses (open-meteo.com/en/docs, "WMO Weather interpretation codes").
_SKIES: dict[int, Sky] = {
    **dict.fromkeys((0, 1), "clear"),
    2: "partly",
    3: "cloudy",
    **dict.fromkeys((45, 48), "fog"),
    **dict.fromkeys((51, 53, 55, 56, 57), "drizzle"),
    **dict.fromkeys((61, 63, 65, 66, 67), "rain"),
    **dict.fromkeys((71, 73, 75, 77, 85, 86), "snow"),
    **dict.fromkeys((80, 81, 82), "showers"),
    **dict.fromkeys((95, 96, 99), "thunder"),
}


class OpenMeteo:
    """Weather and air; `forecast` and `air` are the addresses of the two services."""

    name = "Open-Meteo.com"

    def __init__(self, web: Web, clock: Clock, *, forecast: str = FORECAST, air: str = AIR) -> None:
        self._web = web
        self._clock = clock
        self._forecast = f"{forecast}/v1/forecast"
        self._air = f"{air}/v1/air-quality"

    async def weather(self, latitude: float, longitude: float, zone: ZoneInfo) -> Weather:
        params = _place(latitude, longitude, zone) | {
            "current": _NOW,
            "daily": _DAILY,
            "wind_speed_unit": "ms",
            "forecast_days": str(_DAYS),
        }
        answer = (await self._web.get(self.name, self._forecast, params)).json()
        return Weather(_now(answer["current"], zone), _days(answer["daily"]), self.name, self._clock.now())

    async def air(self, latitude: float, longitude: float, zone: ZoneInfo) -> Air | None:
        params = _place(latitude, longitude, zone) | {"current": "pm10,pm2_5"}
        current = (await self._web.get(self.name, self._air, params)).json()["current"]
        pm10, pm25 = current["pm10"], current["pm2_5"]
        if pm10.value is None or pm25.value is None:  # a place that its model doesn't cover
            return None
        return Air(pm10.number(), pm25.number(), _local(current["time"], zone), self.name)


def _place(latitude: float, longitude: float, zone: ZoneInfo) -> dict[str, str]:
    north, east = nearby(latitude, longitude)
    return {"latitude": f"{north:.2f}", "longitude": f"{east:.2f}", "timezone": zone.key}


def _now(current: Reading, zone: ZoneInfo) -> Now:
    hours = current["interval"].number() / 3600  # precipitation is the sum of the last `interval` seconds
    if hours <= 0:
        raise SourceError(current.source, "current.interval is no time")
    return Now(
        temperature=celsius(current["temperature_2m"]),
        feels_like=celsius(current["apparent_temperature"]),
        humidity=round(current["relative_humidity_2m"].number()),
        wind=current["wind_speed_10m"].number(),
        precipitation=current["precipitation"].number() / hours,
        sky=_sky(current["weather_code"]),
        at=_local(current["time"], zone),
    )


def _days(daily: Reading) -> tuple[Day, ...]:
    days = tuple(_day(daily, index) for index in range(len(daily["time"].items())))
    if len(days) < FEWEST_DAYS:
        raise SourceError(daily.source, f"gives {len(days)} days instead of {FEWEST_DAYS}")
    return days


def _day(daily: Reading, index: int) -> Day:
    chance = daily["precipitation_probability_max"][index]
    return Day(
        date=daily["time"][index].day(),
        low=celsius(daily["temperature_2m_min"][index]),
        high=celsius(daily["temperature_2m_max"][index]),
        sky=_sky(daily["weather_code"][index]),
        rain_chance=None if chance.value is None else round(chance.number()),
        precipitation=daily["precipitation_sum"][index].number(),
    )


def _sky(code: Reading) -> Sky:
    sky = _SKIES.get(code.whole())
    if sky is None:
        raise SourceError(code.source, f"{code.way} is the unknown weather code {code.whole()}")
    return sky


def _local(time: Reading, zone: ZoneInfo) -> datetime:
    """Its times are those of the place, without an offset."""
    return time.moment().replace(tzinfo=zone)
