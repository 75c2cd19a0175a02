"""What a wish to be told something says: of what, when, and how long before; one message may hold several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.informal import content
from bot.korean import when
from bot.korean.counting import count
from bot.korean.josa import OPEN_SYLLABLE
from bot.korean.quoting import quoted
from bot.korean.when import When
from bot.messages import Call


@dataclass(frozen=True, slots=True)
class Wish:
    """`text` is to be said at `time`; None: the time is still to be asked for."""

    text: str
    time: When | None


def asked(call: Call, now: datetime) -> Wish:
    """What to say and when: a phrase and an option give both apart, "/remind 내일 8시 약 먹기" together."""
    said = next((call.args[name] for name in ("what", "task", "saying", "text") if name in call.args), "")
    if two := _aimed(call.args.get("when") or said, now):
        return two
    time, rest = when.read(call.args.get("when") or said, now)
    text = said if "when" in call.args else rest
    return Wish(quoted(_BECAUSE.sub("", _AHEAD.sub("", text).strip()) if time and time.clock else text), time)


# ---- the earlier of two times --------------------------------------------------------------------

# "7시 비행기니까 4시에 깨워줘": a reason with a time of its own, and what is asked for.
_REASON = re.compile(r"(.+?)(이?니까|인데|는데|이라서|이라|라서|[다라]고)\s+(\S.*)")
_BECAUSE = re.compile(r"(?<=.)(?:이?니까|인데|는데|이라서|이라|라서)$")
# "5시 회의인데 10분 전에 알려줘"
_AHEAD = re.compile(r"(?<!\S)(\d{1,3}|한|두|세|네|반|[일이삼사오육십]{1,3})\s*(분|시간)\s*전(?:에|쯤에|쯤)?(?!\S)")


def _aimed(text: str, now: datetime) -> Wish | None:
    """Of two times the one that is asked for, on the day that either names; None where there are not two."""
    found = _REASON.fullmatch(text)
    early, _ = when.read(found[1], now) if found else (None, "")
    if found is None or early is None or early.every:
        return None
    late, _ = when.read(found[3], now)
    if late and not late.day and early.day and early.day != now.date():  # "내일 …니까 6시에": tomorrow's
        late, _ = when.read(found[3], datetime.combine(early.day, datetime.min.time(), now.tzinfo))
        late = replace(late, day=late.day or early.day) if late else None
    if late is None or late.clock is None or late.every:
        return None
    reason = quoted(f"{found[1]}{found[2]}") if found[2].endswith("고") else found[1].strip().removesuffix(" 있")
    return Wish(reason, late)


def ahead(call: Call, time: When) -> timedelta:
    """How long before it is to be said."""
    found = _AHEAD.search(call.args.get("when", "")) if time.clock and not time.every else None
    if found is None:
        return timedelta()
    many = 0.5 if found[1] == "반" else count(found[1]) or 0
    return timedelta(hours=many) if found[2] == "시간" else timedelta(minutes=many)


# ---- several in one message ----------------------------------------------------------------------

_ASKING = r"(?:알려|깨워|말해|얘기해|이야기해|불러|상기시켜)\s?(?:주고|주시고|줘|주세요|줘요)[,.]?"
_AND = (
    rf"(?<={OPEN_SYLLABLE})(?:랑|와)|(?<=[가-힣])(?<!{OPEN_SYLLABLE})(?:이랑|과)|(?<=\S)하고"  # 치과 is no 치 with 과
)
_AT = r"(?:[가-힣]{1,3}\s)?[0-9]{1,2}시(?:\s?반|\s?[0-9]{1,2}분)?에?\s"  # "3시에 치과 5시에 학원", "9시 회의 10시 병원"
_JOINT = re.compile(
    rf"(?:\s{_ASKING}|{_AND}|\s?[,.]|\s그리고)\s+(?:그리고\s+|또\s+)?(?=\S)|(?<=[가-힣])(?<![랑와서고며면까데려에])\s(?={_AT})"
)
_WAKING = re.compile(r"깨워|깨우|기상|모닝콜")
_HALF_OF_DAY = re.compile(r"오전|오후|새벽|아침|점심|낮|저녁|밤|정오|자정|[0-9]:[0-9]|[ap]m", re.IGNORECASE)
_NOON = 12
_LONGEST = 200  # letters of a message that may hold several; each joint is read again with what is before it


def several(text: str, now: datetime) -> list[Wish]:
    """The wishes of a text that has more than one, each with a time: "9시 회의랑 10시 병원"; [] for any other.

    What a later one leaves open goes on from the one before: the day, the repeat, the half of the day.

    >>> from zoneinfo import ZoneInfo
    >>> now = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Seoul"))
    >>> found = several("내일 8시에 약 먹으라고 알려주고 10시 병원 알려줘", now)
    >>> [(wish.text, str(wish.time.day), str(wish.time.clock)) for wish in found]
    [('약 먹기', '2026-11-22', '08:00:00'), ('병원', '2026-11-22', '10:00:00')]
    """
    wishes: list[Wish] = []
    if len(text) > _LONGEST:
        return []
    for part in _parts(text, now):
        time, rest = _going_on(part, wishes[-1].time if wishes else None, now)
        wishes.append(Wish(quoted(content(rest)), time))
    return wishes if len(wishes) > 1 and all(_is_whole(wish) for wish in wishes) else []


def _parts(text: str, now: datetime) -> Iterator[str]:
    """The text, cut before each time that follows a wish; times with nothing to say yet are a list of their own."""
    begin = 0
    for joint in _JOINT.finditer(text):
        before = text[begin : joint.start()]
        wakes = _WAKING.search(joint[0]) is not None
        if _says_what(before, now, wakes=wakes) and when.begins(text[joint.end() :], now):
            yield before
            begin = joint.end()
    yield text[begin:]


def _says_what(text: str, now: datetime, *, wakes: bool) -> bool:
    """Whether it has a time and, behind it, what shall be said then."""
    time, rest = when.read(text, now)
    return time is not None and (wakes or (bool(content(rest).strip()) and not _is_a_time(text.split()[-1], now)))


def _is_a_time(word: str, now: datetime) -> bool:
    time, left = when.read(word, now)
    return (time is not None and not left) or _HALF_OF_DAY.fullmatch(word) is not None


def _is_whole(wish: Wish) -> bool:
    return wish.time is not None and bool(wish.time.clock or wish.time.after)


def _going_on(part: str, before: When | None, now: datetime) -> tuple[When | None, str]:
    time, rest = when.read(part, now)
    if before is None or time is None or time.clock is None or time.day or time.every or time.after:
        return time, rest
    if before.every:
        time, rest = when.read(f"매일 {part}", now)
        return replace(time, every=before.every) if time else None, rest
    if before.day:
        time, rest = when.read(f"{before.day:%Y년 %m월 %d일} {part}", now)
    return _later(time, before, part) if time else None, rest


def _later(time: When, before: When, part: str) -> When:
    """ "저녁 7시 약이랑 9시 산책": nine in the evening."""
    if not time.clock or not before.clock or time.clock > before.clock or _HALF_OF_DAY.search(part):
        return time
    evening = time.clock.replace(hour=time.clock.hour % _NOON + _NOON)
    return replace(time, clock=evening) if evening > before.clock else time
