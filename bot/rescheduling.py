"""A reminder's other time: "8시로 바꿔줘", "내일로 미뤄줘", "30분 당겨줘"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from bot.korean import when
from bot.korean.when import Every, When
from bot.reminders import Reminder

_REMINDER = re.compile(
    r"(?:알림|알람|리마인더|리마인드|모닝콜"
    r"|(?:깨우는|알려주는|깨워\s?달라고 한|알려\s?달라고 한|했던|하라는|부탁한)\s?[거것건])"
    r"(?:\s?(?:시간|시각|요일))?(?:을|를|은|는|도|좀)?(?:\s?(?:변경|수정))?"
)
_FILLERS = re.compile(r"(?<!\S)(?:좀|아까|방금|그거?|저거?|이거?|내가?|나의|맞춰\s?둔|맞춘|해\s?둔|설정한)(?!\S)")
_EARLIER = re.compile(r"당[겨기]|앞당|일찍|줄[여이]")
_BY = re.compile(r"[당미]|늦[추춰게]|일찍|더|연장|추가|연기|늘[려리]|줄[여이]")  # by so much, not to so much
_LATER = re.compile(r"(?:하루|이틀|사흘|나흘|[0-9]\s?일|일주일|[0-9한두세]\s?주일?|달)\s?(?:뒤|후)")
# "9시로 7시 알람 변경해줘", "9시로 바꿔줘 7시 알람"
_TO = re.compile(r"\S로(?!\S)")
_VERB = re.compile(
    r"^\s*(?:좀\s)?(?:바꿔|바꾸|변경|옮겨|옮기|수정|고쳐|미뤄|미루|늦춰|늦추|당겨|당기|앞당|조정)\S*(?:\s(?:줘|주세요|줄래)\S*)?"
)
_TILL = re.compile(r"까지(?:만|로)?(?=\s|[요.!~]*$)")
_SHIFTS = re.compile(r"미[뤄루룰]|늦[춰추]|연기|당[겨기길]")  # "금요일까지 미뤄줘" is a day to come on, no last one
_ALL = re.compile(r"\s*(전부|모두|다|싹\s?다|[둘셋넷]\s?다)\s")
_EVENING, _DAWN = time(18), time(5)
_FROM_NOW = re.compile(r"(?:뒤|후)에?(?:\s|$)")  # "아니 5분 뒤에", but not "30분 뒤로 미뤄줘"
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # whether words are a time does not depend on today
_INSTEAD = re.compile(r"\s*말고\s*|\s*(?:이|가)?\s?아니(?:라|고)\s*|(?<=[시분일])에서\s*|(?<=요일)에서\s*")


@dataclass(frozen=True, slots=True)
class Shift:
    """Which reminder, in the words of the shift, and what its time shall be; `earlier`: a length goes back."""

    which: str
    to: str
    earlier: bool


def shift(text: str) -> Shift | None:
    """The parts of "7시 알람 8시로 바꿔줘", "3시 말고 4시에 알려줘"; None: no reminder is spoken of."""
    parted = _INSTEAD.search(text) or _REMINDER.search(text)
    if parted is None:
        return None
    named, to = text[: parted.start()], text[parted.end() :]
    earlier = _EARLIER.search(to) is not None
    if not named.strip() and (all_of := _ALL.match(to)):  # 알림 전부 30분 미뤄줘
        named, to = all_of[1], to[all_of.end() :]
    named, to = _turned(named, to) or (named, to)
    which = _FILLERS.sub(" ", _REMINDER.sub(" ", named))
    return Shift(" ".join(which.split()), to.strip(), earlier)


def to(which: str, said: str) -> Shift:
    """The shift that has no more in it than which one, and its new time."""
    return Shift(which, said, _EARLIER.search(said) is not None)


def _turned(named: str, to: str) -> tuple[str, str] | None:
    """Which one and its new time, where that comes first: "9시로 7시 알람 변경해줘", "회의 8시로 알람 바꿔줘"."""
    if when.read(to, _ANY_DAY)[0]:
        return None
    for found in _TO.finditer(named):
        words = named[: found.end()].split()
        for first in range(len(words)):
            time, rest = when.read(new := " ".join(words[first:]), _ANY_DAY)
            if time and not rest:
                return " ".join(words[:first]) + _VERB.sub("", named[found.end() :], count=1), new
    return None


def several(shift: Shift, now: datetime) -> bool:
    """Whether it names more times than the one that a reminder can have."""
    said, _ = when.read(shift.to, now)
    return said is not None and bool(said.also or said.others)


def moved(reminder: Reminder, shift: Shift, now: datetime) -> tuple[datetime, Every | None] | None:
    """Its new time, in its zone, and how it repeats then.

    None where the shift names no time, one that is over, or another day for what comes again and again.
    """
    due = reminder.local
    if _names_an_end(shift):
        return _bounded(reminder, shift, now.astimezone(due.tzinfo))
    said, _ = when.read(shift.to, due.replace(hour=0, minute=0, second=0, microsecond=0))
    if said is None:
        return None
    try:
        at, every = _moved(reminder, said, shift, now.astimezone(due.tzinfo))
    except ValueError:
        return None
    if at <= now or (every and not said.every and at.date() != due.date()):
        return None
    return at, every


def _names_an_end(shift: Shift) -> bool:
    """Whether it says a last day and nothing else: no time behind it either, as in "금요일까지 10시로 바꿔줘"."""
    _, *behind = _TILL.split(shift.to)
    return bool(behind) and not _SHIFTS.search(shift.to) and when.read(behind[-1], _ANY_DAY)[0] is None


def _bounded(reminder: Reminder, shift: Shift, now: datetime) -> tuple[datetime, Every] | None:
    """As often as before, to another last day: "다음 주까지로 바꿔줘"."""
    every = reminder.every
    said, _ = when.read(f"{_TILL.split(shift.to)[0]}까지 매일", now)
    until = said.every.until if said and said.every else None
    if every is None or until is None or until < reminder.local.date():
        return None
    return reminder.due, replace(every, until=until)


def _moved(reminder: Reminder, said: When, shift: Shift, now: datetime) -> tuple[datetime, Every | None]:
    due, every = reminder.local, reminder.every
    if said.after and not _BY.search(shift.to) and (reminder.kind == "timer" or _FROM_NOW.search(shift.to)):
        return now + said.after, None
    if said.after:
        length = -said.after if shift.earlier else said.after
        return (due.astimezone(UTC) + length).astimezone(due.tzinfo), every
    clock = _nearer(said.clock, shift.to, due) if said.clock else due.time()
    if said.every:
        return _repeated(reminder, said.every, clock, now)
    today, _ = when.read(shift.to, now)  # 내일 is counted from today, "하루 뒤" from the reminder's day
    if today and today.day:
        day = due.date() + (today.day - now.date()) if _LATER.search(shift.to) else today.day
        return when.moment(When(day=day, clock=clock), now), every
    return datetime.combine(due.date() + timedelta(days=_over_midnight(due.time(), clock)), clock, due.tzinfo), every


def _over_midnight(before: time, after: time) -> int:
    """Another time stays on its day, but for 밤 11시 -> 새벽 1시 and back."""
    if before >= _EVENING and after < _DAWN:
        return 1
    return -1 if before < _DAWN and after >= _EVENING else 0


def _repeated(reminder: Reminder, said: Every, clock: time, now: datetime) -> tuple[datetime, Every]:
    """As often as said; 매주 alone stays on the reminder's weekday, 매달 on its day, and begins when it was due."""
    every, due = _on_its_day(said, reminder), reminder.local
    until = said.until or (reminder.every.until if reminder.every else None)
    bounded, first = replace(every, until=until), datetime.combine(due, clock, due.tzinfo)
    return (first if every != said and first > now else when.following(bounded, clock, now)), bounded


def _on_its_day(said: Every, reminder: Reminder) -> Every:
    due, had = reminder.local, reminder.every
    if had and had.unit == said.unit and (had.weekdays or had.day):
        own = had
    else:
        own = Every(said.unit, (due.weekday(),), due.day, due.month)
    match said:
        case Every("week", weekdays=()):
            return replace(said, weekdays=own.weekdays)
        case Every("month", day=None):
            return replace(said, day=own.day)
        case Every("year", day=None, nth=()):
            return replace(said, month=own.month, day=own.day, lunar=own.lunar)
        case _:
            return said


def _nearer(clock: time, text: str, due: datetime) -> time:
    """Of the two that a bare hour may mean, the one nearer to the time it had."""
    noon, _ = when.read(text, due.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(seconds=1))
    other = noon.clock if noon and noon.clock else clock
    return min((clock, other), key=lambda one: abs(datetime.combine(due, one, due.tzinfo) - due))
