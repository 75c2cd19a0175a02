"""English time words, for chats in English: in 10 minutes, tomorrow at 8am, every Monday, December 25."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.korean.when.dates import named_day
from bot.korean.when.days import monday_of
from bot.korean.when.pattern import Reader
from bot.korean.when.values import Day, Dial, Every, Impossible, Length, Part, Piece, Repeat, Weekday

_OFTEN = 10  # minutes: nobody is told anything more often than that, for ever
_END = r"(?![A-Za-z0-9])"
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: count for count, word in enumerate(_WORDS, 1)} | {
    "a": 1,
    "an": 1,
    "half an": 0.5,
    "other": 2,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
}
NUMBER = rf"[0-9]{{1,4}}(?:\.[0-9])?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_NAME = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?"
_WITH = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)"
_WEEKDAY_LIST = rf"{_NAME}(?:{_WITH}{_NAME}(?![A-Za-z])){{0,6}}"
_PLURALS = rf"(?:mon|tues|wednes|thurs|fri|satur|sun)days(?:{_WITH}(?:mon|tues|wednes|thurs|fri|satur|sun)days){{0,6}}"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_PARTS = {"morning": "아침", "afternoon": "오후", "evening": "저녁", "night": "밤", "tonight": "저녁"}
_PART = "|".join(_PARTS)
_UNITS = {"hour": 60, "minute": 1, "min": 1}


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"{text}{_END}", re.IGNORECASE)


_LENGTH = _pattern(
    rf"(?P<later>in\s+)?(?=[0-9]|(?:{NUMBER})\s)"
    rf"(?:(?P<hours>{NUMBER})\s*(?:hours?|hrs?|h){_END}(?:(?P<half>\s+and\s+a\s+half){_END}|\s*and\s+|\s*))?"
    rf"(?:(?P<minutes>{NUMBER})\s*(?:minutes?|mins?){_END}(?:\s*and\s+|\s*))?"
    rf"(?:(?P<seconds>{NUMBER})\s*(?:seconds?|secs?){_END})?(?:\s*(?P<from>from\s+now|later))?"
)
_DAYS_AWAY = _pattern(rf"in\s+(?P<count>{NUMBER})\s+(?P<unit>day|week)s?")
_NAMED = _pattern(r"(?:on\s+)?(?P<name>today|tomorrow|(?:the\s+)?day\s+after\s+tomorrow)")
# "sun" alone shines: an abbreviation needs a word before it.
_OF_WEEK = _pattern(
    rf"(?:(?:on\s+)?(?:(?P<which>next|this)\s+){_WEEKDAY}|on\s+{_WEEKDAY.replace('weekday', 'on')}"
    rf"|{_WEEKDAY.replace('weekday', 'alone').removesuffix('?')})"
)
_DATE = _pattern(rf"(?:on\s+)?(?:{_MONTH}\s+(?P<number>[0-9]{{1,2}})(?:st|nd|rd|th)?)")
_CLOCK = _pattern(r"(?:at\s+)?(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?\s*(?P<half>[ap])\.?m\.?(?:에는|에|쯤)?")
_AT = _pattern(r"at\s+(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?(?![-,.%$][0-9A-Za-z]|\s?%|\s?won)")
_HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_PAST = _pattern(rf"(?:at\s+)?(?P<much>half|quarter)\s+(?P<way>past|to)\s+(?P<hour>[0-9]{{1,2}}|{'|'.join(_HOURS)})")
_NAMED_CLOCK = _pattern(r"(?:at\s+)?(?P<name>noon|midnight)")
_PART_OF_DAY = _pattern(rf"(?:(?:in|at)\s+(?:the\s+)?)?(?P<part>{_PART})")
_EVERY = _pattern(
    rf"(?:daily|(?:every|each)\s+(?:(?P<count>{NUMBER})\s+)?"
    rf"(?:(?P<unit>hour|minute|min|day|weekday|weekend|week|month|year)s?"
    rf"|(?P<part>{_PART})|(?P<weekdays>{_WEEKDAY_LIST}))|(?:on\s+)?(?P<plural>weekdays|weekends|{_PLURALS}))"
)


def number(written: str | None) -> float:
    word = " ".join((written or "0").casefold().split())
    return _NUMBERS[word] if word in _NUMBERS else float(word)


def _length(match: re.Match[str], _: date) -> Piece | None:
    length = timedelta(**{unit: number(match[unit]) for unit in ("hours", "minutes", "seconds")})
    length += timedelta(minutes=30 * bool(match["half"]))
    return Length(length, later=bool(match["later"] or match["from"])) if length else None


def _days_away(match: re.Match[str], today: date) -> Piece:
    return Day(today + timedelta(days=int(number(match["count"]) * (7 if match["unit"].casefold() == "week" else 1))))


def _named(match: re.Match[str], today: date) -> Piece:
    name = match["name"].casefold()
    return Day(today + timedelta(days=0 if name == "today" else 1 if name == "tomorrow" else 2))


def _of_week(match: re.Match[str], today: date) -> Piece:
    index = _WEEKDAYS.index((match["weekday"] or match["on"] or match["alone"])[:3].casefold())
    match (match["which"] or "").casefold():
        case "next":
            return Day(monday_of(today) + timedelta(days=7 + index))
        case "this":
            return Day(today + timedelta(days=(index - today.weekday()) % 7))
        case _:
            return Weekday(index)


def _date(match: re.Match[str], today: date) -> Piece | None:
    return named_day(_MONTHS.index(match["month"][:3].casefold()) + 1, int(match["number"]), today, None, lunar=False)


def _clock(match: re.Match[str], _: date) -> Piece | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    part = "오전" if match["half"].casefold() == "a" else "오후"
    return Dial(hour, minute, part) if 1 <= hour <= 12 and minute < 60 else None


def _at(match: re.Match[str], _: date) -> Piece | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    return Dial(hour, minute, plain=match["hour"].startswith("0")) if hour < 24 and minute < 60 else None


def _past(match: re.Match[str], _: date) -> Piece | None:
    """Half past seven, quarter to eight."""
    word = match["hour"].casefold()
    hour = _HOURS.index(word) or 12 if word in _HOURS else int(word)
    if not 1 <= hour <= 12 or (match["much"], match["way"]) == ("half", "to"):
        return None
    minutes = 30 if match["much"].casefold() == "half" else 15
    return Dial(hour, 0, earlier=minutes) if match["way"].casefold() == "to" else Dial(hour, minutes)


def _named_clock(match: re.Match[str], _: date) -> Piece:
    return Dial(12 if match["name"].casefold() == "noon" else 24, 0, plain=True)


def _part_of_day(match: re.Match[str], _: date) -> Piece:
    return Part(_PARTS[match["part"].casefold()])


def _every(match: re.Match[str], _: date) -> Piece | None:
    if match["part"]:
        return Part(_PARTS[match["part"].casefold()], each=True)
    count = int(number(match["count"])) if match["count"] else 1
    if match["weekdays"] or match["plural"]:
        return _each_of(match["weekdays"] or match["plural"], count)
    unit = (match["unit"] or "day").casefold()
    match unit:
        case "hour" | "minute" | "min":
            interval = int(number(match["count"] or "1") * _UNITS[unit])
            return Repeat(Every("minute", interval=interval)) if interval >= _OFTEN else Impossible()
        case "weekday":
            return Repeat(Every("weekday"))
        case "weekend":
            return Repeat(Every("weekend"))
        case "week":
            return Repeat(Every("week", interval=count)) if count else None
        case "month":
            return Repeat(Every("month", interval=count)) if count else None
        case "year":
            return Repeat(Every("year", interval=count)) if count else None
        case _:
            return Repeat(Every("day", interval=count)) if count else None


def _each_of(written: str, interval: int) -> Piece | None:
    """Monday and Friday, weekdays, Tuesdays."""
    if written.casefold() in ("weekdays", "weekends"):
        return Repeat(Every("weekday" if written.casefold() == "weekdays" else "weekend"))
    names = re.findall(_NAME, written, re.IGNORECASE)
    days = tuple(sorted({_WEEKDAYS.index(name[:3].casefold()) for name in names}))
    return Repeat(Every("week", days, interval=interval)) if interval else None


# Where such a word may begin, beside figures.
START = (
    r"(?<![0-9A-Za-z가-힣])(?=(?i:in|at|on|an?|half|quarter|every|each|daily|today|tonight|tomorrow|the|day|next|this|noon|midnight"
    rf"|morning|afternoon|evening|night|weekdays|weekends|{'|'.join(_WORDS)}|fifteen|twenty|thirty"
    rf"|(?:{'|'.join((*_WEEKDAYS, *_MONTHS))})[a-z]*)(?![A-Za-z]))"
)
READERS: tuple[Reader, ...] = (
    (_EVERY, _every),
    (_DAYS_AWAY, _days_away),
    (_LENGTH, _length),
    (_NAMED, _named),
    (_OF_WEEK, _of_week),
    (_DATE, _date),
    (_CLOCK, _clock),
    (_AT, _at),
    (_PAST, _past),
    (_NAMED_CLOCK, _named_clock),
    (_PART_OF_DAY, _part_of_day),
)
