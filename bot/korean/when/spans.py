"""Lengths of hours, minutes and seconds: 30분 후, 한 시간 반, 10초."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.korean.numbers import number
from bot.korean.when.pattern import END, NATIVE, SINO, TEENS, Reader, whole
from bot.korean.when.values import Impossible, Length, Piece

_LATER = r"(?:(?:쯤|만|정도)\s?)?(?:뒤|후|있다가|이따가|이따|지나서|지나면)(?:에는|에|엔|쯤에|쯤|로)?"
_HOURS = rf"(?P<hours>[0-9]{{1,4}}(?:\.[0-9]{{1,2}})?|{NATIVE}|[이삼사]?{TEENS})\s?시간|(?P<half_hour>반)\s?시간"
_TEXT = rf"(?:지금부터\s?|앞으로\s?|한\s(?=[0-9]))?(?:{_HOURS})?(?:\s?(?P<half>반))?"
# A figure, or a word of two syllables at least; 이 분 and 오분 are people and half-names of things.
_SURE = rf"[0-9]{{1,5}}|[일이삼사오육칠팔구]?백(?:{SINO})?|{TEENS}"


def _length_of(minutes: str, seconds: str) -> str:
    return rf"{_TEXT}(?:\s?(?P<minutes>{minutes})\s?분)?(?:\s?(?P<seconds>{seconds})\s?초)?"


_BARE_TAIL = r"(?:\s?(?:동안|정도|이내에|이내|안에|내로|만에|간)|쯤|만|짜리|씩)?"
_AWAY = re.compile(rf"{_length_of(rf'{_SURE}|{SINO}', rf'{_SURE}|{SINO}')}\s?{_LATER}(?:{END}|(?=[가-힣])(?<=[에엔]))")
_BARE = re.compile(rf"{_length_of(_SURE, _SURE)}{_BARE_TAIL}{END}(?!\s?(?:전|마다|넘게|넘었|지났|째))")
_NO_LENGTH = re.compile(
    r"[0-9]+\s?분의\s?[0-9일이삼사오]|(?:[0-9]+|한|두|세)\s?(?:시간|분|초)\s?(?:마다|전|째)|[0-9]+분기|[0-9]+박\s?[0-9]+일"
)
# No calendar reaches so far.
_TOO_LONG = re.compile(
    rf"(?:[0-9]{{3,}}\s?(?:년|달|개월)|[0-9]{{5,}}\s?(?:주일?|일|시간|분|초))\s?{_LATER}(?:{END}|(?=[가-힣])(?<=[에엔]))"
)


def _bare(match: re.Match[str], _: date) -> Piece | None:
    length = _length(match)
    return Length(length) if length is not None else None


def _away(match: re.Match[str], _: date) -> Piece | None:
    length = _length(match)
    return Length(length, later=True) if length is not None else None


def _length(match: re.Match[str]) -> timedelta | None:
    if not any(match[name] for name in ("hours", "half_hour", "minutes", "seconds")):
        return None
    if match["half"] and not match["hours"]:
        return None
    hours = float(number(match["hours"]) or 0) if match["hours"] else 0.5 * bool(match["half_hour"])
    return timedelta(
        hours=hours + 0.5 * bool(match["half"]),
        minutes=whole(match["minutes"]) if match["minutes"] else 0,
        seconds=whole(match["seconds"]) if match["seconds"] else 0,
    )


def _nothing(_match: re.Match[str], _today: date) -> Piece:
    return Impossible()


READERS: tuple[Reader, ...] = ((_NO_LENGTH, _nothing), (_AWAY, _away), (_TOO_LONG, _nothing), (_BARE, _bare))
