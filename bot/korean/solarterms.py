"""Days that the sun decides: the 24 terms (동지, 입춘 …), the dog days (초복, 중복, 말복) and 한식.

A term is the day in Korea on which the sun's apparent longitude reaches its angle: Meeus, Astronomical Algorithms (2nd
edition), chapter 25, the method of low accuracy. It errs by 0.01°, a quarter of an hour, which can name the day beside
where the sun gets there at midnight.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import radians, sin
from zoneinfo import ZoneInfo

_SEOUL = ZoneInfo("Asia/Seoul")
_EPOCH = datetime(2000, 1, 1, 12, tzinfo=UTC)  # J2000.0
_CENTURY = 36525  # days
# 우수, 소설 and 대한 are left out: they are commoner words first.
_ANGLES = {
    "소한": 285, "입춘": 315, "경칩": 345, "춘분": 0, "청명": 15, "곡우": 30, "입하": 45, "소만": 60, "망종": 75,
    "하지": 90, "소서": 105, "대서": 120, "입추": 135, "처서": 150, "백로": 165, "추분": 180, "한로": 195, "상강": 210,
    "입동": 225, "대설": 255, "동지": 270,
}  # fmt: skip
_GENG = 6  # 경(庚), the seventh of the ten stems of days


def longitude(moment: datetime) -> float:
    """The sun's apparent longitude in degrees, 0 to 360. `moment` is aware."""
    t = (moment - _EPOCH) / timedelta(days=_CENTURY)
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t * t) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)
    return (280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre - 0.00569 - 0.00478 * sin(node)) % 360


@lru_cache(maxsize=64)
def term(angle: int, year: int) -> date:
    """The day of that year, in Korea, on which the sun gets there."""
    near = date(year, 1, 1) + timedelta(days=((angle - 280) % 360) / 360 * 365.2422)
    days = (near + timedelta(days=away) for away in range(-4, 5))
    return next(
        day
        for day in days
        if (longitude(_ends(day)) - angle) % 360 < 180 <= (longitude(_ends(day - timedelta(1))) - angle) % 360
    )


def _ends(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), _SEOUL)


def _dog_day(angle: int, nth: int) -> Callable[[int], date]:
    """The nth day of the stem 경 from a term on."""

    def of(year: int) -> date:
        begin = term(angle, year)
        return begin + timedelta(days=(_GENG - _stem(begin)) % 10 + 10 * (nth - 1))

    return of


def _stem(day: date) -> int:
    """Which of the ten stems (갑 is 0) a day has; 2000-01-01 was 무(戊)."""
    return (day.toordinal() - date(2000, 1, 1).toordinal() + 4) % 10


def _of(angle: int) -> Callable[[int], date]:
    return lambda year: term(angle, year)


def _cold_food(year: int) -> date:
    """한식, the 105th day after 동지."""
    return term(_ANGLES["동지"], year - 1) + timedelta(days=105)


DAYS: dict[str, Callable[[int], date | None]] = {
    **{name: _of(angle) for name, angle in _ANGLES.items()},
    "초복|복날": _dog_day(90, 3),
    "중복": _dog_day(90, 4),
    "말복": _dog_day(135, 1),
    "한식": _cold_food,
}
