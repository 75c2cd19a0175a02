"""The Korean lunar calendar (음력), by the tables of the Korea Astronomy and Space Science Institute."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from korean_lunar_calendar import KoreanLunarCalendar  # type: ignore[import-untyped]

LAST_YEAR = 2050  # of the package's tables, which end with the lunar 2050-11-18


class LunarDay(NamedTuple):
    """A day as the lunar calendar names it; `leap`: of an inserted month (윤달)."""

    year: int
    month: int
    day: int
    leap: bool


@lru_cache(maxsize=512)  # the package adds up a thousand years for each
def solar_of(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """The day that a lunar date is; None when that year has none, or the tables end before it."""
    calendar = KoreanLunarCalendar()
    if not calendar.setLunarDate(year, month, day, leap):
        return None
    return date(calendar.solarYear, calendar.solarMonth, calendar.solarDay)


def lunar_of(day: date) -> LunarDay | None:
    """A day's lunar date; None where the tables don't reach."""
    calendar = KoreanLunarCalendar()
    if not calendar.setSolarDate(day.year, day.month, day.day):
        return None
    return LunarDay(calendar.lunarYear, calendar.lunarMonth, calendar.lunarDay, bool(calendar.isIntercalation))
