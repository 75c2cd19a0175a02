"""Days with a name: 설날, 크리스마스, 수능; which of them the country rests on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays
from korean_lunar_calendar import KoreanLunarCalendar  # type: ignore[import-untyped]

from bot.korean import solarterms
from bot.korean.folding import match_key

_USUAL = {"신정연휴": "신정", "기독탄신일": "크리스마스"}  # what the law calls days that nobody calls so
_FIRST, _LAST = 1391, 2050  # years that the lunar calendar's tables cover

# https://www.suneung.re.kr announces the day years ahead; there is no rule to reckon it by.
_SUNEUNG = {2024: (11, 14), 2025: (11, 13), 2026: (11, 19), 2027: (11, 18)}


@dataclass(frozen=True, slots=True)
class Yearly:
    """A day that comes every year: on this date, the solar or the lunar one."""

    month: int
    day: int
    lunar: bool = False

    def __call__(self, year: int) -> date | None:
        return solar(year, self.month, self.day) if self.lunar else date(year, self.month, self.day)

    def next(self, today: date) -> date | None:
        """The next one, today included."""
        return _next(self, today)


def _suneung(year: int) -> date | None:
    return date(year, *_SUNEUNG[year]) if year in _SUNEUNG else None


_DAYS: dict[str, Callable[[int], date | None]] = {
    "새해|신정|새해첫날|새해 첫날|1월1일": Yearly(1, 1),
    "설날|설|구정|음력설|설 연휴|설연휴": Yearly(1, 1, lunar=True),
    "정월대보름|대보름": Yearly(1, 15, lunar=True),
    "발렌타인데이|밸런타인데이|발렌타인": Yearly(2, 14),
    "삼일절|3.1절|31절": Yearly(3, 1),
    "화이트데이": Yearly(3, 14),
    "만우절": Yearly(4, 1),
    "식목일": Yearly(4, 5),
    "근로자의날|노동절|메이데이": Yearly(5, 1),
    "어린이날": Yearly(5, 5),
    "어버이날": Yearly(5, 8),
    "스승의날": Yearly(5, 15),
    "부처님오신날|석가탄신일|초파일|사월초파일": Yearly(4, 8, lunar=True),
    "현충일": Yearly(6, 6),
    "단오": Yearly(5, 5, lunar=True),
    "제헌절": Yearly(7, 17),
    "칠석|칠월칠석": Yearly(7, 7, lunar=True),
    "광복절": Yearly(8, 15),
    "추석|한가위|추석 연휴|추석연휴": Yearly(8, 15, lunar=True),
    "국군의날": Yearly(10, 1),
    "개천절": Yearly(10, 3),
    "한글날": Yearly(10, 9),
    "할로윈|핼러윈|할로윈데이|핼러윈데이": Yearly(10, 31),
    "빼빼로데이": Yearly(11, 11),
    "수능|수능날|수능시험|대학수학능력시험": _suneung,
    "크리스마스이브|성탄절이브|크리스마스 이브": Yearly(12, 24),
    "크리스마스|성탄절|성탄|x-mas|christmas": Yearly(12, 25),
    "내년|다음 해": lambda year: date(year, 1, 1),
    "올해 끝|연말|올해 마지막 날|올해 마지막날|올해|한해|올 해": Yearly(12, 31),
    **solarterms.DAYS,
}
# Names of days that have a date of their own.
NAMES = [name for names, rule in _DAYS.items() if isinstance(rule, Yearly) for name in names.split("|")]
_BY_NAME = {match_key(name): rule for names, rule in _DAYS.items() for name in names.split("|")}
_NAMED_YEAR = {
    "작년": -1,
    "지난해": -1,
    "올해": 0,
    "이번": 0,
    "금년": 0,
    "내년": 1,
    "다음": None,
    "돌아오는": None,
    "오는": None,
}
_YEAR = re.compile(rf"(?:({'|'.join(_NAMED_YEAR)})|((?:19|20)\d\d)년?)?(?:에|의)?(.+?)(?:은|는|이|가|날짜|날|일)?")


@lru_cache(maxsize=256)  # the calendar adds up all its years each time, from 1391 on
def solar(year: int, month: int, day: int) -> date | None:
    """The date of a day of the Korean lunar calendar; None where it has none, or where its tables end."""
    calendar = KoreanLunarCalendar()
    if not (_FIRST <= year <= _LAST and calendar.setLunarDate(year, month, day, False)):
        return None
    return date.fromisoformat(calendar.SolarIsoFormat())


def lunar(day: date) -> tuple[int, int, int, bool] | None:
    """(year, month, day, leap month) in the Korean lunar calendar; None outside its tables."""
    calendar = KoreanLunarCalendar()
    if not (_FIRST < day.year <= _LAST and calendar.setSolarDate(day.year, day.month, day.day)):
        return None
    return calendar.lunarYear, calendar.lunarMonth, calendar.lunarDay, calendar.isIntercalation


def festival(text: str, today: date) -> date | None:
    """The date that a name such as "내년 설날" or "크리스마스" means: without a year the next one, today included."""
    key = match_key(text)
    rule, year = _BY_NAME.get(key), None
    if rule is None:
        found = _YEAR.fullmatch(key)
        if not found or not (rule := _BY_NAME.get(found[3]) or _BY_NAME.get(key.removeprefix(found[1] or ""))):
            return None
        named = _NAMED_YEAR.get(found[1]) if found[1] else None
        year = int(found[2]) if found[2] else today.year + named if named is not None else None
    if year is not None:
        return rule(year)
    return _next(rule, today)


def called(name: str) -> Yearly | None:
    """The day of this name, if it has a date of its own."""
    rule = _BY_NAME.get(match_key(name))
    return rule if isinstance(rule, Yearly) else None


def _next(rule: Callable[[int], date | None], today: date) -> date | None:
    return next((day for each in (today.year, today.year + 1) if (day := rule(each)) and day >= today), None)


def rest_day(day: date) -> str:
    """The name of the public holiday that a date is in Korea, "" when it is none."""
    return _rests(day.year).get(day, "")


@lru_cache(maxsize=8)
def _rests(year: int) -> dict[date, str]:
    found = holidays.country_holidays("KR", years=year, language="ko")
    return {day: _as_said(str(name)) for day, name in found.items()}


def _as_said(name: str) -> str:
    for official, usual in _USUAL.items():
        name = name.replace(official, usual)
    return name


def next_rest(today: date) -> date | None:
    """The next public holiday after today."""
    days = (day for year in (today.year, today.year + 1) for day in sorted(_rests(year)))
    return next((day for day in days if day > today), None)
