"""From pieces to what they mean together, seen from now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.korean.when import clock
from bot.korean.when.dates import named_day, numbered
from bot.korean.when.days import monday_of, months_on
from bot.korean.when.moments import moment
from bot.korean.when.values import (
    Day,
    Dial,
    Every,
    Impossible,
    Length,
    Part,
    Piece,
    Repeat,
    Since,
    Until,
    Weekday,
    When,
)

_DAY = 1440  # minutes
_LEAP = 2024  # a year that has every date
_MORNING = 6 * 60  # before it, 새벽 2시 behind an evening's time is the day after's
_EVENING = 18 * 60
_DAILY = ("day", "weekday", "weekend")
_BEGUN = ("day", "weekday", "weekend", "week")  # repeats that a day's name can only be the beginning of


def kind(piece: Piece) -> str:
    """What a text has only one of: a day, a repeat, a length, a time of day."""
    match piece:
        case Day() | Weekday():
            return "day"
        case _:
            return type(piece).__name__


def meant(parts: Sequence[Sequence[Piece]], now: datetime, *, waking: bool) -> When:
    """What a text says, from the pieces of each of its days; a repeat goes on: 매주 월요일 9시랑 수요일 10시."""
    each = len(parts) > 1 and _said_each(parts[-1])  # 월요일 9시랑 수요일 10시마다
    every = Every("week") if each else None
    whens: list[When] = []
    for days in _with_one_time(dated(parts, now.date())):
        for number, pieces in enumerate(days):
            if any(isinstance(piece, Impossible) for piece in pieces):
                continue
            times = _times(_carried(pieces, every), now, waking=waking)
            if number and whens and len(times) == 1:  # 오늘이랑 내일 8시: in the evening, as today's
                times = [replace(times[0], clock=whens[-1].clock, also=whens[-1].also)]
            whens += times
            every = whens[-1].every or every
    first, *others = dict.fromkeys(whens)
    return replace(first, others=tuple(others))


def _with_one_time(parts: Iterable[Sequence[Piece]]) -> Iterator[list[Sequence[Piece]]]:
    """The days that have one time, each with its pieces; a day without one has the next one's."""
    group: list[Sequence[Piece]] = []
    for pieces in parts:
        group.append(pieces)
        if any(isinstance(piece, Dial | Part | Length) for piece in pieces):
            time = [piece for piece in pieces if isinstance(piece, Dial | Part)]
            yield [*([*day, *time] for day in group[:-1]), pieces]
            group = []
    if group:
        yield group


def dated(parts: Iterable[Sequence[Piece]], today: date) -> Iterator[Sequence[Piece]]:
    """What a day leaves open goes on from the day before: "12월 24일이랑 25일", "다음 주 월요일이랑 화요일"."""
    before: Day | None = None
    once = True
    for pieces in parts:
        if any(isinstance(piece, Repeat) for piece in pieces):
            before, once = None, False
        elif before:
            pieces = [_going_on(piece, before, today, once=once) for piece in pieces]
        yield pieces
        before = next((piece for piece in pieces if isinstance(piece, Day)), before)


def _going_on(piece: Piece, before: Day, today: date, *, once: bool) -> Piece:
    """`once`: no repeat, so that a day of that month and year is meant, and 31일 behind 11월 30일 is none."""
    match piece:
        case Day(number=int() as number, month=None) if before.number and piece.day.day == number:
            if not (before.month or once):
                return piece
            months = (before.month or before.day.month) - 1 + (number <= before.number)
            year = before.day.year + months // 12 if once and not before.lunar else None
            named = named_day(months % 12 + 1, number, before.day, year, lunar=before.lunar)
            return named or (Impossible(f"{months % 12 + 1}월 {number}일") if once else piece)
        case Weekday() if before.number is None and monday_of(before.day) > monday_of(today):
            return Day(before.day + timedelta(days=(piece.index - before.day.weekday()) % 7 or 7))
        case _:
            return piece


