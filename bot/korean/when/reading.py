"""From a text to its time words: the first of each kind is what is meant, of each day where a list has several."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from bot.korean.when import clock, lists
from bot.korean.when.bounds import bounded
from bot.korean.when.meaning import dated, kind, meant
from bot.korean.when.pieces import Found, found_in
from bot.korean.when.values import Day, Dial, Every, Impossible, Length, Part, Piece, Repeat, Weekday, When

_JAMO = re.compile(r"[\u1100-\u11ff]+")
_WIDE = str.maketrans("０１２３４５６７８９：／．－", "0123456789:/.-")
_WAKING = re.compile(r"깨워|깨우|기상|모닝콜|일어나|\bwake\b|\bwaking\b")
_UNKEPT = re.compile(
    r"월\s?\S{0,6}일|째\s?(?:주|평일|[월화수목금토일]요일)|[0-9]년|마다|간격|(?<![0-9])[0-9]{3,20}\s?(?:년|달|개월|주|일|시간|분|초)"
)
_UNREAL = re.compile(r"[0-9]{1,2}\s?월\s?[0-9]{1,2}\s?일")
_BLANKS = re.compile(r"\s+")
_LEFT_OVER = re.compile(r"\(\s*\)|\[\s*\]|^[\s,.·~]+(?=\S)|\s+(?=[,.?!])")


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
    parts = _parts(plain, now.date())
    if not parts[0][1]:
        return None, text
    pieces = [[found.piece for found in used] for _, used in parts]
    if all(_is_unreal(each) for each in dated(pieces, now.date())):
        return None, text
    when = meant(pieces, now, waking=_WAKING.search(plain) is not None)
    return when, " ".join(rest for part, used in parts if (rest := _without(part, used)))


def begins(text: str, now: datetime) -> bool:
    """Whether a text begins with time words, be it those of a day that there is not."""
    found = (one for one in found_in(composed(text), now.date()) if one.start == 0)
    return any(not isinstance(one.piece, Impossible) or _UNREAL.match(text) for one in found)


def words(text: str, now: datetime) -> str:
    """Its time words alone, from which a list may go on: "내일 9시" of "내일 9시에 회의".

    >>> from zoneinfo import ZoneInfo
    >>> words("내일 9시에 회의", datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Seoul")))
    '내일 9시에'
    """
    parts = _parts(composed(text), now.date())
    return ", ".join(" ".join(part[one.start : one.end].strip() for one in used) for part, used in parts)


def no_day(text: str, now: datetime) -> str:
    """The words for a time that does not exist or can't be kept ("11월 31일", "5분마다", "100년 뒤"); "" for none."""
    plain = composed(text)
    if not _UNKEPT.search(plain):
        return ""
    unreal = (one for one in found_in(plain, now.date()) if isinstance(one.piece, Impossible))
    words = (plain[one.start : one.end].strip() for one in unreal)
    return next((each for each in words if _UNKEPT.search(each)), "")


def missing(text: str, now: datetime) -> str:
    """The day of a list that there is not, which `read` leaves out: 11월 31일 of "11월 30일이랑 31일"; "" for none."""
    parts = _parts(composed(text), now.date())
    days = dated(([found.piece for found in used] for _, used in parts), now.date())
    unreal = (piece for pieces in days for piece in pieces if isinstance(piece, Impossible))
    return next((piece.words for piece in unreal), "")


def _is_unreal(pieces: Sequence[Piece]) -> bool:
    return any(isinstance(piece, Impossible) for piece in pieces)


def less(text: str, words: str) -> str:
    """The text without words that were read, and the particle on them."""
    return " ".join(re.sub(rf"{re.escape(words)}(?:에는|에|엔|날)?(?!\S)", " ", text, count=1).split())


def composed(text: str) -> str:
    """Hangul put together from its letters (NFC for Hangul alone, so nothing grows), full-width figures made narrow."""
    return _JAMO.sub(lambda jamo: unicodedata.normalize("NFC", jamo[0]), text).translate(_WIDE)


def _parts(text: str, today: date) -> list[tuple[str, list[Found]]]:
    """The text with its time words; in parts, where each of them names a day or a time."""
    *listed, last = lists.apart(text, today)
    founds = [(part, found_in(part, today, listed=True)) for part in listed]
    founds.append((last, [_unreal(last, one) for one in found_in(last, today)] if listed else found_in(last, today)))
    parts = [(part, _chosen(part, bounded(part, found, today))) for part, found in founds]
    if all(lists.ends_with_a_time(part, used) for part, used in parts[:-1]):
        return parts
    return [(text, _chosen(text, bounded(text, found_in(text, today), today)))]


def _unreal(text: str, one: Found) -> Found:
    """A day that there is not, by its words: behind others of a list it is left out, and they stay."""
    day = _UNREAL.match(text, one.start, one.end) if isinstance(one.piece, Impossible) else None
    return one._replace(piece=Impossible(day[0])) if day else one


def _chosen(text: str, found: Sequence[Found]) -> list[Found]:
    """The first piece of each kind, and those that say the same again, go on with its list or go together with it."""
    first: dict[str, Found] = {}
    used: list[Found] = []
    for one in found:
        known = first.setdefault(kind(one.piece), one)
        if known is one or _says_again(known.piece, one.piece):
            used.append(one)
        elif last := lists.goes_on(text, used, one):
            used.append(one._replace(start=last.end))
    used = [one for one in used if not isinstance(one.piece, Impossible) or one.piece.words]
    return [one for one in used if _goes_with(one.piece, first, found)]


def _says_again(known: Piece, piece: Piece) -> bool:
    """12월 25일 금요일, when that is a Friday."""
    return isinstance(known, Day) and isinstance(piece, Weekday) and known.day.weekday() == piece.index


def _goes_with(piece: Piece, first: dict[str, Found], found: Sequence[Found]) -> bool:
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


def _without(text: str, used: Sequence[Found]) -> str:
    """The text without these pieces."""
    kept, at = [], 0
    for one in sorted(used, key=lambda found: found.start):
        kept.append(text[at : one.start])
        at = one.end
    kept.append(text[at:])
    return _LEFT_OVER.sub("", _BLANKS.sub(" ", " ".join(kept))).strip()
