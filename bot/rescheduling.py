"""A reminder's other time: "8시로 바꿔줘", "내일로 미뤄줘", "30분 당겨줘"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.korean import when
from bot.korean.when import Every, When
from bot.reminders import Reminder

_ASKED = re.compile(
    r"(?P<which>.*?)\s*(?:알림|알람|리마인더|리마인드|모닝콜)\s?(?:시간|시각)?(?:을|를|은|는|좀)?"
    r"(?P<to>.*?)(?P<way>바꿔|바꾸|변경|옮겨|옮기|수정|고쳐|미뤄|미루|늦춰|늦추|연기|당겨|당기|앞당)"
)
_EARLIER = re.compile(r"당[겨기]|앞당")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which reminder, in the words of the wish, and what its time shall be; `earlier`: a length goes back."""

    which: str
    to: str
    earlier: bool


def wish(text: str) -> Wish | None:
    """The parts of "7시 알람 8시로 바꿔줘"."""
    found = _ASKED.search(text)
    return Wish(found["which"].strip(), found["to"].strip(), bool(_EARLIER.match(found["way"]))) if found else None


def moved(reminder: Reminder, wish: Wish, now: datetime) -> tuple[datetime, Every | None] | None:
    """Its new time, in its zone, and how it repeats then; None where the wish names no time, or one that is over."""
    due = reminder.local
    said, _ = when.read(wish.to, due.replace(hour=0, minute=0, second=0, microsecond=0))
    if said is None:
        return None
    try:
        at, every = _moved(reminder, said, wish, now.astimezone(due.tzinfo))
    except ValueError:
        return None
    return (at, every) if at > now else None


def _moved(reminder: Reminder, said: When, wish: Wish, now: datetime) -> tuple[datetime, Every | None]:
    due, every = reminder.local, reminder.every
    if said.after:
        length = -said.after if wish.earlier else said.after
        return (due.astimezone(UTC) + length).astimezone(due.tzinfo), every
    clock = _nearer(said.clock, wish.to, due) if said.clock else due.time()
    if said.every or (every and not said.day):
        every = said.every or every
        assert every is not None  # one of the two is there
        return when.following(every, clock, now), every
    today, _ = when.read(wish.to, now)  # 내일 is counted from today, not from the reminder's day
    day = today.day if today and today.day else due.date()
    return when.moment(When(day=day, clock=clock), now), None if said.day else every


def _nearer(clock: time, text: str, due: datetime) -> time:
    """Of the two that a bare hour may mean, the one nearer to the time it had."""
    noon, _ = when.read(text, due.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(seconds=1))
    other = noon.clock if noon and noon.clock else clock
    return min((clock, other), key=lambda one: abs(datetime.combine(due, one, due.tzinfo) - due))
