"""날씨: now, today, another day or the week, with the air; for a named place, a sent location or one's own."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.errors import SourceError
from bot.korean import places, when
from bot.korean.cities import find_city
from bot.korean.clock import clock, day
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import WHEN, Kind, brief
from bot.sources.facts import Facts
from bot.sources.telling import dead, stale
from bot.sources.weather import Air, Day, Weather

_POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)")
_AIR = re.compile(r"미세|먼지|공기|대기|황사|pm", re.IGNORECASE)
_WEEK = re.compile(r"주간|일주일(?!\s*(?:뒤|후|있다|지나|전))|week", re.IGNORECASE)  # "일주일 뒤" is a day


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the weather is asked for; `name` is what the answer calls it."""

    name: str
    latitude: float
    longitude: float
    own: str = ""  # what could be kept as the person's own place
    zone: str = "Asia/Seoul"


async def answer(scene: Scene, call: Call) -> Reply:
    said = call.args.get("place") or call.args.get("text") or ""
    call = _noted(scene, call)
    facts = scene.world.facts
    if facts is None or not facts.has_weather:
        return Reply(scene.locale("weather_off"))
    found = await asyncio.to_thread(_spots, said or scene.preferences.place, scene)
    if not said and not found:
        return Reply(scene.locale("weather_where"), expect=Expect(_again(call, ""), "place"))
    if not found:
        return Reply(scene.locale("place_unknown", place=said), expect=Expect(_again(call, ""), "place"))
    if len(found) > 1:
        choices = tuple(Choice(spot.name, _again(call, spot.own)) for spot in found)
        return Reply(scene.locale("place_which", place=said), choices=choices)
    return await _told(scene, call, facts, found[0])


def _noted(scene: Scene, call: Call) -> Call:
    """The call with what else its words ask for, so that it is not lost when we ask back."""
    text = scene.incoming.text
    asked = {name: "yes" for name, words in (("air", _AIR), ("week", _WEEK)) if words.search(text)}
    return Call(call.name, {**asked, **call.args})


def _again(call: Call, place: str) -> Call:
    """The same question about another place."""
    kept = {name: value for name, value in call.args.items() if name not in ("place", "text")}
    return Call("weather", {**kept, "place": place} if place else kept)


def _spots(said: str, scene: Scene) -> list[_Spot]:
    if point := _POINT.fullmatch(said.replace(" ", "")):
        latitude, longitude = float(point[1]), float(point[2])
        inside = abs(latitude) <= 90 and abs(longitude) <= 180
        zone = str(scene.now.tzinfo)  # nobody says which one is there: most likely the one that they live by
        return [_Spot(scene.locale("place_sent"), latitude, longitude, zone=zone)] if inside else []
    if found := places.find(said):
        return [_Spot(places.name(each), each.latitude, each.longitude, each.name) for each in found]
    city = find_city(said)
    return [_Spot(city.name, city.latitude, city.longitude, city.name, city.zone)] if city else []


async def _told(scene: Scene, call: Call, facts: Facts, spot: _Spot) -> Reply:
    try:
        weather = await facts.weather(spot.latitude, spot.longitude, ZoneInfo(spot.zone))
    except SourceError as error:
        return Reply(dead(scene, error, scene.locale("weather_dead", place=spot.name)))
    air = await _air(facts, spot)
    lines = [*stale(scene, weather), *_lines(scene, call, spot, weather.value, air)]
    own = spot.own and not scene.preferences.place
    keep = Choice(scene.locale("button_my_place"), Call("settings", {"name": "place", "value": spot.own}))
    return Reply("\n".join(lines), choices=(keep,) if own else ())


async def _air(facts: Facts, spot: _Spot) -> Air | None:
    """The air is an extra: without it the weather is told all the same."""
    try:
        return (await facts.air(spot.latitude, spot.longitude, ZoneInfo(spot.zone))).value
    except SourceError:
        return None


def _lines(scene: Scene, call: Call, spot: _Spot, weather: Weather, air: Air | None) -> list[str]:
    now = scene.now.astimezone(ZoneInfo(spot.zone))  # in Seoul it is tomorrow while it is still today in New York
    first, last = _days(call, now)
    today = now.date()
    wanted = [each for each in weather.days if first <= each.date <= last]
    if not wanted:
        return [scene.locale("weather_too_far", days=len(weather.days))]
    lines = [_now(scene, spot, weather)] if first <= today else [scene.locale("weather_for", place=spot.name)]
    lines += [_day(scene, each, today) for each in wanted]
    if air and first <= today:
        told = _air_line(scene, air)
        lines = [f"{spot.name}: {told}", *lines] if "air" in call.args else [*lines, told]
    elif air is None and "air" in call.args:
        lines.append(scene.locale("air_unknown"))
    return [*lines, _source(scene, weather)]


