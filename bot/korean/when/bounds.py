"""How far a repeat goes: 금요일까지 매일, 다음 주 내내 7시, 한 달 동안 매주, every day until Friday."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from bot.korean.when import english, named
from bot.korean.when.days import COUNTED
from bot.korean.when.lists import goes_on
from bot.korean.when.pattern import END, NATIVE, SINO, whole
from bot.korean.when.pieces import Found
from bot.korean.when.values import Day, Dial, Part, Repeat, Since, Until, Weekday

_HINT = re.compile(r"까지|까진|부터|동안|간|내내|만|[주달]|평일|오늘|until|till|through|for", re.IGNORECASE)
_ONLY = r"(?:만|은|에|는)?"
_COUNT = (
    rf"(?P<name>{'|'.join(COUNTED)})|(?P<days>[0-9]{{1,3}})\s?일|(?P<weeks>[0-9]{{1,3}}|{SINO}|한|두|세|네)\s?주일?"
    rf"|(?P<months>[0-9]{{1,3}}|{SINO}|{NATIVE}|석|넉)\s?(?:개월|달)|(?P<years>[0-9]{{1,2}}|{SINO}|한|두)\s?년"
)
_FOR = re.compile(rf"(?<![가-힣0-9])(?:앞으로\s?|지금부터\s?)?(?:{_COUNT})(?:\s?(?:동안|간|내내){_ONLY}|만){END}")
_FOR_IN_ENGLISH = re.compile(
    rf"\bfor\s+(?:the\s+next\s+)?(?P<count>{english.NUMBER})\s+(?P<unit>day|week|month|year)s?\b", re.IGNORECASE
)
_END_OF = re.compile(
    rf"(?<![가-힣0-9])(?:(?:(?P<next>내년)|올해)?\s?(?P<month>1[0-2]|[1-9])\s?월(?:\s?(?:말|달))?"
    rf"|(?P<year>연말|올해(?:\s?말)?|내년(?:\s?말)?)|월말|(?:이|이번)\s?달(?:\s?말)?)까지{_ONLY}{END}"
)
_FROM_MONTH = re.compile(
    r"(?<![가-힣0-9])(?:(?P<next>내년)\s?)?(?:(?P<month>1[0-2]|[1-9])\s?월(?:달)?|(?<=내년))부터(?![가-힣])"
)
_ENDS = re.compile(rf"(?:까지{_ONLY}|까진)$")
_BEGINS = re.compile(r"부터는?$")
_UNTIL = re.compile(r"\b(?:until|till|through)\s+(?:the\s+end\s+of\s+)?$", re.IGNORECASE)
_THROUGHOUT = re.compile(rf"(?:\s?하루)?\s?(?:동안|내내|종일){_ONLY}{END}|\s?하루(?:만)?{END}")
_ALL_ALONG = re.compile(r"내내$")
_BETWEEN = re.compile(r"[\s,]*")
_ASKS = re.compile(
    r"[\s,.!~?]*(?:$|(?:(?:좀|꼭)\s)?(?:알려|깨워|말해|얘기|불러|알람|알림|리마인|모닝콜|울려|부탁|맞춰|설정|상기))"
)
# Behind what asks nothing is left that could be due by then: "9시에 알려줘 금요일까지".
_ASKED = re.compile(
    r"(?:알려|깨워|말해|얘기해|불러|울려|맞춰|상기시켜|알림|알람)\s?(?:줘|주세요|주라|줄래|주십시오|부탁해|해줘)?[요,.!~\s]*$"
)
_NOTHING = re.compile(r"[\s.!~?]*$")
_NEAR = 40  # letters
_WORKWEEK = timedelta(days=4)  # from its first to its last day


def bounded(text: str, found: Sequence[Found], today: date) -> list[Found]:
    """The time words of a text, what says how far its repeat goes among them; that stands beside the others.

    What stands apart ("매일 9시에 30일까지 보고서 내라고") is no time of a repeat at all, and stays in the text.
    """
    repeats = any(isinstance(one.piece, Repeat) or _is_each(one) for one in found)
    if not _HINT.search(text) or not (repeats or any(isinstance(one.piece, Dial) for one in found)):
        return list(found)
    kept = [_begun(text, one, found, today) for one in found]
    if repeats:
        kept = _since(text, kept, today)
    for bound, begin in _bounds(text, kept, today, repeats=repeats):
        others = [one for one in kept if one.end <= bound.start or one.start >= bound.end]
        if not repeats and any(isinstance(one.piece, Weekday) for one in others):
            continue
        if _is_beside(text, bound, others):
            first = [Found(Day(begin), bound.start, bound.start)] if begin and begin > today else []
            return sorted([*others, *first, bound], key=lambda one: (one.start, one.end))
        kept = others if repeats else kept
    return kept


def _is_each(one: Found) -> bool:
    return isinstance(one.piece, Dial | Part) and one.piece.each


def _begun(text: str, one: Found, found: Sequence[Found], today: date) -> Found:
    """ "월요일부터 매일": the next Monday, today included."""
    if not isinstance(one.piece, Weekday) or not _BEGINS.search(text[one.start : one.end]):
        return one
    daily = any(isinstance(each.piece, Repeat) and each.piece.every.unit in ("day", "minute") for each in found)
    if not daily and not any(_goes_on(text, one, each) for each in found):
        return one
    return one._replace(piece=Day(today + timedelta(days=(one.piece.index - today.weekday()) % 7)))


def _since(text: str, found: Sequence[Found], today: date) -> list[Found]:
    """With the stretches on whose first day it begins: 다음 주부터 매일, 12월부터 매주."""
    since = [Found(Since(_first_of(match, today)), *match.span()) for match in _FROM_MONTH.finditer(text)]
    for one in found:
        if isinstance(one.piece, Day) and one.piece.until and _BEGINS.search(text[one.start : one.end]):
            since.append(one._replace(piece=Since(one.piece.day)))
    others = [one for one in found if all(one.end <= each.start or one.start >= each.end for each in since)]
    return sorted([*others, *since], key=lambda one: (one.start, one.end))


def _first_of(match: re.Match[str], today: date) -> date:
    month = int(match["month"] or 1)
    return date(today.year + bool(match["next"] or month < today.month), month, 1)


def _goes_on(text: str, one: Found, after: Found) -> bool:
    """Whether a stretch that begins with `one` ends with `after`: 월요일부터 금요일까지."""
    return after.start == _next(text, one.end) and _ENDS.search(text[after.start : after.end]) is not None


def _bounds(text: str, found: Sequence[Found], today: date, *, repeats: bool) -> Iterator[tuple[Found, date | None]]:
    """What may say how far it goes, each with the day on which that begins itself; or what implies a repeat."""
    for before, one in pairwise([None, *found]):
        if one and isinstance(one.piece, Day | Weekday):
            yield from _by_day(text, one, one.piece, before, found, today, repeats=repeats)
    for match in _FOR.finditer(text):
        if repeats or not match[0].endswith("만"):
            yield Found(_lasting(match), *match.span()), None
    if repeats:
        yield from ((one, None) for one in _by_words(text, today))


def _by_day(
    text: str,
    one: Found,
    day: Day | Weekday,
    before: Found | None,
    found: Sequence[Found],
    today: date,
    *,
    repeats: bool,
) -> Iterator[tuple[Found, date | None]]:
    """금요일까지, until Friday, 다음 주 내내."""
    if _ENDS.search(text[one.start : one.end]):
        begins = before is not None and _BEGINS.search(text[before.start : before.end]) is not None
        stretches = begins and before is not None and _goes_on(text, before, one)
        implied = not repeats and _is_again_and_again(text, one, found)
        if repeats or stretches or implied:
            yield one._replace(piece=Until(day, daily=begins or implied)), None
    elif until := _UNTIL.search(text, max(one.start - _NEAR, 0), one.start):
        if repeats:
            yield one._replace(piece=Until(day), start=until.start()), None
    elif isinstance(day, Day) and (stretch := _stretch(text, one, day, found, today, repeats=repeats)):
        yield stretch, day.day


def _is_again_and_again(text: str, one: Found, found: Sequence[Found]) -> bool:
    """ "9시에 알려줘 금요일까지", "금요일까지 9시랑 13시에": what is due once is told neither so nor at two times."""
    if any(isinstance(each.piece, Day | Weekday) for each in found if each is not one):
        return False
    if _NOTHING.match(text, one.end) and _ASKED.search(text[: one.start]):
        return True
    dials = [each for each in found if isinstance(each.piece, Dial)]
    beside = bool(dials) and one.end <= dials[0].start == _next(text, one.end)
    return beside and len(dials) > 1 and all(goes_on(text, [last], each) for last, each in pairwise(dials))


def _by_words(text: str, today: date) -> Iterator[Found]:
    """for two weeks, 연말까지, 크리스마스까지."""
    for match in _FOR_IN_ENGLISH.finditer(text):
        yield Found(_lasting_in_english(match), *match.span())
    for match in _END_OF.finditer(text):
        yield Found(Until(Day(_end_of(match, today))), *match.span())
    for match in named.UNTIL.finditer(text):
        if isinstance(day := named.day(match, today), Day):
            yield Found(Until(day), *match.span())


def _stretch(text: str, one: Found, day: Day, found: Sequence[Found], today: date, *, repeats: bool) -> Found | None:
    """ "다음 주 내내", "이번 달 매일", "다음 주 평일", "오늘 2시간마다"."""
    if _BEGINS.search(text[one.start : one.end]):
        return None
    throughout = _THROUGHOUT.match(text, one.end)
    along = throughout or _ALL_ALONG.search(text[one.start : one.end])
    end = throughout.end() if throughout else one.end
    if day.until is None:
        hourly = any(isinstance(each.piece, Repeat) and each.piece.every.unit == "minute" for each in found)
        timed = any(isinstance(each.piece, Dial) for each in found)
        return Found(Until(day), one.start, end) if hourly and day.day == today and not timed else None
    long = day.until - day.day >= _WORKWEEK
    implied = along or day.until - day.day == _WORKWEEK
    if not long or not (repeats or implied):
        return None
    return Found(Until(Day(day.until), daily=bool(implied)), one.start, end)


def _lasting(match: re.Match[str]) -> Until:
    many = {unit: whole(match[unit]) if match[unit] else 0 for unit in ("days", "weeks", "months", "years")}
    days = COUNTED[match["name"]] if match["name"] else many["days"] + 7 * many["weeks"]
    return Until(days=days, months=many["months"] + 12 * many["years"], daily=True)


def _lasting_in_english(match: re.Match[str]) -> Until:
    count = int(english.number(match["count"]))
    match match["unit"].casefold():
        case "day":
            return Until(days=count)
        case "week":
            return Until(days=7 * count)
        case "month":
            return Until(months=count)
        case _:
            return Until(months=12 * count)


def _end_of(match: re.Match[str], today: date) -> date:
    if match["year"]:
        return date(today.year + match["year"].startswith("내년"), 12, 31)
    month = int(match["month"] or today.month)
    year = today.year + bool(match["next"] or month < today.month)
    return date(year, month, calendar.monthrange(year, month)[1])


def _is_beside(text: str, bound: Found, others: Sequence[Found]) -> bool:
    """Whether it leads to other time words, or what follows only asks; so many days may also stand behind those."""
    if any(one.start == _next(text, bound.end) for one in others) or _ASKS.match(text, bound.end):
        return True
    if text[bound.start].isascii() and text[bound.start].isalpha():  # until Friday, for two weeks
        return True
    lasts = isinstance(bound.piece, Until) and bound.piece.last is None
    return lasts and any(_next(text, one.end) == bound.start for one in others)


def _next(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at
