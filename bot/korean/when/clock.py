"""Times of the day: 세 시 반, 저녁 7시, 19:30, 정오, 저녁에."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.korean.when.pattern import CLOCK_END, END, HOUR, PARTS, SINO, Reader, whole
from bot.korean.when.values import Dial, Impossible, Part, Piece

MIDNIGHT = 24  # the hour at a day's end
_NOON = 12
# What a part of the day means without a number.
_DEFAULT = {"새벽": 5, "아침": 8, "오전": 9, "점심": 12, "낮": 13, "오후": 15, "저녁": 19, "밤": 21}
_ALIKE = {"한밤중": "밤", "한밤": "밤", "대낮": "낮", "한낮": "낮", "am": "오전", "pm": "오후"}

_PART = rf"(?:(?P<part>{PARTS}|[AaPp][Mm])(?:에)?\s?)"
_SINO_HOUR = "십[삼사오육칠팔구]|이십[일이삼사]?|영"
_SPOKEN = re.compile(
    rf"(?:이따가?\s?)?(?:정각\s?)?{_PART}?(?P<hour>[0-9]{{1,2}}|{HOUR}|{_SINO_HOUR})\s?시"
    rf"(?:\s?(?P<half>반)|\s?(?P<minute>[0-9]{{1,2}}|{SINO})\s?분(?:\s?(?P<before>전))?|(?P<bare>[0-5][0-9]))?"
    rf"(?:\s?정각)?{CLOCK_END}"
)
_FIGURES = re.compile(
    rf"(?:이따가?\s?)?{_PART}?(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?::[0-5][0-9])?(?![:0-9])"
    rf"(?:\s?(?P<after>[AaPp][Mm]))?(?:\s?분)?{CLOCK_END}"
)
_NAMED = re.compile(rf"(?:이따가?\s?)?(?:{PARTS})?\s?(?P<name>정오|자정){CLOCK_END}")
_ALONE = rf"(?P<part>{PARTS})"
_WITH_PARTICLE = re.compile(
    rf"(?:이따가?\s?)?(?<!하루 ){_ALONE}(?:\s?(?:시간|때)(?:에는|에|엔|쯤)?|에는|에도|에만|에|엔|쯤에|쯤|까지){END}"
)
_EACH = re.compile(rf"{_ALONE}(?P<each>마다)(?:에는|에)?{END}")
# Right behind a day ("내일 아침") it needs no particle; but then no time that could not be read may follow.
_AFTER_A_DAY = re.compile(
    rf"{_ALONE}(?:\s?(?:시간|때|중으로|중에))?(?:에는|에도|에만|에|엔|쯤에|쯤|까지|부터)?{END}(?!\s?(?:[0-9]|{HOUR}\s?시))"
)


def _same(first: int, last: int) -> dict[int, int]:
    return {hour: hour for hour in range(first, last + 1)}


def _later(first: int, last: int) -> dict[int, int]:
    return {hour: hour + 12 for hour in range(first, last + 1)}


# The hour said with a part of the day -> the hour of 24; from 24 on it is the day after (밤 1시).
_DIALS: dict[str, dict[int, int]] = {
    "오전": _same(0, 11) | {12: 0},
    "오후": _later(0, 11) | _same(12, 23),
    "새벽": _same(0, 7) | {12: 0},
    "아침": _same(4, 11),
    "점심": _same(10, 15) | _later(1, 3),
    "낮": _same(10, 17) | _later(1, 5),
    "저녁": _same(16, 23) | _later(4, 11) | {12: 24, 24: 24},
    "밤": _same(18, 23) | _later(6, 11) | {12: 24, 24: 24, 0: 24} | {hour: hour + 24 for hour in range(1, 6)},
}


def _spoken(match: re.Match[str], _: date) -> Piece:
    hour = 0 if match["hour"] == "영" else whole(match["hour"])
    written = match["minute"] or match["bare"]
    minute = 30 if match["half"] else whole(written) if written else 0
    if match["before"]:
        return _checked(Dial(hour, 0, _part(match["part"]), earlier=minute))
    return _checked(Dial(hour, minute, _part(match["part"]), each=bool(match["each"])))


def _figures(match: re.Match[str], _: date) -> Piece:
    part = _part(match["part"] or match["after"])
    plain = match["hour"].startswith("0") and not part
    return _checked(Dial(int(match["hour"]), int(match["minute"]), part, plain, each=bool(match["each"])))


def _named(match: re.Match[str], _: date) -> Piece:
    return Dial(_NOON if match["name"] == "정오" else MIDNIGHT, 0, plain=True, each=bool(match["each"]))


def _part_alone(match: re.Match[str], _: date) -> Piece:
    return Part(_part(match["part"]))


def _each_part(match: re.Match[str], _: date) -> Piece:
    return Part(_part(match["part"]), each=True)


def _part(written: str | None) -> str:
    name = (written or "").lower()
    return _ALIKE.get(name, name)


def _checked(dial: Dial) -> Dial | Impossible:
    """No 25시, no 24시 30분, no 오전 15시."""
    possible = dial.minute < 60 and dial.earlier < 60 and (dial.hour, dial.minute) <= (MIDNIGHT, 0)
    return dial if possible and minutes(dial) else Impossible()


def with_part(dial: Dial, part: str) -> Dial | None:
    """A time whose part of the day was said elsewhere; None when the two don't go together (아침에 … 3시)."""
    joined = Dial(dial.hour, dial.minute, part, earlier=dial.earlier)
    return joined if not dial.part and not dial.plain and minutes(joined) else None


def minutes(dial: Dial, *, waking: bool = False) -> tuple[int, ...]:
    """Minutes from the day's beginning, the likelier first; () when the hour doesn't go with its part of the day.

    A bare 1 to 6 is likelier the afternoon, 7 to 11 the morning, 12 noon; when somebody wants to be woken
    (`waking`), 4 to 11 is the morning.
    """
    return tuple(hour * 60 + dial.minute - dial.earlier for hour in _hours(dial, 4 if waking else 7))


def _hours(dial: Dial, morning: int) -> Iterable[int]:
    if dial.part:
        return [_DIALS[dial.part][dial.hour]] if dial.hour in _DIALS[dial.part] else []
    if dial.plain or not 1 <= dial.hour <= _NOON:
        return [dial.hour]
    if dial.hour == _NOON:
        return [_NOON, MIDNIGHT]
    am, pm = dial.hour, dial.hour + 12
    return [am, pm] if dial.hour >= morning else [pm, am]


def default(part: str) -> Dial:
    """The time that a part of the day alone means."""
    return Dial(_DEFAULT[part], 0, plain=True)


READERS: tuple[Reader, ...] = (
    (_SPOKEN, _spoken),
    (_FIGURES, _figures),
    (_NAMED, _named),
    (_EACH, _each_part),
    (_WITH_PARTICLE, _part_alone),
)
READERS_AFTER_A_DAY: tuple[Reader, ...] = (*READERS, (_AFTER_A_DAY, _part_alone))
