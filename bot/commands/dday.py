"""D-day: how many days until a day, or since one."""

from __future__ import annotations

from datetime import date

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.commands.date import DAY
from bot.korean.clock import full_day
from bot.korean.days import day_in, named_day
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import TEXT


def answer(scene: Scene, call: Call) -> Reply:
    asked = call.args.get("day") or call.args.get("text")
    if not asked and "when" not in call.args:
        return Reply(scene.locale("dday_which"), expect=Expect(Call("dday"), "day"))
    day = named_day(asked, scene.now) if asked else day_in(call.args["when"], scene.now)
    if day is None:
        return Reply(scene.locale("date_unknown", day=asked or call.args["when"]))
    return Reply(_counted(scene, day, asked))


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


COMMAND = Command(
    name="dday",
    korean="디데이",
    about={"ko": "어떤 날까지 며칠 남았는지, 며칠 지났는지 세어 줘요", "en": "Count the days until or since a day"},
    answer=answer,
    said=sayings(__name__),
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
