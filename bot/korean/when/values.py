"""What a text can say of time: the values that leave this package, and the pieces that it is read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

LAST = -1  # of `nth`

Unit = Literal["minute", "day", "weekday", "weekend", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Every:
    """Something that comes again.

    unit      minute, day, week, month or year, with `interval` of them from one time to the next; weekday: Monday to
              Friday (every one), weekend: Saturday and Sunday (both)
    weekdays  of a week, Monday is 0; (): the weekday on which counting begins
    day       of a month or year; one that a month lacks is that month's last, so 31 is 말일. None: as counting begins
    nth       of a month, with weekdays: which of its Mondays; the last one is LAST, and the fifth where it has four
    month     of a year; with `nth`, the month whose Mondays count
    lunar     month and day are the lunar calendar's
    until     the last day; None: for ever
    """

    unit: Unit
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    month: int | None = None
    interval: int = 1
    lunar: bool = False
    nth: tuple[int, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class When:
    """What a text says of time; dates and clock are those of the zone that `now` was in.

    day     the day meant; None: only a time of day, a length or a repeat
    until   the last day, where a stretch of days is meant that begins with `day`: 이번 주, 주말, 다음 달
    clock   the time of day
    also    further times of the same days, in their order: "9시, 13시"
    after   a length: "30분 후", "3분", "열흘"; never negative
    every   a repeat; `day` is the one on which it begins, or None
    others  further days, repeats or lengths: "월요일 9시랑 화요일 10시", "내일이랑 모레 9시", "내일 밤 11시랑 12시"
    """

    day: date | None = None
    until: date | None = None
    clock: time | None = None
    after: timedelta | None = None
    every: Every | None = None
    also: tuple[time, ...] = ()
    others: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a stretch of days, and how it was named.

    `month` and `number` are a calendar date's: 12월 25일, 25일 or 말일; `nth` says which of its month's weekdays it is.
    """

    day: date
    until: date | None = None
    month: int | None = None
    number: int | None = None
    lunar: bool = False
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Weekday:
    """월요일 without a week: which one it is depends on the clock."""

    index: int


@dataclass(frozen=True, slots=True)
class Dial:
    """A time as written.

    part     오전, 저녁, …
    plain    of 24 hours for sure: 07:30
    earlier  minutes: 7시 10분 전
    each     again and again: 7시마다
    """

    hour: int
    minute: int
    part: str = ""
    plain: bool = False
    earlier: int = 0
    each: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day without a number: 저녁에 or, `each`, 저녁마다."""

    name: str
    each: bool = False


@dataclass(frozen=True, slots=True)
class Length:
    """How long or, `later`, how long from now: 30분, 30분 뒤."""

    length: timedelta
    later: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeat: 매일, 월수금마다."""

    every: Every


@dataclass(frozen=True, slots=True)
class Until:
    """How far a repeat goes: to the `last` day, or so many days and months from its first on.

    `daily`: it says by itself that every day is meant, beside a time: "일주일 동안 밤 10시".
    """

    last: Day | Weekday | None = None
    days: int = 0
    months: int = 0
    daily: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """When a repeat begins, where a stretch of days is named for that: 다음 주부터, 12월부터."""

    first: date


@dataclass(frozen=True, slots=True)
class Impossible:
    """Looks like a time and is none: 2월 30일, 25시, 3분의 1. It stays in the text, and nothing inside it is read.

    `words`: of a list's day that there is not, which leaves the others as they are.
    """

    words: str = ""


Piece = Day | Weekday | Dial | Part | Length | Repeat | Since | Until | Impossible
