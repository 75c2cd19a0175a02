"""날짜: today's date, that of a named day, its weekday, whether it is a holiday, the lunar date."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from bot.command import Command, Reply, Scene, Slot
from bot.korean import when
from bot.korean.clock import full_day
from bot.korean.days import day_in, named_day
from bot.korean.festivals import lunar, rest_day
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind, brief

_ANY = datetime(2026, 1, 1, tzinfo=UTC)  # whether words are a day does not depend on today
RESTS = Kind(
    "rests",
    lambda text: text.replace(" ", "") in {"공휴일", "휴일", "빨간날", "쉬는날", "노는날", "연휴", "대체공휴일"},
)
DAY = Kind("day", brief(lambda text: named_day(text, _ANY)))


def answer(scene: Scene, call: Call) -> Reply:
    asked = call.args.get("day") or call.args.get("text")
    if "rests" in call.args:
        return _rests(scene, call.args.get("when", ""))
    if asked:
        day = named_day(asked, scene.now)
        if day is None:
            return Reply(scene.locale("date_unknown", day=asked))
    else:
        day = day_in(call.args["when"], scene.now) if "when" in call.args else scene.now.date()
    return Reply(_told(scene, day or scene.now.date(), asked))


def _rests(scene: Scene, said: str) -> Reply:
    """The public holidays of a stretch of days; of what is left of this month where none was named."""
    time, _ = when.read(said, scene.now)
    first = time.day if time and time.day else scene.now.date()
    last = (time.until or time.day) if time and time.day else _month_end(first)
    days = [first + timedelta(days=after) for after in range((last - first).days + 1)]
    rests = [f"- {full_day(day, scene.locale.language)}: {name}" for day in days if (name := rest_day(day))]
    head = scene.locale("date_rests" if rests else "date_no_rests")
    return Reply("\n".join([head, *rests]))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _told(scene: Scene, day: date, asked: str | None) -> str:
    language = scene.locale.language
    name = asked or (scene.locale("today") if day == scene.now.date() else "")
    said = full_day(day, language)
    lines = [scene.locale("date_named", name=name, day=said) if name else scene.locale("date", day=said)]
    if left := (day - scene.now.date()).days:
        lines[0] += f" (D{-left:+})"
    if rest := rest_day(day):
        lines.append(scene.locale("date_holiday", holiday=rest))
    if (found := lunar(day)) and language == "ko":
        _, month, number, leap = found
        lines.append(scene.locale("date_lunar", month=f"{'윤' if leap else ''}{month}", day=number))
    return "\n".join(lines)


COMMAND = Command(
    name="date",
    korean="날짜",
    about={
        "ko": "날짜와 요일, 공휴일, 음력 날짜를 알려 줘요",
        "en": "Tell a date, its weekday and whether it is a holiday",
    },
    answer=answer,
    said=sayings(__name__),
    exact=True,
    examples=(
        "오늘 며칠이야",
        "/date",
        "다음 주 금요일이 며칠이야?",
        "올해 추석 언제예요?",
        "내일 무슨 요일이지",
        "오늘 음력으로 며칠이야",
        "10월 9일 공휴일이야?",
        "다음 달 빨간날 언제 있어?",
    ),
    spoken={"rests": RESTS},
    slots=(Slot("day", "날", {"ko": "날짜나 이름: 다음 주 금요일, 설날", "en": "A day: next Friday, 설날"}, kind=DAY),),
    timed=True,
)