def _carried(pieces: Sequence[Piece], every: Every | None) -> Sequence[Piece]:
    """The pieces of a day with the repeat of the day before, where that fits it."""
    if every is None or _every(pieces) is not None:
        return pieces
    match next((piece for piece in pieces if kind(piece) == "day"), None):
        case Weekday() if every.unit not in ("month", "year"):
            repeat = Every("week", interval=every.interval if every.unit == "week" else 1)
        case Day(until=date()) as day if day.day.weekday() >= 5 and every.unit not in ("month", "year"):
            repeat = Every("weekend")
        case Day(nth=int() as nth) as day if every.nth and every.unit == "month":
            repeat = Every("month", (day.day.weekday(),), interval=every.interval, nth=(nth,))
        case Day(number=int(), month=None) if every.unit == "month":
            repeat = Every("month", interval=every.interval)
        case Day(number=int(), month=int()) if every.unit == "year":
            repeat = Every("year", interval=every.interval)
        case _:
            return pieces
    return [*pieces, Repeat(replace(repeat, until=every.until))]


def _times(pieces: Sequence[Piece], now: datetime, *, waking: bool) -> list[When]:
    """What every few hours comes begins when it would be without that: "내일 9시부터 2시간마다"."""
    every, bound = _every(pieces), next((piece for piece in pieces if isinstance(piece, Until)), None)
    if every and every.unit == "minute":
        times = [replace(one, every=every) for one in _times_of_day(pieces, None, now, waking=waking)]
    else:
        times = _times_of_day(pieces, every, now, waking=waking)
    if since := next((piece for piece in pieces if isinstance(piece, Since)), None):
        times = [_beginning(one, since.first) for one in times]
    if bound is None:
        return times
    late = _is_past_midnight(pieces, waking=waking)
    nights = [night for one in times for night in _parted(one)]
    return [_ending(one, bound, now, late=late or _is_earlier(one, nights[0])) for one in nights]


def _parted(when: When) -> list[When]:
    """Its times of the day and, apart, those past midnight: 밤 11시랑 12시."""
    over = [clock for clock in when.also if when.clock and clock < when.clock]
    if not over:
        return [when]
    same = tuple(clock for clock in when.also if clock not in over)
    return [replace(when, also=same), replace(when, clock=over[0], also=tuple(over[1:]))]


def _is_earlier(one: When, first: When) -> bool:
    """Of a list in order only what is past midnight is earlier on the clock."""
    return one.clock is not None and first.clock is not None and one.clock < first.clock


def _beginning(when: When, first: date) -> When:
    """A repeat from that day on, which it goes by where it names none itself."""
    match when.every:
        case None:
            return when
        case Every("month", day=None, nth=()) as every:
            every = replace(every, day=first.day)
        case Every("week", weekdays=()) as every:
            every = replace(every, weekdays=(first.weekday(),))
        case every:
            pass
    return replace(when, day=max(first, when.day or first), every=every)


def _is_past_midnight(pieces: Sequence[Piece], *, waking: bool) -> bool:
    """Whether its first time is the day after's: 밤 12시, 자정."""
    dials = [piece for piece in pieces if isinstance(piece, Dial)]
    dial = _dial(next(iter(dials), None), next((piece for piece in pieces if isinstance(piece, Part)), None))
    minutes = clock.minutes(dial, waking=waking) if dial else ()
    return bool(minutes) and minutes[0] >= _DAY


def _ending(when: When, bound: Until, now: datetime, *, late: bool) -> When:
    """A repeat with its last day; so many days count from the first on which it comes, weeks of it from now.

    `late`: it comes past midnight, so that the last day's is on the day after.
    """
    if when.every is None:
        return when
    first = when.day or now.date()
    if bound.last is None and when.every.unit in _DAILY:
        clocks = (replace(when, clock=clock, also=()) for clock in (when.clock, *when.also))
        first = min(moment(one, now).date() for one in clocks)
    try:
        lasting = months_on(first, bound.months) + timedelta(days=bound.days - 1)
    except (ValueError, OverflowError):  # for 9,999 years
        return when
    night = timedelta(days=late and when.every.unit != "minute" and not when.every.nth)
    until = _last(bound.last, first - night if when.day else first) + night if bound.last else lasting
    return replace(when, every=replace(when.every, until=until))


