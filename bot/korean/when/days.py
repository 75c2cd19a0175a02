"""Days by name and by distance: 내일, 다음 주 월요일, 주말, 3일 뒤."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from bot.korean.when.pattern import DAY_END, DAY_TAIL, END, NATIVE, SINO, WEEKDAY, WEEKDAYS, Reader, whole
from bot.korean.when.values import Day, Impossible, Length, Piece, Weekday

# Words by how many days or weeks they are away.
_DAYS_FROM_3_AGO = (
    "그끄저께",
    "그저께|그제",
    "어저께|어제|어젯",
    "오늘|금일",
    "내일|낼",
    "내일모레|낼모레|모레",
    "글피",
    "그글피",
)
_WEEKS_FROM_2_AGO = ("지지난|저저번", "지난|저번", "이번|금", "다음|담|차|내", "다다음|다담")
NAMED = {word: away for away, words in enumerate(_DAYS_FROM_3_AGO, -3) for word in words.split("|")}
WEEKS = {word: away for away, words in enumerate(_WEEKS_FROM_2_AGO, -2) for word in words.split("|")}
# Days counted with words of their own.
_COUNTS = ("하루", "이틀", "사흘", "나흘", "닷새", "엿새", "이레", "여드레", "아흐레", "열흘")
COUNTED = {**{word: count for count, word in enumerate(_COUNTS, 1)}, "보름": 15}
_COUNTED = "|".join(COUNTED)
_LATER = r"뒤|후|있다가|이따가|이따|지나서"
_DAYS_TAIL = rf"(?:에는|에|엔|까지|부터|쯤|의|로|인)?{END}"

_NAME = re.compile(
    rf"(?:(?P<name>내일\s?모레|낼\s?모레|그끄저께|그저께|그제|어저께|어제|오늘|금일|내일|모레|그글피|글피){DAY_END}"
    r"|(?P<yesternight>어젯)(?=밤)"
    # 낼 is also "that will pay": not before the nouns that such a verb stands before
    rf"|(?P<short>낼)(?!\s?(?:수|거|것|게|건|걸|테|때|만|줄|지|돈|사람|필요|예정|듯|뻔|이|가|은|는|의)){DAY_END})"
)
_WEEK = r"(?P<week>지지난|저저번|지난|저번|이번|다다음|다담|다음|담|금|차|내)\s?주"
_WEEKDAY_OF_WEEK = re.compile(rf"{_WEEK}\s?(?:의\s)?{WEEKDAY}(?:날)?{DAY_END}")
_WEEKEND_OF_WEEK = re.compile(rf"{_WEEK}\s?(?:의\s)?(?:주말|말){DAY_END}")
_WEEKDAYS_OF_WEEK = re.compile(rf"{_WEEK}\s?(?:의\s)?평일{DAY_END}")
# 금주, 차주, 내주 alone mean too many other things; "이번 주가" is a stock's price as often as a week.
_WHOLE_WEEK = re.compile(
    rf"(?P<week>지지난|저저번|지난|저번|이번|다다음|다담|다음|담)\s?주(?!\s?말)(?!이|가(?![가-힣])|자|로){DAY_TAIL}{END}"
)
_WEEKEND = re.compile(rf"(?:(?:오는|다가오는|돌아오는|요번)\s?)?주말{DAY_END}")
_WEEKDAY = re.compile(rf"(?:(?P<which>이번|요번|오는|다가오는|돌아오는|다음|지난|저번)\s?)?{WEEKDAY}(?:날)?{DAY_END}")
_WEEKS_AWAY = re.compile(
    rf"(?:(?P<count>[0-9]{{1,3}}|{SINO}|한|두|세|네)\s?주일?)\s?(?P<way>{_LATER}|전)(?:\s?{WEEKDAY}(?:날)?)?{_DAYS_TAIL}"
)
_AWAY = re.compile(
    rf"(?:지금부터\s?|앞으로\s?)?(?:(?P<name>{_COUNTED})|(?P<days>[0-9]{{1,4}}|{SINO})\s?일"
    rf"|(?P<months>[0-9]{{1,3}}|{SINO}|{NATIVE}|석|넉)\s?(?:개월|달)|(?P<years>[0-9]{{1,2}}|{SINO})\s?년)"
    rf"\s?(?P<way>{_LATER}|전){_DAYS_TAIL}"
)
_LENGTH = re.compile(
    rf"(?:(?<!하루 )(?P<name>{_COUNTED[3:]})|(?P<weeks>[0-9]{{1,3}}|{SINO})\s?주일"
    rf"|(?:(?P<days>[0-9]{{1,4}}|{SINO})\s?일|(?P<weeks2>[0-9]{{1,3}}|{SINO}|한|두|세|네)\s?주)(?=\s?(?:동안|간)))"
    rf"\s?(?:동안|간|내내|치)?(?:의|만)?{END}"
)


def months_on(day: date, months: int) -> date:
    """The same day some months later; the last of that month where it has fewer. Raises ValueError outside 1–9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return clamped(year, month + 1, day.day)


