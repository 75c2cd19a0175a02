"""The nth weekday of a month: 셋째 주 월요일, 다음 달 첫째 토요일, 매달 마지막 금요일.

"셋째 주 월요일" is the third Monday, as meetings and closing days are meant, and not the Monday of the third week.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from bot.korean.when.days import months_on
from bot.korean.when.pattern import DAY_END, END, WEEKDAY, WEEKDAYS, Reader
from bot.korean.when.values import LAST, Day, Every, Impossible, Piece, Repeat

_MONTHS = {"지난": -1, "저번": -1, "이번": 0, "이": 0, "다음": 1, "담": 1, "다다음": 2}
_PLACES = (("첫", "첫째", "첫번째"), ("둘째", "두번째"), ("셋째", "세번째"), ("넷째", "네번째"), ("다섯째", "다섯번째"))
_ORDERS = {name: place for place, names in enumerate(_PLACES, 1) for name in names} | {"마지막": LAST}
_ORDER = "|".join(name.replace("번째", r"\s?번\s?째") for name in sorted(_ORDERS, key=len, reverse=True))
_NTH = re.compile(
    rf"(?:(?P<each>매달|매월|다달이)\s?|(?:(?P<which>{'|'.join(_MONTHS)})\s?달|(?P<month>1[0-2]|[1-9])\s?월)의?\s?)?"
    rf"(?P<order>{_ORDER})\s?(?:주\s?)?{WEEKDAY}(?:(?P<again>\s?마다){END}|{DAY_END})"
)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The nth such day of the month (Monday is 0); LAST, and a fifth that the month lacks, is the last one."""
    first, days = calendar.monthrange(year, month)
    number = 1 + (weekday - first) % 7 + 7 * ((5 if nth == LAST else nth) - 1)
    return date(year, month, number - 7 * -(-max(number - days, 0) // 7))


def _nth(match: re.Match[str], today: date) -> Piece:
    """Of every month or of the one that is named; else of this month or, when that day is over, of the next."""
    nth, weekday = _ORDERS["".join(match["order"].split())], WEEKDAYS.index(match["weekday"])
    if match["each"] or match["again"]:
        return Repeat(Every("month", (weekday,), nth=nth))
    days = (nth_weekday(month.year, month.month, nth, weekday) for month in _months(match, today))
    return next((Day(day) for day in days if match["which"] or day >= today), Impossible())


def _months(match: re.Match[str], today: date) -> Iterator[date]:
    this = today.replace(day=1)
    if match["which"]:
        yield months_on(this, _MONTHS[match["which"]])
    elif match["month"]:
        yield from (date(year, int(match["month"]), 1) for year in (today.year, today.year + 1))
    else:
        yield from (this, months_on(this, 1))


READERS: tuple[Reader, ...] = ((_NTH, _nth),)