def _last(day: Day | Weekday, first: date) -> date:
    """The day named, behind the first: 월요일부터 금요일까지, 12월 20일부터 25일까지."""
    match day:
        case Weekday(index):
            return first + timedelta(days=(index - first.weekday()) % 7 or 7)
        case Day(number=int() as number, month=None) if day.day < first:
            return (numbered(number, first) or day).day
        case _:
            return day.until or day.day


def _times_of_day(pieces: Sequence[Piece], every: Every | None, now: datetime, *, waking: bool) -> list[When]:
    """A day's times; more than one where a list of them goes on past midnight: "내일 밤 11시랑 12시"."""
    by_kind = {kind(piece): piece for piece in reversed(pieces)}
    dial, day = _dial(by_kind.get("Dial"), by_kind.get("Part")), by_kind.get("day")
    length = by_kind.get("Length")
    after = length.length if isinstance(length, Length) else None
    minutes = clock.minutes(dial, waking=waking) if dial else ()
    likely = minutes
    if isinstance(day, Weekday) and not every:
        day, likely = Day(_next_weekday(day.index, minutes, now)), minutes[:1]
    if not minutes:
        return [_when(day, every, None, after)]
    begins = dict.fromkeys((_likely(likely, day, every, now), *(minutes if isinstance(day, Day) else ())))
    lists = [_in_order(begin, pieces, sure=len(minutes) == 1, waking=waking) for begin in begins]
    first, *further = next((each for each in lists if each == sorted(each)), lists[0])  # 오늘 9시, 13시: the morning's
    when = _when(day, every, first, after)
    others = [_when(day, every, minute, after) for minute in further]
    also = tuple(one.clock for one in others if one.clock and one != when == replace(one, clock=when.clock))
    return [replace(when, also=also), *(one for one in others if replace(one, clock=when.clock) != when)]


def _likely(minutes: tuple[int, ...], day: Piece | None, every: Every | None, now: datetime) -> int:
    """Of what an hour may mean, today the first that lies ahead, else the likelier; without a day the next."""
    if every:
        return minutes[0]
    if isinstance(day, Day):
        ahead = [one for one in minutes if day.day == now.date() and one > _minute(now)]
        return (ahead or minutes)[0]
    return min(minutes, key=lambda minute: (minute % _DAY - _minute(now) - 1) % _DAY)


def _in_order(first: int, pieces: Sequence[Piece], *, sure: bool, waking: bool) -> list[int]:
    """The times of a list; `sure`: the first can mean nothing else."""
    dials = [piece for piece in pieces if isinstance(piece, Dial)]
    night = any(isinstance(piece, Part) and piece.name == "밤" for piece in pieces)
    times = [first]
    for before, dial in pairwise(dials):
        night = night or before.part == "밤"
        times.append(_next_in_list(times[-1], clock.minutes(dial, waking=waking), sure=sure, night=night))
    return list(dict.fromkeys(times))


def _next_in_list(before: int, minutes: tuple[int, ...], *, sure: bool, night: bool) -> int:
    """Of what an hour may mean, the first that comes after the one before; past midnight only from the evening on."""
    plain = len(minutes) == 1  # 새벽 2시, 0시, 자정
    late = before >= _EVENING and (sure or plain)
    if before >= _DAY:
        minutes = tuple(minute % _DAY + _DAY for minute in minutes)
    elif late and (night or plain):
        minutes += tuple(minute + _DAY for minute in minutes if minute < _MORNING)
    elif not late:
        minutes = tuple(minute for minute in minutes if minute < _DAY) or minutes
    return min((minute for minute in minutes if minute > before), default=minutes[0])


