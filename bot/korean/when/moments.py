"""From what was said to moments on the clock, right across summer time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.korean.when.days import clamped, monday_of
from bot.korean.when.lunar import LAST_YEAR, solar_of
from bot.korean.when.ordinals import nth_weekday
from bot.korean.when.values import Every, When

MORNING = time(9)  # a day without a time of day


def moment(when: When, now: datetime) -> datetime:
    """The moment that a reminder means, in the zone of `now`.

    A length counts from now. A day without a clock means 09:00; a clock without a day its next time; a repeat its
    first one, which for one of minutes is what else is said, if anything is. Raises ValueError when that moment is
    not ahead, or when nothing says one.
    """
    if when.after is not None:
        return _later(now, when.after)
    if when.every and when.every.unit == "minute" and (when.day or when.clock):
        return moment(replace(when, every=None), now)
    if when.every:
        begin = _at(when.day, time(), now.tzinfo) - timedelta(microseconds=1) if when.day else now
        return following(when.every, when.clock or MORNING, max(now, begin))
    if when.day:
        return _ahead(_at(when.day, when.clock or MORNING, now.tzinfo), now)
    if when.clock is None:
        raise ValueError("no time was said")
    return _next(when.clock, now)


def following(every: Every, clock: time, after: datetime) -> datetime:
    """The next time, strictly after `after`, in its zone.

    One of minutes comes so many after `after`, whatever the clock. With an interval above 1 counting goes on from
    `after` when that is itself one of the times; else the first one ahead begins the count. So hand in the last time
    that was due, not the present moment. A time that summer time skips is an hour later that day; one that comes twice
    is meant the first time. Raises ValueError when the repeat or the lunar tables end before it.
    """
    at = _following(every, clock, after)
    if every.until and at.date() > every.until:
        raise ValueError("the repeat is over")
    return at


def _following(every: Every, clock: time, after: datetime) -> datetime:
    if every.unit == "minute":
        return _later(after, timedelta(minutes=every.interval))
    first = after.date()
    counted = _at(first, clock, after.tzinfo) == after.astimezone(UTC) and first in set(_days_from(every, first, 1))
    for day in _days(every, first, every.interval if counted else 1):
        at = _at(day, clock, after.tzinfo)
        if at.astimezone(UTC) > after.astimezone(UTC):
            return at
    raise ValueError("no such day ahead")


def _days_from(every: Every, first: date, count: int) -> Iterator[date]:
    """The first few days of a repeat."""
    for day, _ in zip(_days(every, first, 1), range(count), strict=False):
        yield day


def _days(every: Every, first: date, step: int) -> Iterator[date]:
    """The days of a repeat from `first` on, in order, for ever (lunar ones to the end of the tables)."""
    match every.unit:
        case "minute" | "day":
            return _each_day(first, step)
        case "weekday":
            return (day for day in _each_day(first, 1) if day.weekday() < 5)
        case "weekend":
            return (day for day in _each_day(first, 1) if day.weekday() >= 5)
        case "week":
            return _each_week(every.weekdays or (first.weekday(),), first, step)
        case "month" if every.nth:
            return _each_nth(every.nth, every.weekdays, first, step)
        case "month":
            return _each_month(every.day or first.day, first, step)
        case "year" if every.nth:
            return _each_nth(every.nth, every.weekdays, first, 12 * step, month=every.month)
        case "year" if every.lunar:
            return _each_lunar_year(every.month or 1, every.day or 1, first, step)
        case "year":
            return _each_year(every.month or first.month, every.day or first.day, first, step)


def _each_day(first: date, step: int) -> Iterator[date]:
    day = first
    while True:
        yield day
        day += timedelta(days=step)


def _each_week(weekdays: tuple[int, ...], first: date, step: int) -> Iterator[date]:
    monday = monday_of(first)
    while True:
        for weekday in weekdays:
            if (day := monday + timedelta(days=weekday)) >= first:
                yield day
        monday += timedelta(weeks=step)


def _each_month(number: int, first: date, step: int) -> Iterator[date]:
    months = first.year * 12 + first.month - 1
    while True:
        if (day := clamped(months // 12, months % 12 + 1, number)) >= first:
            yield day
        months += step


def _each_nth(
    nth: tuple[int, ...], weekdays: tuple[int, ...], first: date, step: int, month: int | None = None
) -> Iterator[date]:
    """Every `step` months, from the month of `first` or from that `month` of its year on."""
    months = first.year * 12 + (month or first.month) - 1
    while True:
        year, month = months // 12, months % 12 + 1
        days = {nth_weekday(year, month, each, weekday) for each in nth for weekday in weekdays}
        yield from (day for day in sorted(days) if day >= first)
        months += step


def _each_year(month: int, number: int, first: date, step: int) -> Iterator[date]:
    year = first.year
    while True:
        if (day := clamped(year, month, number)) >= first:
            yield day
        year += step


def _each_lunar_year(month: int, number: int, first: date, step: int) -> Iterator[date]:
    """A lunar month has 29 or 30 days: in a year without the 30th it is the 29th."""
    start = first.year - 1  # a lunar year ends in January or February of the next
    if step > 1 and first == _lunar_day(first.year, month, number):
        start = first.year
    for year in range(start, LAST_YEAR + 1, step):
        if (day := _lunar_day(year, month, number)) and day >= first:
            yield day


def _lunar_day(year: int, month: int, number: int) -> date | None:
    return solar_of(year, month, number) or (solar_of(year, month, 29) if number == 30 else None)


def _at(day: date, clock: time, zone: tzinfo | None) -> datetime:
    """A wall clock's moment; by way of UTC, so that an hour which summer time skips becomes the one after it."""
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def _later(now: datetime, length: timedelta) -> datetime:
    """Whole days go by the wall clock, the rest by elapsed time."""
    days, rest = timedelta(days=length.days), timedelta(seconds=length.seconds)
    return ((now + days).astimezone(UTC) + rest).astimezone(now.tzinfo)


def _ahead(at: datetime, now: datetime) -> datetime:
    if at.astimezone(UTC) <= now.astimezone(UTC):
        raise ValueError("that time is over")
    return at


def _next(clock: time, now: datetime) -> datetime:
    """Today's or tomorrow's; where a clock goes back, the second time round counts as well."""
    tries = (_at(now.date(), clock, now.tzinfo), _at(now.date(), clock.replace(fold=1), now.tzinfo))
    for at in tries:
        if at.astimezone(UTC) > now.astimezone(UTC):
            return at
    return _at(now.date() + timedelta(days=1), clock, now.tzinfo)
