"""What comes again: 매일, 매주 월수금, 평일, 격주 화요일, 매달, 3일마다, 2시간마다."""

from __future__ import annotations

import re
from datetime import date

from bot.korean.when.days import COUNTED
from bot.korean.when.pattern import CLOCK_AHEAD, END, NATIVE, SINO, WEEKDAYS, Reader, whole
from bot.korean.when.values import Every, Piece, Repeat

_EACH = r"(?:마다|\s?에\s?한\s?번(?:씩)?|\s?에\s?1번(?:씩)?|\s?간격(?:으로)?)"
_TAIL = rf"(?:에는|에만|에|엔|의|로|은|는)?{END}"
_NAMED_DAY = rf"[{WEEKDAYS}](?:요일|욜)"
_JOINED = r"(?:\s?[,·/&]\s?|\s?(?:와|과|이랑|랑|하고|및)\s?|\s?)"
# Either full names, or at least two letters side by side whose last may be a full name: 월수금, 화·목요일.
_LIST = (
    rf"(?P<list>{_NAMED_DAY}(?:{_JOINED}{_NAMED_DAY}){{0,6}}"
    rf"|[{WEEKDAYS}](?:(?:\s?[,·/&]\s?|\s)?[{WEEKDAYS}]){{1,6}}(?:요일|욜)?)"
)
_NUMBER = rf"[0-9]{{1,3}}|{SINO}"
_UNLISTED = r"(?!\s?(?:첫|둘째|두\s?번째|셋째|넷째|다섯째|여섯째|마지막))"

_OFTEN = 10  # minutes: nobody is told anything more often than that, for ever

_HOURS = rf"(?P<hours>[0-9]{{1,3}}|{NATIVE})\s?시간(?:\s?(?P<half>반)|\s?(?P<and>[0-9]{{1,2}}|{SINO})\s?분)?"
_HOURLY = re.compile(rf"(?:매\s?시간(?:마다)?|(?:{_HOURS}|(?P<minutes>[0-9]{{1,4}}|{SINO})\s?분){_EACH}){_TAIL}")
_DAILY = re.compile(rf"(?:매일\s?매일|매일|날마다|하루에\s?한\s?번씩?){_TAIL}")
_OFTEN_A_DAY = re.compile(rf"(?:매일\s)?하루에?\s?[두세네2-5]\s?번씩?,?{CLOCK_AHEAD}")  # 하루에 두 번 9시, 21시
_WEEKDAYS = re.compile(rf"(?:(?:매주|매)\s?)?(?:평일|주중)(?:마다|만)?{_TAIL}")
_WEEKENDS = re.compile(rf"(?:(?:매주|매)\s?주말(?:마다)?|주말\s?마다){_TAIL}")
_WEEKLY = re.compile(
    rf"(?:(?P<each>매주)|(?P<other>격주)(?:로)?|(?P<count>{_NUMBER}|한|두|세|네)\s?주일?{_EACH}){_UNLISTED}"
    rf"(?:\s?{_LIST}(?:마다)?)?{_TAIL}"
)
_LISTED = re.compile(rf"{_LIST}\s?마다{_TAIL}")
_LISTED_AT = re.compile(rf"(?!금일|일월){_LIST}(?:에는|에|엔|은|는)?{CLOCK_AHEAD}")
_RANGE = re.compile(
    rf"(?:매주\s?)?(?P<first>[{WEEKDAYS}])(?:요일|욜)?\s?(?:부터|에서|~|-)\s?(?P<last>[{WEEKDAYS}])(?:요일|욜)?(?:까지)?(?:마다)?"
    rf"(?:에는|에|은|는)?{CLOCK_AHEAD}"
)
_SOME = rf"(?P<group>주말|평일)|(?P<list>{_NAMED_DAY}(?:{_JOINED}{_NAMED_DAY}){{0,5}})"
_LESS = rf"(?:{_SOME})(?:은|는|만)?\s?(?:빼고|빼놓고|제외하고)"
_EXCEPT = re.compile(rf"(?:{_LESS}\s?(?:는\s)?(?:매일|날마다))(?:에는|에|은|는)?{END}")
_EXCEPT_BEHIND = re.compile(rf"(?:매일|날마다)\s?(?:,\s?)?{_LESS}{END}")
_DAYS = re.compile(
    rf"(?:(?P<other>격일)(?:로|마다)?|(?:(?P<name>{'|'.join(COUNTED)})|(?P<count>{_NUMBER})\s?일){_EACH}){_TAIL}"
)
_MONTHLY = re.compile(
    rf"(?:(?P<each>매달|매월|다달이|달마다)|(?P<other>격월)(?:로|마다)?"
    rf"|(?P<count>{_NUMBER}|{NATIVE}|석|넉)\s?(?:개월|달){_EACH}){_UNLISTED}{_TAIL}"
)
_LAST_OF_MONTH = re.compile(
    rf"(?:(?:매달|매월)\s?)?(?:말일|월말)\s?마다{_TAIL}|(?:매달|매월)\s?(?:말일|말|마지막\s?날)(?:마다)?{_TAIL}"
)
_FIRST_OF_MONTH = re.compile(rf"(?:매달|매월)\s?첫\s?날(?:마다)?{_TAIL}")
_YEARLY = re.compile(rf"(?:매년|해마다|매해|(?P<count>{_NUMBER})\s?년{_EACH}){_TAIL}")


