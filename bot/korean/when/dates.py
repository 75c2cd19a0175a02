"""Dates of the calendar: 12월 25일, 2026-12-25, 다음 달 15일, 음력 8월 15일, 25일."""

from __future__ import annotations

import calendar
import re
from datetime import date

from bot.korean.when.days import months_on
from bot.korean.when.lunar import solar_of
from bot.korean.when.pattern import DAY_END, DAY_TAIL, END, HOUR, SINO, TEENS, Reader, whole
from bot.korean.when.values import Day, Every, Impossible, Piece, Repeat

YEARS = {"재작년": -2, "작년": -1, "지난해": -1, "올해": 0, "금년": 0, "내년": 1, "내후년": 2}
_MONTHS = {"지난": -1, "저번": -1, "이번": 0, "이": 0, "다음": 1, "담": 1, "내": 1, "다다음": 2}
_LAST = 31  # 말일: clamped to the month's own last day
# Fractions of everyday life, which nobody means as dates.
_FRACTIONS = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)}

_BRACKET = r"(?:\s?\(\s?[월화수목금토일](?:요일|욜)?\s?\))?"
_LUNAR = r"(?P<{}>음력|양력)(?:으로)?\s?"
_WRITTEN = re.compile(
    rf"(?:{_LUNAR.format('before')})?"
    rf"(?:(?:(?P<year>(?:19|20|21)?[0-9]{{2}})\s?년|(?P<named>{'|'.join(YEARS)})(?:의|에)?)\s?)?"
    rf"(?:{_LUNAR.format('after')})?"
    rf"(?:(?P<month>[0-9]{{1,2}})\s?월|(?P<word>십[일이]|[일이삼사오육유칠팔구시])\s?월)"
    rf"\s?(?P<number>[0-9]{{1,2}}|{SINO})\s?일(?:날)?{_BRACKET}(?:(?P<each>마다){END}|{DAY_END})"
)
_LAST_OF_NAMED = re.compile(rf"(?P<month>[0-9]{{1,2}})\s?월\s?말일{DAY_END}")
_FIGURES = re.compile(
    rf"(?:{_LUNAR.format('lunar')})?"
    r"(?:(?P<year>(?:19|20|21)[0-9]{2})\s?[-./]\s?(?P<month>[0-9]{1,2})\s?[-./]\s?(?P<number>[0-9]{1,2})\.?"
    r"|(?P<short>[2-3][0-9])(?P<sign>[-./])(?P<month2>[0-9]{2})(?P=sign)(?P<number2>[0-9]{2})\.?"
    rf"|(?P<month3>[0-9]{{1,2}})/(?P<number3>[0-9]{{1,2}}))(?!\.?[0-9]|[-/][0-9%]){_BRACKET}{DAY_END}"
)
_OF_MONTH = re.compile(
    rf"(?P<which>지난|저번|이번|다다음|다음|담|내|이)\s?달\s?(?:(?P<number>[0-9]{{1,2}}|{SINO})\s?일(?:날)?|(?P<last>말일|말|마지막\s?날))"
    rf"{_BRACKET}{DAY_END}"
)
_WHOLE_MONTH = re.compile(rf"(?P<which>지난|저번|이번|다다음|다음|담)\s?달{DAY_TAIL}{END}")
# "3일" may also be how long: before these words, and after 헤어진 지.
# "28일 밤 9시" is a day, "3일 밤낮" is none.
_NO_DAY = (
    rf"(?!\s?(?:연속|째|차|만에|동안|간|됐|되|된|돼|지났|지나|남|걸|내내|정도|밖에|이상|이하|이내|안에|내로|휴가|여행|치|전|씩"
    rf"|굶|쉬|쉴|놀|넘|밤(?!에|\s?(?:[0-9]|{HOUR}\s?시))|[0-9]+\s?[^\s0-9시:분월일])"
    r"|\s?(?:은|이|만|도)\s?(?:걸|남|지났|됐|되|안|못|넘|더|쉬|굶))"
)
_BARE = re.compile(
    rf"(?<![한난진된간온]지 )(?:(?P<number>[0-9]{{1,2}}|{TEENS})일(?:날)?{_NO_DAY}|(?P<last>말일)){_BRACKET}"
    rf"(?:에는|에도|에만|에|엔|까지는|까지만|까지|까진|부터는|부터|은|의|쯤에|쯤|께|자|이)?{END}"
)


