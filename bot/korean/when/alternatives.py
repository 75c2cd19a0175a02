"""One of two times: "9시나 10시에", "내일이나 모레 3시", "모레 오후 3시 아니면 5시"."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.korean.when.pattern import HOUR, PARTS, WEEKDAYS

_CLOCK = rf"(?:[0-9]{{1,2}}|{HOUR})\s?시(?:\s?반|\s?[0-9]{{1,2}}\s?분)?"
_DAY = rf"(?:오늘|내일|모레|글피|[{WEEKDAYS}](?:요일|욜)|(?:[0-9]{{1,2}}\s?월\s?)?[0-9]{{1,2}}\s?일)"
_OR = r"(?:쯤|에)?(?:이?나|\s아니면|\s또는)\s"
_PART = rf"(?:{PARTS})\s?"
_LENGTH = r"(?:[0-9]{1,3}|한|두|세|네|반)\s?(?:시간(?:\s?반)?|분)"
_LENGTHS = re.compile(rf"(?P<first>{_LENGTH}){_OR}(?P<second>{_LENGTH})\s?(?P<later>뒤|후|있다가|이따가)")
_CLOCKS = re.compile(
    rf"(?P<part>{_PART})?(?P<first>{_CLOCK}){_OR}(?P<second>(?P<day>{_DAY}\s)?(?P<own>{_PART})?{_CLOCK})"
)
_DAYS = re.compile(rf"(?P<first>{_DAY}){_OR}(?P<second>{_DAY})")

_TIMED = re.compile(_CLOCK)  # what comes behind a time is said of something else: "9시에 토요일이나 일요일 식당 예약"


class Either(NamedTuple):
    """`first` and `second` say a time, with what leads both; `words` are those that say it."""

    first: str
    second: str
    words: frozenset[str]


def either(text: str) -> Either | None:
    """Two times between which a text leaves the choice; None: it names no such two.

    >>> found = either("모레 오후 3시나 5시에 미용실")
    >>> found.first, found.second
    ('모레 오후 3시', '모레 오후 5시')
    """
    if found := _LENGTHS.search(text):
        first, second = (f"{text[: found.start()]}{found[name]} {found['later']}" for name in ("first", "second"))
        return Either(first, second, frozenset(found[0].split()))
    if found := _CLOCKS.search(text):
        before = text[: found.start()]
        if _TIMED.search(before):
            return None
        part = found["part"] or ""
        second = (part if not found["own"] and not found["day"] else "") + found["second"]
        return Either(
            before + part + found["first"], second if found["day"] else before + second, frozenset(found[0].split())
        )
    if found := _DAYS.search(text):
        before, after = text[: found.start()], text[found.end() :]
        if _TIMED.search(before):
            return None
        first, second = before + found["first"] + after, before + found["second"] + after
        return Either(first, second, frozenset(found[0].split()))
    return None
