"""From a text to its time words: pieces are found from left to right, the first of each kind is what is meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot.korean.when import clock, dates, days, named, repeats, spans
from bot.korean.when.pattern import Reader
from bot.korean.when.values import Day, Dial, Every, Impossible, Length, Part, Piece, Repeat, Weekday, When

_JAMO = re.compile(r"[\u1100-\u11ff]+")
_WIDE = str.maketrans("０１２３４５６７８９：／．－", "0123456789:/.-")
# Where a time word may begin: not inside a word, and not behind "9~" or "3.". Digits may follow Hangul in "알람7시".
_FIRST = (
    r"(?=[0-9AaPp가-힣])(?:(?=[0-9AaPp])|(?=[오내낼모글그어금이다담지저주월화수목금토일매격평하사나닷엿여아열보한두세네석넉"
    r"육칠팔구십영반낮밤새점정자해날올작재양음앞말유시삼백스서마쉰달첫둘셋넷돌요대조차]))"
)
_START = re.compile(
    rf"(?:(?<![가-힣0-9A-Za-z])(?<![0-9][.,:/~\-])|(?<=[가-힣])(?<![제박])(?=[0-9]{{1,2}}(?:\s?시|:)(?!간))){_FIRST}"
)
_WAKING = re.compile(r"깨워|깨우|기상|모닝콜|일어나")
_DATED = re.compile(r"월\s?\S*일|째\s?주|번째\s?주|(?:둘|셋|넷)째")
_BLANKS = re.compile(r"\s+")
# Between the times of a list; the particle of "9시와 13시" belongs to the first of them.
_JOINT = re.compile(r"\s*(?:[,·/&]|그리고|또)?\s*")
_FROM = re.compile(r"(?:부터|까지|에서|전|후)[는만]?$")
_AND = re.compile(r"(?:하고|랑|와|과)\s*$")
# With nothing but a blank between: "9시 13시 19시에", but not "8시에 9시 회의" nor "9시 10시 기차".
_BARE = re.compile(r"[시분반0-9]\s*$")
_LAST = re.compile(r"(?:에|에는|에도|마다)\s*$")
_GOES_ON = re.compile(r"\s*(?:$|[0-9]|알람|알림|알려|깨워)")
_BETWEEN = re.compile(r"\s*사이")
_ROUGHLY = re.compile(r"(?:쯤|경|즈음|정도)에?$")
_LEFT_OVER = re.compile(r"\(\s*\)|\[\s*\]|^[\s,.·~]+(?=\S)|\s+(?=[,.?!])")

_READERS: tuple[Reader, ...] = (
    *repeats.READERS,
    *spans.READERS[:1],
    *days.READERS,
    *dates.READERS,
    *spans.READERS[1:],
    *clock.READERS,
)
_READERS_AFTER_A_DAY: tuple[Reader, ...] = (*_READERS, *clock.READERS_AFTER_A_DAY[len(clock.READERS) :])


class Found(NamedTuple):
    """A piece and where it stands."""

    piece: Piece
    start: int
    end: int


def read(text: str, now: datetime) -> tuple[When | None, str]:
    """What a text says of time, and the text without those words and the particles on them, single-spaced.

    (None, text) when it says nothing of time. Days are those of the zone of `now`, which must be aware. Never raises
    on any text. The rules are in the package's docstring.

    >>> from zoneinfo import ZoneInfo
    >>> when, rest = read("내일 아침 8시에 깨워줘", datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Seoul")))
    >>> str(when.day), str(when.clock), rest
    ('2026-11-22', '08:00:00', '깨워줘')
    """
    plain = composed(text)
    used = _chosen(plain, _all_pieces(plain, now.date()))
    if not used:
        return None, text
    when = _meant([found.piece for found in used], now, waking=_WAKING.search(plain) is not None)
    return when, _without(plain, used)


def no_day(text: str, now: datetime) -> str:
    """The words that name a day which does not exist or can't be kept ("11월 31일", "셋째 주 월요일"); "" for none."""
    plain = composed(text)
    unreal = (plain[one.start : one.end] for one in _pieces(plain, now.date()) if isinstance(one.piece, Impossible))
    return next((words.strip() for words in unreal if _DATED.search(words)), "")


def composed(text: str) -> str:
    """Hangul put together from its letters (NFC for Hangul alone, so nothing grows), full-width figures made narrow."""
    return _JAMO.sub(lambda jamo: unicodedata.normalize("NFC", jamo[0]), text).translate(_WIDE)


def _all_pieces(text: str, today: date) -> list[Found]:
    """Time words, and a day's name before them."""
    found = list(_pieces(text, today))
    for match in named.BEFORE_A_CLOCK.finditer(text):
        if day := named.day(match, today):
            found.append(Found(day, *match.span()))
    return sorted(found, key=lambda one: one.start)


def _pieces(text: str, today: date) -> Iterator[Found]:
    """All time words, from left to right. A piece may begin right where the last one ended (내일아침8시)."""
    at, glued = 0, False
    last: Found | None = None
    while (start := at if glued else _next_start(text, at)) is not None:
        found = _read_at(text, start, today, last)
        if found:
            yield found
            at, glued, last = found.end, True, found
        else:
            at, glued = start if glued else start + 1, False


def _next_start(text: str, at: int) -> int | None:
    start = _START.search(text, at)
    return start.start() if start else None


def _read_at(text: str, start: int, today: date, last: Found | None) -> Found | None:
    """What the first reader that understands it makes of the text from `start` on."""
    for pattern, make in _READERS_AFTER_A_DAY if _follows_day(text, start, last) else _READERS:
        match = pattern.match(text, start)
        piece = make(match, today) if match and match.end() > start else None
        if match and piece:
            return Found(piece, start, match.end())
    return None


def _follows_day(text: str, start: int, last: Found | None) -> bool:
    return last is not None and isinstance(last.piece, Day | Weekday | Repeat) and not text[last.end : start].strip()


def _kind(piece: Piece) -> str:
    match piece:
        case Day() | Weekday():
            return "day"
        case _:
            return type(piece).__name__


def _chosen(text: str, found: list[Found]) -> list[Found]:
    """The first piece of each kind, and those that say the same again, go on with its list or go together with it."""
    first: dict[str, Found] = {}
    used: list[Found] = []
    for one in found:
        known = first.setdefault(_kind(one.piece), one)
        if known is one or _says_again(known.piece, one.piece):
            used.append(one)
        elif last := _goes_on(text, used, one):
            used.append(one._replace(start=last.end))
    used = [one for one in used if not isinstance(one.piece, Impossible)]
    return [one for one in used if _goes_with(one.piece, first, found)]


def _says_again(known: Piece, piece: Piece) -> bool:
    """12월 25일 금요일, when that is a Friday."""
    return isinstance(known, Day) and isinstance(piece, Weekday) and known.day.weekday() == piece.index


def _goes_on(text: str, used: list[Found], one: Found) -> Found | None:
    """What 13시 goes on from in "9시, 13시"; nothing in "9시부터 13시", "9시 10시쯤" or "9시 10시 사이"."""
    last = next((known for known in reversed(used) if isinstance(known.piece, Dial)), None)
    if last is None or not isinstance(one.piece, Dial) or not _JOINT.fullmatch(text, last.end, one.start):
        return None
    stretch = _FROM.search(text[last.start : last.end]) or _ROUGHLY.search(text[one.start : one.end])
    if stretch or _BETWEEN.match(text, one.end) or clock.minutes(one.piece)[0] >= 1440:
        return None
    if text[last.end : one.start].strip() or _AND.search(text[last.start : last.end]):
        return last
    listed = _BARE.search(text[last.start : last.end]) and (
        _LAST.search(text[one.start : one.end]) or _GOES_ON.match(text, one.end)
    )
    return last if listed else None


def _goes_with(piece: Piece, first: dict[str, Found], found: list[Found]) -> bool:
    """Drops 아침에 beside a time that it does not go with, 30분 beside a time (내일 8시에 30분 산책), 매년 2월 30일."""
    match piece:
        case Part():
            dial = first["Dial"].piece if "Dial" in first else None
            return not isinstance(dial, Dial) or clock.with_part(dial, piece.name) is not None
        case Length(later=False):
            return not first.keys() & {"day", "Dial", "Part", "Repeat"}
        case Repeat(Every("month" | "year", day=None)):
            return "day" in first or not any(isinstance(one.piece, Impossible) for one in found)
        case _:
            return True


def _meant(pieces: list[Piece], now: datetime, *, waking: bool) -> When:
    """Puts the pieces together."""
    by_kind = {_kind(piece): piece for piece in reversed(pieces)}
    dial = _dial(by_kind.get("Dial"), by_kind.get("Part"))
    minutes = clock.minutes(dial, waking=waking) if dial else ()
    when = _when(pieces, by_kind, minutes, now)
    further = [piece for piece in pieces if isinstance(piece, Dial)][1:]
    return replace(when, also=_further(further, when.clock, waking=waking)) if when.clock else when


def _further(dials: list[Dial], first: time, *, waking: bool) -> tuple[time, ...]:
    """The times of a list: of those that a bare hour may mean, the first that comes after the time before it."""
    clocks = [first]
    for dial in dials:
        minutes = clock.minutes(dial, waking=waking)
        later = [one for one in minutes if _clock(one) > clocks[-1]]
        clocks.append(_clock(min(later) if later else minutes[0]))
    return tuple(dict.fromkeys(one for one in clocks if one != first))


def _when(pieces: list[Piece], by_kind: dict[str, Piece], minutes: tuple[int, ...], now: datetime) -> When:
    """All but the further times of a list."""
    day, length, repeat = by_kind.get("day"), by_kind.get("Length"), by_kind.get("Repeat")
    after = length.length if isinstance(length, Length) else None
    if isinstance(repeat, Repeat):
        return _repeating(repeat.every, day, minutes, after)
    if any(piece.each for piece in pieces if isinstance(piece, Dial | Part)):
        return _repeating(_each(day), day, minutes, after)
    match day:
        case Day():
            return _on(day, minutes, after, now)
        case Weekday():
            return _on(Day(_next_weekday(day.index, minutes, now)), minutes[:1], after, now)
        case _:
            return When(clock=_clock(_first_ahead(minutes, now)) if minutes else None, after=after)


def _dial(dial: Piece | None, part: Piece | None) -> Dial | None:
    if isinstance(dial, Dial):
        return (clock.with_part(dial, part.name) if isinstance(part, Part) else None) or dial
    return clock.default(part.name) if isinstance(part, Part) else None


def _each(day: Piece | None) -> Every:
    """What 7시마다 or 아침마다 repeats: every day, or the weekday or weekend said with it."""
    match day:
        case Weekday():
            return Every("week", (day.index,))
        case Day(until=date()) if day.day.weekday() >= 5:
            return Every("weekend")
        case _:
            return Every("day")


def _on(day: Day, minutes: tuple[int, ...], after: timedelta | None, now: datetime) -> When:
    """A day with its time: today the first that lies ahead, else the likelier. From 1440 on it is the day after."""
    if not minutes:
        return When(day.day, day.until, after=after)
    ahead = [one for one in minutes if day.day == now.date() and one > _minute(now)]
    minute = (ahead or minutes)[0]
    return When(day.day + timedelta(days=minute // 1440), day.until, _clock(minute), after)


def _next_weekday(index: int, minutes: tuple[int, ...], now: datetime) -> date:
    """The next such day; today only with a time that lies ahead."""
    days_ahead = (index - now.weekday()) % 7
    if days_ahead == 0 and not (minutes and minutes[0] > _minute(now)):
        days_ahead = 7
    return now.date() + timedelta(days=days_ahead)


def _first_ahead(minutes: tuple[int, ...], now: datetime) -> int:
    """Of the times a bare hour may mean, the one that comes first from now."""
    return min(minutes, key=lambda minute: (minute % 1440 - _minute(now) - 1) % 1440)


def _repeating(every: Every, day: Piece | None, minutes: tuple[int, ...], after: timedelta | None) -> When:
    if isinstance(day, Day) and day.number and every.day is None:
        if every.unit == "month" and not day.month:
            every = replace(every, day=day.number)
        elif every.unit == "year" and day.month:
            every = replace(every, month=day.month, day=day.number, lunar=day.lunar)
    if isinstance(day, Weekday) and every.unit == "week" and not every.weekdays:
        every = replace(every, weekdays=(day.index,))
    if minutes and minutes[0] >= 1440 and every.weekdays:  # 매주 월요일 밤 12시 is a Tuesday's first minute
        every = replace(every, weekdays=tuple(sorted((one + 1) % 7 for one in every.weekdays)))
    return When(clock=_clock(minutes[0]) if minutes else None, after=after, every=every)


def _minute(now: datetime) -> int:
    return now.hour * 60 + now.minute


def _clock(minute: int) -> time:
    return time(minute % 1440 // 60, minute % 60)


def _without(text: str, used: list[Found]) -> str:
    """The text without these pieces."""
    kept, at = [], 0
    for one in sorted(used, key=lambda found: found.start):
        kept.append(text[at : one.start])
        at = one.end
    kept.append(text[at:])
    return _LEFT_OVER.sub("", _BLANKS.sub(" ", " ".join(kept))).strip()