def clamped(year: int, month: int, day: int) -> date:
    """A date whose day is no later than its month's last."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _named(match: re.Match[str], today: date) -> Piece:
    name = "".join((match["name"] or match["yesternight"] or match["short"]).split())
    return Day(today + timedelta(days=NAMED[name]))


def _weekday_of_week(match: re.Match[str], today: date) -> Piece:
    days = 7 * WEEKS[match["week"]] + WEEKDAYS.index(match["weekday"])
    return Day(monday_of(today) + timedelta(days=days))


def _weekend_of(monday: date, today: date) -> Day:
    sunday = monday + timedelta(days=6)
    saturday = monday + timedelta(days=5)
    return Day(today if today == sunday else saturday, sunday)  # on Sunday, what is left of it


def _weekend_of_week(match: re.Match[str], today: date) -> Piece:
    return _weekend_of(monday_of(today) + timedelta(weeks=WEEKS[match["week"]]), today)


def _weekend(_: re.Match[str], today: date) -> Piece:
    return _weekend_of(monday_of(today), today)


def _weekdays_of_week(match: re.Match[str], today: date) -> Piece:
    monday = monday_of(today) + timedelta(weeks=WEEKS[match["week"]])
    return Day(monday, monday + timedelta(days=4))


def _whole_week(match: re.Match[str], today: date) -> Piece:
    monday = monday_of(today) + timedelta(weeks=WEEKS[match["week"]])
    return Day(monday, monday + timedelta(days=6))


def _weekday(match: re.Match[str], today: date) -> Piece:
    index = WEEKDAYS.index(match["weekday"])
    match match["which"]:
        case "다음":
            return Day(monday_of(today) + timedelta(days=7 + index))
        case "지난" | "저번":
            return Day(today - timedelta(days=(today.weekday() - index - 1) % 7 + 1))
        case "이번" | "요번":
            return Day(today + timedelta(days=(index - today.weekday()) % 7))
        case _:
            return Weekday(index)


def _weeks_away(match: re.Match[str], today: date) -> Piece:
    weeks = whole(match["count"]) * (-1 if match["way"] == "전" else 1)
    day = today + timedelta(weeks=weeks)
    if match["weekday"]:
        day = monday_of(day) + timedelta(days=WEEKDAYS.index(match["weekday"]))
    return Day(day)


def _away(match: re.Match[str], today: date) -> Piece:
    sign = -1 if match["way"] == "전" else 1
    if match["name"]:
        return Day(today + timedelta(days=sign * COUNTED[match["name"]]))
    if match["days"]:
        return Day(today + timedelta(days=sign * whole(match["days"])))
    months = whole(match["months"]) if match["months"] else 12 * whole(match["years"])
    return Day(months_on(today, sign * months))


def _length(match: re.Match[str], _: date) -> Piece:
    if match["name"]:
        return Length(timedelta(days=COUNTED[match["name"]]))
    if match["days"]:
        return Length(timedelta(days=whole(match["days"])))
    return Length(timedelta(weeks=whole(match["weeks"] or match["weeks2"])))


def _nothing(_match: re.Match[str], _today: date) -> Piece:
    return Impossible()


# Weeks inside a month are nothing that Every or When can hold (their weekdays are: ordinals.py).
_WEEK_OF_MONTH = re.compile(
    r"(?:(?:매달|매월|이번\s?달|다음\s?달|[0-9]{1,2}월)\s?)?"
    r"(?:첫\s?번?째?|(?:두|세|네|다섯|여섯)\s?번째|(?:둘|셋|넷|다섯|여섯)째|마지막)\s?(?:주|평일|주중|영업일|[월화수목금토일]요일)"
)

READERS: tuple[Reader, ...] = (
    (_WEEK_OF_MONTH, _nothing),
    (_NAME, _named),
    (_WEEKDAY_OF_WEEK, _weekday_of_week),
    (_WEEKEND_OF_WEEK, _weekend_of_week),
    (_WEEKDAYS_OF_WEEK, _weekdays_of_week),
    (_WHOLE_WEEK, _whole_week),
    (_WEEKEND, _weekend),
    (_WEEKDAY, _weekday),
    (_WEEKS_AWAY, _weeks_away),
    (_AWAY, _away),
    (_LENGTH, _length),
)