def _when(day: Piece | None, every: Every | None, minute: int | None, after: timedelta | None) -> When:
    """One time; a minute from 1440 on is the day after's."""
    if every and every.nth and minute is not None:
        minute = min(minute, _DAY - 1)  # 자정 of the last Friday is its last minute: no repeat is on the day after it
    at = None if minute is None else _clock(minute)
    if every:
        begin = day.day + _over(minute) if isinstance(day, Day) and _is_begin(day, every) else None
        repeat = _repeating(every, day, past=minute is not None and minute >= _DAY)
        return When(begin, clock=at, after=after, every=repeat)
    if isinstance(day, Day):
        return When(day.day + _over(minute), day.until, at, after)
    return When(clock=at, after=after)


def _over(minute: int | None) -> timedelta:
    return timedelta(days=(minute or 0) // _DAY)


def _is_begin(day: Day, every: Every) -> bool:
    """ "25일" with 매달 is the day of each month, "12월 25일부터" the first of them."""
    named = day.month is not None and not day.lunar
    return day.until is None and (every.unit in _BEGUN or (every.unit == "month" and named))


def _dial(dial: Piece | None, part: Piece | None) -> Dial | None:
    if isinstance(dial, Dial):
        return (clock.with_part(dial, part.name) if isinstance(part, Part) else None) or dial
    return clock.default(part.name) if isinstance(part, Part) else None


def _every(pieces: Sequence[Piece]) -> Every | None:
    """What it repeats, said outright or by 마다: every day, or the weekday or weekend said with it."""
    if repeat := next((piece for piece in pieces if isinstance(piece, Repeat)), None):
        return repeat.every
    if any(isinstance(piece, Until) and piece.daily for piece in pieces):
        return Every("day")
    if not _said_each(pieces):
        return None
    match next((piece for piece in pieces if kind(piece) == "day"), None):
        case Weekday() as day:
            return Every("week", (day.index,))
        case Day(until=date()) as day if day.day.weekday() >= 5:
            return Every("weekend")
        case _:
            return Every("day")


def _said_each(pieces: Sequence[Piece]) -> bool:
    return any(piece.each for piece in pieces if isinstance(piece, Dial | Part))


def _repeating(every: Every, day: Piece | None, *, past: bool) -> Every:
    """A repeat with its day; `past` midnight, 매주 월요일 밤 12시 is a Tuesday's first minute."""
    match every, day:
        case Every("month", day=None), Day(number=int() as number, lunar=False):
            every = replace(every, day=number)
        case Every("year", day=None), Day(number=int() as number, month=int() as month):
            every = replace(every, month=month, day=number, lunar=day.lunar)
        case Every("week", weekdays=()), Weekday(index):
            every = replace(every, weekdays=(index,))
        case Every("week", weekdays=()), Day(until=None):
            every = replace(every, weekdays=(day.day.weekday(),))
    return _a_day_later(every) if past else every


def _a_day_later(every: Every) -> Every:
    match every:
        case Every("weekday"):
            return Every("week", (1, 2, 3, 4, 5))
        case Every("weekend"):
            return Every("week", (0, 6))
        case Every("week", weekdays=weekdays):
            return replace(every, weekdays=tuple(sorted((one + 1) % 7 for one in weekdays)))
        case Every("month", day=int() as number):  # behind 말일 comes the 1st
            return replace(every, day=number % 31 + 1)
        case Every("year", month=int() as month, day=int() as number, lunar=False):
            after = date(_LEAP, month, number) + timedelta(days=1)
            after += timedelta(days=(after.month, after.day) == (2, 29))  # which three years of four don't have
            return replace(every, month=after.month, day=after.day)
        case _:
            return every


def _next_weekday(index: int, minutes: tuple[int, ...], now: datetime) -> date:
    """The next such day; today only with a time that lies ahead."""
    days_ahead = (index - now.weekday()) % 7
    if days_ahead == 0 and not (minutes and minutes[0] > _minute(now)):
        days_ahead = 7
    return now.date() + timedelta(days=days_ahead)


def _minute(now: datetime) -> int:
    return now.hour * 60 + now.minute


def _clock(minute: int) -> time:
    return time(minute % _DAY // 60, minute % 60)
