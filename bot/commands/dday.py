"""D-day: how many days until a day, or since one."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.commands.date import DAY, no_such_day
from bot.korean import when
from bot.korean.clock import full_day
from bot.korean.days import day_in, named_day
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import TEXT

# What was counts from its last time: "10월 3일부터 며칠째야", but not "12월 첫째 주까지 며칠 남았어".
_SINCE = re.compile(r"지났|지난\s?지|흘렀|됐|됬|되었|(?:며칠|몇\s?일|얼마)\s?(?:째|짼|전)|사귀|사귄|만났|만난|태어")
_TO_COME = re.compile(r"남[았은음는앗]|내일|모레|글피|다음|내년|뒤|(?<!오)후")
_TODAY = re.compile(r"(?:오늘|지금)(?:까지|로|이|은)?")
# How long ago a weekday, a day of the month and a date were last, at the most.
_BACK = (timedelta(days=7), timedelta(days=31), timedelta(days=366))


def answer(scene: Scene, call: Call) -> Reply:
    asked = call.args.get("day") or call.args.get("text")
    if not asked and "when" not in call.args:
        return Reply(scene.locale("dday_which"), expect=Expect(Call("dday"), "day"))
    if wrong := no_such_day(scene, call):
        return wrong
    if asked and "when" in call.args and _TODAY.fullmatch(asked):  # "3월 1일부터 오늘까지 며칠째야"
        asked = None
    day = _day(asked or "", call.args.get("when", ""), scene)
    if day is None:
        return Reply(scene.locale("date_unknown", day=asked or call.args["when"]))
    return Reply(_counted(scene, day, asked))


def _day(asked: str, told: str, scene: Scene) -> date | None:
    """The day that is meant: of those that come again the next one, or the last one where it is counted since."""
    text, today = scene.incoming.text, scene.now.date()
    day, since = _read(asked, told, scene.now), _SINCE.search(text) is not None
    if day is None or day == today:
        return day
    if day < today:
        return day if since or asked else _end(told, scene.now) or day
    if not since or _TO_COME.search(text):
        return day
    earlier = (_read(asked, told, scene.now - back) for back in _BACK)
    return next((each for each in earlier if each and each <= today), day)


def _read(asked: str, told: str, now: datetime) -> date | None:
    return named_day(asked, now) if asked else day_in(told, now)


def _end(told: str, now: datetime) -> date | None:
    """The last day of a stretch that is under way: "이번 달 며칠 남았어?"."""
    time, _ = when.read(told, now)
    return time.until if time and time.until and time.until >= now.date() else None


def _counted(scene: Scene, day: date, asked: str | None) -> str:
    """Koreans count the first day too when they count since: the day itself is day 1."""
    today, said = scene.now.date(), full_day(day, scene.locale.language)
    name = f"{asked} ({said})" if asked else said
    days = (day - today).days
    if days == 0:
        return scene.locale("dday_today", day=name)
    if days > 0:
        return scene.locale("dday_until", day=name, days=days)
    return scene.locale("dday_since", day=name, days=-days, nth=1 - days)


# Who tells of others that ask, or of not counting, asks nothing.
_TELLS = re.compile(r"냐고\s.*(?:묻|물[어었으])|세지\s?(?:않|못|말)")

COMMAND = Command(
    name="dday",
    korean="디데이",
    about={"ko": "어떤 날까지 며칠 남았는지, 며칠 지났는지 세어 줘요", "en": "Count the days until or since a day"},
    answer=answer,
    said=sayings(__name__),
    sure=0.86,
    refuses=lambda text, call: _TELLS.search(text) is not None,
    exact=True,
    examples=(
        "크리스마스까지 며칠 남았어?",
        "/dday",
        "추석 디데이",
        "12월 31일까지 몇 일 남음",
        "2023년 4월 1일부터 며칠 지났어",
    ),
    slots=(Slot("day", "날", {"ko": "날짜나 이름: 12월 25일, 수능", "en": "A day: 12월 25일, 설날"}, kind=DAY),),
    spoken={"about": TEXT},
    timed=True,
)
