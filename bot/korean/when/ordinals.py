"""The nth weekday of a month: 셋째 주 월요일, 다음 달 첫째 토요일, 매달 마지막 금요일.

"셋째 주 월요일" is the third Monday, as meetings and closing days are meant, and not the Monday of the third week.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from bot.korean.when.dates import YEARS, year_meant
from bot.korean.when.days import months_on
from bot.korean.when.pattern import DAY_END, END, WEEKDAYS, Reader
from bot.korean.when.values import LAST, Day, Every, Impossible, Piece, Repeat

_MONTHS = {"지난": -1, "저번": -1, "이번": 0, "이": 0, "다음": 1, "담": 1, "다다음": 2}
_PLACES = (("첫", "첫째", "첫번째"), ("둘째", "두번째"), ("셋째", "세번째"), ("넷째", "네번째"), ("다섯째", "다섯번째"))
_ORDERS = {name: place for place, names in enumerate(_PLACES, 1) for name in names} | {"마지막": LAST}
_ORDER = "|".join(name.replace("번째", r"\s?번\s?째") for name in sorted(_ORDERS, key=len, reverse=True))
_SEPARATED = r"(?:\s?(?:[,·/&]|와|과|이?랑|하고|및)\s?|\s)?"  # only one way to read a blank
_ONE = rf"(?:{_ORDER})(?:\s?주)?"
_DAYS = rf"[{WEEKDAYS}](?:요일|욜)"
_OF_MONTH = rf"(?:(?P<which>{'|'.join(_MONTHS)})\s?달|(?P<month>1[0-2]|[1-9])\s?월(?:달)?)(?:\s?중)?의?\s?"
_NTH = re.compile(
    rf"(?:(?:(?P<each>매달|매월|다달이)|(?P<other>격월)(?:로|마다)?)\s?"
    rf"|(?:매년|해마다|매해)\s?(?P<yearly>1[0-2]|[1-9])\s?월(?:달)?(?:의)?\s?"
    rf"|(?:(?P<named>{'|'.join(YEARS)})(?:의|에)?\s?|(?P<year>20[0-9]{{2}})\s?년\s?)?(?:{_OF_MONTH})?)"
    rf"(?P<orders>{_ONE}(?:{_SEPARATED}{_ONE}){{0,4}})\s?(?P<weekdays>{_DAYS}(?:{_SEPARATED}{_DAYS}){{0,6}})(?P<from>부터)?"
    rf"(?:(?P<again>\s?마다){END}|{DAY_END})"
)
_FIFTH = 5
_SINGLE = re.compile(_ORDER)
_YEARLY = re.compile(r"매년|해마다|매해|[0-9두세네석넉]\s?(?:달|개월)\s?(?:마다|에\s?한\s?번)")


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The nth such day of the month (Monday is 0); LAST, and a fifth that the month lacks, is the last one."""
    first, days = calendar.monthrange(year, month)
    number = 1 + (weekday - first) % 7 + 7 * ((5 if nth == LAST else nth) - 1)
    return date(year, month, number - 7 * -(-max(number - days, 0) // 7))


def _nth(match: re.Match[str], today: date) -> Piece:
    """Of every month or of the one that is named; else of this month or, when that day is over, of the next."""
    orders = tuple(dict.fromkeys(_ORDERS["".join(each.split())] for each in _SINGLE.findall(match["orders"])))
    weekdays = tuple(
        dict.fromkeys(WEEKDAYS.index(each) for each in re.sub(r"요일|욜|[^월화수목금토일]", "", match["weekdays"]))
    )
    if match["yearly"] and not match["from"]:
        return Repeat(Every("year", weekdays, month=int(match["yearly"]), nth=orders))
    if match["from"] or _YEARLY.search(match.string):
        return Impossible()  # a stretch, or every three months: nothing that Every can hold
    if match["each"] or match["other"] or match["again"]:
        return Repeat(Every("month", weekdays, interval=2 if match["other"] else 1, nth=orders))
    if len(orders) > 1 or len(weekdays) > 1:
        return Impossible()
    months = _months(match, today, last=orders[0] == LAST)
    days = [nth_weekday(month.year, month.month, orders[0], weekdays[0]) for month in months]
    there = [day for day in days if orders[0] != _FIFTH or day.day > 4 * 7]
    settled = match["which"] or match["named"] or match["year"]
    return next((Day(day, nth=orders[0]) for day in there if settled or day >= today), Impossible())


def _months(match: re.Match[str], today: date, *, last: bool) -> Iterator[date]:
    """The first days of the months that may be meant; of a year alone its first month, or the `last`."""
    this, year = today.replace(day=1), year_meant(match["year"], match["named"], today)
    if match["which"]:
        yield months_on(this, _MONTHS[match["which"]])
    elif year is not None:
        yield date(year, int(match["month"] or (12 if last else 1)), 1)
    elif match["month"]:
        yield from (date(each, int(match["month"]), 1) for each in (today.year, today.year + 1))
    else:
        yield from (this, months_on(this, 1))


READERS: tuple[Reader, ...] = ((_NTH, _nth),)