def _hourly(match: re.Match[str], _today: date) -> Piece | None:
    if not (match["hours"] or match["minutes"]):
        return Repeat(Every("minute", interval=60))
    hours, over, minutes = (whole(match[name]) if match[name] else 0 for name in ("hours", "and", "minutes"))
    interval = hours * 60 + over + minutes + 30 * bool(match["half"])
    return Repeat(Every("minute", interval=interval)) if interval >= _OFTEN else None


def _daily(_match: re.Match[str], _today: date) -> Piece:
    return Repeat(Every("day"))


def _weekdays(_match: re.Match[str], _today: date) -> Piece:
    return Repeat(Every("weekday"))


def _weekends(_match: re.Match[str], _today: date) -> Piece:
    return Repeat(Every("weekend"))


def _weekly(match: re.Match[str], _: date) -> Piece | None:
    days = _listed(match["list"] or "")
    interval = 2 if match["other"] else whole(match["count"]) if match["count"] else 1
    return Repeat(Every("week", days, interval=interval)) if interval and days is not None else None


def _listed_each(match: re.Match[str], _: date) -> Piece | None:
    days = _listed(match["list"])
    return Repeat(Every("week", days)) if days is not None else None


def _listed_at(match: re.Match[str], _: date) -> Piece | None:
    """월수금 6시; 월요일 6시 is one day."""
    days = _listed(match["list"])
    return Repeat(Every("week", days)) if days and len(days) > 1 else None


def _listed(written: str) -> tuple[int, ...] | None:
    """The weekdays of a list in their order; None when one comes twice, as in no list that people write."""
    letters = re.sub(r"요일|욜|이랑|하고|[^월화수목금토일]", "", written)
    days = tuple(sorted({WEEKDAYS.index(letter) for letter in letters}))
    return days if len(days) == len(letters) else None


def _range(match: re.Match[str], _: date) -> Piece:
    """월~금 6시."""
    first, last = WEEKDAYS.index(match["first"]), WEEKDAYS.index(match["last"])
    days = tuple(sorted((first + day) % 7 for day in range((last - first) % 7 + 1)))
    return Repeat(Every("weekday") if days == (0, 1, 2, 3, 4) else Every("week", days))


def _except(match: re.Match[str], _: date) -> Piece | None:
    """일요일 빼고 매일."""
    if match["group"]:
        return Repeat(Every("weekday" if match["group"] == "주말" else "weekend"))
    less = _listed(match["list"])
    return Repeat(Every("week", tuple(day for day in range(7) if day not in less))) if less else None


def _days(match: re.Match[str], _: date) -> Piece | None:
    interval = 2 if match["other"] else COUNTED[match["name"]] if match["name"] else whole(match["count"])
    return Repeat(Every("day", interval=interval)) if interval else None


def _monthly(match: re.Match[str], _: date) -> Piece | None:
    interval = 2 if match["other"] else whole(match["count"]) if match["count"] else 1
    return Repeat(Every("month", interval=interval)) if interval else None


def _last_of_month(_match: re.Match[str], _today: date) -> Piece:
    return Repeat(Every("month", day=31))


def _first_of_month(_match: re.Match[str], _today: date) -> Piece:
    return Repeat(Every("month", day=1))


def _yearly(match: re.Match[str], _: date) -> Piece | None:
    interval = whole(match["count"]) if match["count"] else 1
    return Repeat(Every("year", interval=interval)) if interval else None


READERS: tuple[Reader, ...] = (
    (_HOURLY, _hourly),
    (_EXCEPT, _except),
    (_EXCEPT_BEHIND, _except),
    (_DAILY, _daily),
    (_OFTEN_A_DAY, _daily),
    (_WEEKDAYS, _weekdays),
    (_WEEKENDS, _weekends),
    (_LAST_OF_MONTH, _last_of_month),
    (_FIRST_OF_MONTH, _first_of_month),
    (_RANGE, _range),
    (_WEEKLY, _weekly),
    (_LISTED, _listed_each),
    (_LISTED_AT, _listed_at),
    (_DAYS, _days),
    (_MONTHLY, _monthly),
    (_YEARLY, _yearly),
)