def _days(call: Call, now: datetime) -> tuple[date, date]:
    """The first and the last day that are asked about; seven days for "주간" and "일주일"."""
    today = now.date()
    time, _ = when.read(call.args.get("when", ""), now)
    if "week" in call.args and not (time and time.day):
        return today, today + timedelta(days=6)
    if time and time.after:
        there = (now + time.after).date()
        return there, there
    if time and time.day:
        last = max(one.until or one.day for one in (time, *time.others) if one.day)  # 오늘이랑 내일 저녁에
        return max(time.day, today) if time.until else time.day, last
    return today, today


def _now(scene: Scene, spot: _Spot, weather: Weather) -> str:
    now = weather.now
    return scene.locale(
        "weather_now",
        place=spot.name,
        temperature=f"{now.temperature:.0f}",
        feels=f"{now.feels_like:.0f}",
        sky=scene.locale(f"sky_{now.sky}"),
        humidity=now.humidity,
        wind=f"{now.wind:.0f}",
    )


def _day(scene: Scene, each: Day, today: date) -> str:
    rain = "" if each.rain_chance is None else scene.locale("weather_rain", chance=each.rain_chance)
    return scene.locale(
        "weather_day",
        day=day(each.date, today, scene.locale.language),
        sky=scene.locale(f"sky_{each.sky}"),
        low=f"{each.low:.0f}",
        high=f"{each.high:.0f}",
        rain=rain,
    )


def _air_line(scene: Scene, air: Air) -> str:
    return scene.locale(
        "air",
        grade10=scene.locale(f"air_{air.pm10_grade}"),
        grade25=scene.locale(f"air_{air.pm25_grade}"),
        pm10=f"{air.pm10:.0f}",
        pm25=f"{air.pm25:.0f}",
    )


def _source(scene: Scene, weather: Weather) -> str:
    at = clock(weather.fetched.astimezone(scene.now.tzinfo), scene.locale.language)
    return scene.locale("source", source=weather.source, clock=at)


def _is_place(text: str) -> bool:
    return bool(places.find(text)) or find_city(text) is not None


PLACE = Kind("place", brief(_is_place), lambda typed: [each.name for each in places.beginning(typed)])

# "비 오는데 우산 챙겨 갔는지 모르겠네" tells, and so does "오늘 먼지 심하대".
_TELLS = re.compile(r"(?:(?<=[가-힣])까\s?봐|[가-힣]네|더라|거든|[가-힣](?<!어|때)대)[요.~!ㅋㅎㅠㅜ\s]*$")
# What follows a question is why it is asked: "비 와? 빨래 널었거든", "습도 몇 프로야 꿉꿉해 죽겠네";
# and who asks what others say, asks: "비 언제 그친대".
_ASKS = re.compile(
    r"[?？]\s*\S|[나까]요[,.]?\s+\S|(?:[되돼지하]나|냐|인가|[쩐떤]가|몇\s?\S{1,3}야)[,.]?\s+(?!했|싶|하[고는며]|보[네다]|걱정|고민|모르)\S"
    r"|(?:언제|얼마나|얼만큼|몇|어디|어떻)(?:[가-힣]*|\S*\s.*)대요?[.!~?ㅋㅎㅠㅜ\s]*$"
)


def _tells(text: str, call: Call) -> bool:
    return _TELLS.search(text) is not None and _ASKS.search(text) is None


COMMAND = Command(
    name="weather",
    korean="날씨",
    about={
        "ko": "날씨와 미세먼지를 알려 줘요 (지금, 오늘, 내일, 주말, 이번 주)",
        "en": "Weather and air quality, for now or the week",
    },
    answer=answer,
    said=sayings(__name__),
    refuses=_tells,
    exact=True,
    sure=0.985,
    examples=(
        "고잔동 날씨 어때?",
        "/weather 서울",
        "인천 고잔동 날씨 어때?",
        "내일 날씨",
        "부산 비 와?",
        "오늘 미세먼지 어때?",
        "이번 주말 제주도 날씨 알려줘",
        "내일 우산 챙겨야 돼?",
        "오늘 몇 도야?",
    ),
    slots=(
        Slot("place", "지역", {"ko": "시, 구, 동 이름", "en": "A place in Korea"}, kind=PLACE),
        Slot("when", "언제", {"ko": "오늘, 내일, 주말, 이번 주", "en": "오늘, 내일, 주말, 이번 주"}, kind=WHEN),
    ),
    timed=True,
)
