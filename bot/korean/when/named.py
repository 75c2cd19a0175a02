"""Days with a name, where a time of day follows: 크리스마스 아침 9시, 추석 전날 8시, 2027년 설날 9시."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.korean.festivals import NAMES, called
from bot.korean.when.dates import YEARS, year_meant
from bot.korean.when.pattern import CLOCK_AHEAD, PARTS
from bot.korean.when.values import Day, Impossible

_AWAY = {"전날": -1, "하루 전": -1, "다음 날": 1, "다음날": 1}
_YEARLY = re.compile(r"매년|해마다|매해")
_NAMES = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
_NAMED = (
    rf"(?:(?<![가-힣0-9])(?:(?P<year>(?:19|20|21)?[0-9]{{2}})\s?년|(?P<named>{'|'.join(YEARS)}))(?:의|에)?\s?"
    r"|(?:(?<![가-힣])(?:다음|이번|오는|돌아오는|다가오는)\s?)|(?<![가-힣])(?<![0-9]년 )(?<!올해 )(?<!지난 ))"
    rf"(?P<name>{_NAMES})\s?(?:날|당일)?\s?(?P<away>{'|'.join(_AWAY)})?(?:에|의|날에)?"
)
BEFORE_A_CLOCK = re.compile(rf"{_NAMED}(?:{CLOCK_AHEAD}|(?=\s(?:{PARTS})에))", re.IGNORECASE)
UNTIL = re.compile(rf"{_NAMED.removesuffix('(?:에|의|날에)?')}까지(?:만|는)?(?![가-힣])", re.IGNORECASE)
ALONE = re.compile(rf"\s*{_NAMED}\s*$", re.IGNORECASE)  # one day of a list, whose time follows: 크리스마스랑 설날 9시


def day(match: re.Match[str], today: date) -> Day | Impossible | None:
    """The day of that year, or the next such day; on a date of its own every year it can be repeated."""
    yearly = called(match["name"])
    if yearly is None:
        return None
    year = year_meant(match["year"], match["named"], today)
    found = yearly.next(today) if year is None else yearly(year)
    if found is None:
        return Impossible() if year else None  # beyond the lunar tables
    if match["away"] and _YEARLY.search(match.string):
        return None  # the day before a lunar date is no date of its own
    if match["away"]:
        return Day(found + timedelta(days=_AWAY[match["away"]]))
    return Day(found, month=yearly.month, number=yearly.day, lunar=yearly.lunar)
