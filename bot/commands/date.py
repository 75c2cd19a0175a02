"""날짜: today's date, that of a named day, its weekday, whether it is a holiday, the lunar date."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from bot.command import Command, Reply, Scene, Slot
from bot.korean import when
from bot.korean.clock import full_day
from bot.korean.days import day_in, named_day
from bot.korean.festivals import lunar, rest_day
from bot.korean.when.dates import YEARS, year_meant
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind, brief

_ANY = datetime(2026, 1, 1, tzinfo=UTC)  # whether words are a day does not depend on today
RESTS = Kind(
    "rests",
    lambda text: text.replace(" ", "") in {"공휴일", "휴일", "빨간날", "쉬는날", "노는날", "연휴", "대체공휴일"},
)
_AROUND = timedelta(days=3)  # of 설날 and 추석 lie all the days that go with them
_RESTS = re.compile(r"휴일|빨간\s?날|쉬는\s?날|노는\s?날|연휴")
# A month or a year whose holidays are asked for; any other stretch of days is a time word.
_SPAN = re.compile(
    rf"(?:(?P<year>20[0-9]{{2}})\s?년|(?P<named>{'|'.join(YEARS)}))?\s?(?:(?P<month>1[0-2]|[1-9])\s?월(?:달)?)?(?:에는?|의|달)?"
)
SPAN = Kind("span", brief(lambda text: bool(text.strip()) and _SPAN.fullmatch(text.strip())))
_YEAR = rf"(?:(?P<year>20[0-9]{{2}})\s?년|(?P<named>{'|'.join(YEARS)}))"
_ASKS = r"(?:언제|며칠|몇\s?[월일]|무슨\s?요일)"
# Who has lost count of days: "오늘이 며칠인지도 모르고 산다", "무슨 요일이었는지는 모르겠는데 비가 왔어".
_LOST = re.compile(
    r"(?:며칠|몇\s?일|요일|날짜)\S{0,3}(?:인지도|인지는|었는지[도는]?)\s?(?:다\s)?(?:모르|까먹|잊)"
    r"(?!.*(?:알려|(?:며칠|몇\s?일|요일)(?:이|인|임|일|$|\?)(?!지[도는])))"
)
DAY = Kind("day", brief(lambda text: named_day(text, _ANY)))


def answer(scene: Scene, call: Call) -> Reply:
    asked = call.args.get("day") or call.args.get("text")
    if wrong := no_such_day(scene, call):
        return wrong
    if "rests" in call.args or (not asked and _is_stretch_of_rests(scene, call)):
        first, last = _span(call.args["span"], scene.now.date()) if "span" in call.args else _stretch(scene, call)
        return _rests(scene, first, last)
    if asked:
        asked = _of_its_year(asked, scene)
        day = named_day(asked, scene.now)
        if day is None:
            return Reply(scene.locale("date_unknown", day=asked))
        if "연휴" in asked:
            return _rests(scene, day - _AROUND, day + _AROUND)
    else:
        day = day_in(call.args["when"], scene.now) if "when" in call.args else scene.now.date()
    return Reply(_told(scene, day or scene.now.date(), asked))


def _of_its_year(asked: str, scene: Scene) -> str:
    """With the year that the question is put for: "추석이 내년에는 언제야", "크리스마스 무슨 요일이야 내년에는"."""
    day, at = re.escape(asked.strip()), rf"{_YEAR}(?:에는|에|엔|은|는|의)?"
    beside = (rf"{at}\s{day}", rf"{day}[은는이가]?\s{at}\s{_ASKS}", rf"{_ASKS}\S*\s{at}[?!.\s]*$")
    said = next((found for each in beside if (found := re.search(each, scene.incoming.text))), None)
    if said is None:
        return asked
    whole = f"{year_meant(said['year'], said['named'], scene.now.date())}년 {asked}"
    return whole if named_day(whole, scene.now) else asked


def no_such_day(scene: Scene, call: Call) -> Reply | None:
    """Says so of a date that no calendar has: 2월 30일."""
    said = " ".join((scene.incoming.text, *call.args.values()))
    day = re.sub(r"(?:까지|부터|은|는|이|에)$", "", when.no_day(said, scene.now))
    return Reply(scene.locale("date_no_such", day=day)) if re.match(r"[0-9]+\s?월", day) else None


def _is_stretch_of_rests(scene: Scene, call: Call) -> bool:
    """ "이번 달 공휴일": not whether its first day is one."""
    time, _ = when.read(call.args.get("when", ""), scene.now)
    return time is not None and time.until is not None and _RESTS.search(scene.incoming.text) is not None


def _stretch(scene: Scene, call: Call) -> tuple[date, date]:
    """The first and the last day that time words name; where there are none, what is left of this month."""
    time, _ = when.read(call.args.get("when", ""), scene.now)
    first = time.day if time and time.day else scene.now.date()
    return first, (time.until or time.day or first) if time and time.day else _month_end(first)


def _span(said: str, today: date) -> tuple[date, date]:
    """The same of "2027년 5월" and "내년"; a month alone is the next one of that name, this one included."""
    found = _SPAN.fullmatch(said.strip())
    year = year_meant(found["year"], found["named"], today) if found else None
    month = int(found["month"]) if found and found["month"] else None
    if month is None:
        return date(year or today.year, 1, 1), date(year or today.year, 12, 31)
    first = date(year or today.year + (month < today.month), month, 1)
    return first, _month_end(first)


def _rests(scene: Scene, first: date, last: date) -> Reply:
    """The public holidays of a stretch of days."""
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
    refuses=lambda text, call: _LOST.search(text) is not None,
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
        "5월 공휴일 알려줘",
    ),
    spoken={"rests": RESTS, "span": SPAN},
    slots=(Slot("day", "날", {"ko": "날짜나 이름: 다음 주 금요일, 설날", "en": "A day: next Friday, 설날"}, kind=DAY),),
    timed=True,
)