def _written(match: re.Match[str], today: date) -> Piece:
    month = _month(match["month"] or match["word"])
    number = whole(match["number"])
    lunar = "음력" in (match["before"], match["after"])
    if match["each"]:
        every = Every("year", day=number, month=month, lunar=lunar)
        return Repeat(every) if named_day(month, number, today, None, lunar=lunar) else Impossible()
    year = year_meant(match["year"], match["named"], today)
    return named_day(month, number, today, year, lunar=lunar) or Impossible()


def _last_of_named(match: re.Match[str], today: date) -> Piece:
    month = int(match["month"])
    if not 1 <= month <= 12:
        return Impossible()
    year = today.year + (month < today.month)
    return Day(date(year, month, calendar.monthrange(year, month)[1]), month=month, number=_LAST)


def _figures(match: re.Match[str], today: date) -> Piece:
    month, number = (int(match[name] or match[f"{name}2"] or match[f"{name}3"]) for name in ("month", "number"))
    if match["month3"] and (month, number) in _FRACTIONS:
        return Impossible()
    year = year_meant(match["year"] or match["short"], None, today)
    return named_day(month, number, today, year, lunar=match["lunar"] == "음력") or Impossible()


def named_day(month: int, number: int, today: date, year: int | None, *, lunar: bool) -> Day | None:
    """A date of `year`, or the next one from today on; None where there is none."""
    years = (year,) if year is not None else range(today.year - lunar, today.year + 9)  # 29 February: eight at most
    for candidate in years:
        day = solar_of(candidate, month, number) if lunar else _solar(candidate, month, number)
        if day and (year is not None or day >= today):
            return Day(day, month=month, number=number, lunar=lunar)
    return None


def numbered(number: int, today: date) -> Day | None:
    """The next day of that number, today included."""
    for ahead in range(3):  # of two months in a row, one has 31 days
        first = months_on(today.replace(day=1), ahead)
        day = _solar(first.year, first.month, number)
        if day and day >= today:
            return Day(day, number=number)
    return None


def _solar(year: int, month: int, number: int) -> date | None:
    if not 1 <= month <= 12 or not 1 <= number <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, number)


def _month(written: str) -> int:
    return {"유": 6, "시": 10}.get(written) or whole(written)


def year_meant(written: str | None, named: str | None, today: date) -> int | None:
    """The year meant; two digits are of this century up to 69, of the last one from 70 on."""
    if named:
        return today.year + YEARS[named]
    if not written:
        return None
    year = int(written)
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _of_month(match: re.Match[str], today: date) -> Piece:
    first = months_on(today.replace(day=1), _MONTHS[match["which"]])
    last = calendar.monthrange(first.year, first.month)[1]
    number = last if match["last"] else whole(match["number"])
    return Day(first.replace(day=number)) if 1 <= number <= last else Impossible()


def _whole_month(match: re.Match[str], today: date) -> Piece:
    first = months_on(today.replace(day=1), _MONTHS[match["which"]])
    return Day(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def _bare(match: re.Match[str], today: date) -> Piece | None:
    """This month's day or, when that is over or there is none, the next month's that has it."""
    if match["last"]:
        return Day(today.replace(day=calendar.monthrange(today.year, today.month)[1]), number=_LAST)
    number = whole(match["number"])
    return numbered(number, today) if 1 <= number <= 31 else Impossible()


READERS: tuple[Reader, ...] = (
    (_WRITTEN, _written),
    (_LAST_OF_NAMED, _last_of_named),
    (_FIGURES, _figures),
    (_OF_MONTH, _of_month),
    (_WHOLE_MONTH, _whole_month),
    (_BARE, _bare),
)
