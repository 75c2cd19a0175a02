"""Which day a piece of text means, whether it is reckoned (다음 주 금요일) or has a name (설날)."""

from __future__ import annotations

import re
from datetime import date, datetime

from bot.korean import when
from bot.korean.festivals import festival, next_rest
from bot.korean.folding import match_key

_NEXT_REST = re.compile(
    r"(?:다음|이번|가장가까운|제일가까운|돌아오는|다가오는)(?:번)?(?:공휴일|휴일|빨간날|쉬는날|연휴)(?:은|는|이|가)?"
)


def named_day(text: str, now: datetime) -> date | None:
    """The day that the whole text means; None when it is none."""
    if day := festival(text, now.date()):
        return day
    if _NEXT_REST.fullmatch(match_key(text)):
        return next_rest(now.date())
    time, rest = when.read(text, now)
    if time is None or rest.strip(" .,!?~") or time.every:
        return None
    return _day(time, now)


def day_in(text: str, now: datetime) -> date | None:
    """The day that a sentence speaks of."""
    time, _ = when.read(text, now)
    return _day(time, now) if time else None


def _day(time: when.When, now: datetime) -> date | None:
    if time.after:
        return (now + time.after).date()
    return time.day
