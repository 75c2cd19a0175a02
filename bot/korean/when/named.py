"""Days with a name, where a time of day follows: 크리스마스 아침 9시, 추석 전날 8시."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.korean.festivals import NAMES, called
from bot.korean.when.pattern import CLOCK_AHEAD, PARTS
from bot.korean.when.values import Day

_AWAY = {"전날": -1, "하루 전": -1, "다음 날": 1, "다음날": 1}
_YEARLY = re.compile(r"매년|해마다|매해")
_NAMES = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
BEFORE_A_CLOCK = re.compile(
    r"(?<![가-힣])(?<!년 )(?<!올해 )(?<!다음 )(?<!지난 )"
    rf"(?P<name>{_NAMES})\s?(?:날|당일)?\s?(?P<away>{'|'.join(_AWAY)})?(?:에|의|날에)?"
    rf"(?:{CLOCK_AHEAD}|(?=\s(?:{PARTS})에))",
    re.IGNORECASE,
)


def day(match: re.Match[str], today: date) -> Day | None:
    """The next such day; on a date of its own every year it can be repeated."""
    yearly = called(match["name"])
    found = yearly.next(today) if yearly else None
    if yearly is None or found is None:
        return None
    if match["away"] and _YEARLY.search(match.string):
        return None  # the day before a lunar date is no date of its own
    if match["away"]:
        return Day(found + timedelta(days=_AWAY[match["away"]]))
    return Day(found, month=yearly.month, number=yearly.day, lunar=yearly.lunar)
