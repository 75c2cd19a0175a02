"""Time words in a text, from left to right, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from bot.korean.when import clock, dates, days, english, named, ordinals, repeats, spans
from bot.korean.when.pattern import Reader
from bot.korean.when.values import Day, Piece, Repeat, Weekday

# Where a time word may begin: not inside a word, and not behind "9~" or "3.". Digits may follow Hangul in "알람7시".
_FIRST = (
    r"(?=[0-9AaPp가-힣])(?:(?=[0-9AaPp])|(?=[오내낼모글그어금이다담지저주월화수목금토일매격평하사나닷엿여아열보한두세네석넉"
    r"육칠팔구십영반낮밤새점정자해날올작재양음앞말유시삼백스서마쉰달첫둘셋넷돌요대조차]))"
)
_START = re.compile(
    rf"(?:(?<![가-힣0-9A-Za-z])(?<![0-9][.,:/~\-])(?!(?:(?<=^-)|(?<=\s-))[0-9])|(?<=[가-힣])(?<![제박])(?=[0-9]{{1,2}}(?:\s?시|:)(?!간))){_FIRST}"
)
_READERS: tuple[Reader, ...] = (
    *ordinals.READERS,
    *repeats.READERS,
    *spans.READERS[:1],
    *days.READERS,
    *dates.READERS,
    *spans.READERS[1:],
    *clock.READERS,
)
_READERS_AFTER_A_DAY: tuple[Reader, ...] = (*_READERS, *clock.READERS_AFTER_A_DAY[len(clock.READERS) :])
_LATIN = re.compile(r"[A-Za-z]{2}")
_START_IN_ENGLISH = re.compile(rf"{_START.pattern}|{english.START}")


class Found(NamedTuple):
    """A piece and where it stands."""

    piece: Piece
    start: int
    end: int


def found_in(text: str, today: date, *, listed: bool = False) -> list[Found]:
    """Time words, and a day's name before them; of a part of a list (`listed`) the name may be all there is."""
    found = list(_found_in_order(text, today))
    for match in (*named.BEFORE_A_CLOCK.finditer(text), *filter(None, (named.ALONE.match(text) if listed else None,))):
        if day := named.day(match, today):
            found.append(Found(day, *match.span()))
    return sorted(found, key=lambda one: one.start)


def read_at(text: str, start: int, today: date, last: Found | None) -> Found | None:
    """What the first reader that understands it makes of the text from `start` on."""
    readers = _READERS_AFTER_A_DAY if _follows_day(text, start, last) else _READERS
    for pattern, make in (*readers, *english.READERS) if _LATIN.search(text) else readers:
        match = pattern.match(text, start)
        piece = make(match, today) if match and match.end() > start else None
        if match and piece:
            return Found(piece, start, match.end())
    return None


def _found_in_order(text: str, today: date) -> Iterator[Found]:
    """All time words but names. A piece may begin right where the last one ended (내일아침8시)."""
    at, glued = 0, False
    last: Found | None = None
    while (start := at if glued else _next_start(text, at)) is not None:
        found = read_at(text, start, today, last)
        if found:
            yield found
            at, glued, last = found.end, True, found
        else:
            at, glued = start if glued else start + 1, False


def _next_start(text: str, at: int) -> int | None:
    start = (_START_IN_ENGLISH if _LATIN.search(text) else _START).search(text, at)
    return start.start() if start else None


def _follows_day(text: str, start: int, last: Found | None) -> bool:
    return last is not None and isinstance(last.piece, Day | Weekday | Repeat) and not text[last.end : start].strip()
