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
    """`text` is to be said so long `before` the `time`; None: that is still to be asked for.

    said     the words that its time was read from
    missing  words of it for a day or a time that there is not, or that can't be kept
    aimed    its text is a reason, which may have a time of its own
    """

    text: str
    time: When | None
    before: timedelta = timedelta()
    said: str = ""
    missing: str = ""
    aimed: bool = False


def asked(call: Call, now: datetime) -> Wish:
    """What to say and when: a phrase and an option give both apart, "/remind 내일 8시 약 먹기" together."""
    text = next((call.args[name] for name in ("what", "task", "saying", "text") if name in call.args), "")
    said = call.args.get("when") or text
    if two := _aimed(said, now):
        return two
    time, rest = when.read(said, now)
    return _wish(said, time, text if "when" in call.args else rest, now)


def _wish(said: str, time: When | None, text: str, now: datetime) -> Wish:
    if not is_dated(time) and (missing := when.no_day(said, now)):
        return Wish(quoted(text), None, said=said, missing=missing)
    missing = when.missing(said, now)
    if time is None or time.clock is None:
        return Wish(quoted(text), time, said=said, missing=missing)
    reason = _BECAUSE.sub("", _AHEAD.sub("", text).strip())
    text = reason if reason == text else reason.removesuffix(" 있")
    return Wish(quoted(text), time, _ahead(said, time), said, missing)


def is_dated(time: When | None) -> bool:
    """Whether it says a day, a length or a repeat for each of its times."""
    return time is not None and all(one.day or one.every or one.after for one in (time, *time.others))


# ---- the earlier of two times --------------------------------------------------------------------

# "7시 비행기니까 4시에 깨워줘": a reason with a time of its own, and what is asked for.
_REASON = re.compile(r"(.+?)(이?니까|인데|는데|이라서|이라|라서|[다라]고)\s+(\S.*)")
_BECAUSE = re.compile(r"(?<=.)(?:이?니까|인데|는데|이라서|이라|라서)$")
# "5시 회의인데 10분 전에 알려줘", "수요일 2시 회의 하루 전에 알려줘"; days only right before what asks, as "이틀 전에
# 맡긴 세탁물" and "12월 25일 전에" say something else
_MANY = r"(?:\d{1,3}|한|두|세|네|반|[일이삼사오육십]{1,3})"
_BEFORE = r"\s*전(?:에도|에|쯤에|쯤)?(?!\S)"
_ASKED = (
    r"(?=(?:\s+(?:꼭|좀|미리|다시|한\s?번))?(?:\s+(?:알려|알림|알람|깨워|말해|얘기해|이야기해|불러|상기)|[\s.,!~]*$))"
)
_AHEAD = re.compile(
    rf"(?<!\S)(?:(?P<many>{_MANY})\s*(?P<unit>분|시간){_BEFORE}"
    rf"|(?<![0-9]월\s)(?:(?P<days>{_MANY})\s*일|(?P<named>하루|이틀|사흘|일주일)){_BEFORE}{_ASKED})"
)

_DAYS = {"하루": 1, "이틀": 2, "사흘": 3, "일주일": 7}


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
    return Wish(reason, late, said=text, aimed=True)


def _ahead(said: str, time: When) -> timedelta:
    """How long before it is to be said."""
    found = _AHEAD.search(said) if not time.every else None
    if found is None:
        return timedelta()
    if found["unit"] is None:
        return timedelta(days=_DAYS[found["named"]] if found["named"] else count(found["days"]) or 0)
    many = 0.5 if found["many"] == "반" else count(found["many"]) or 0
    return timedelta(hours=many) if found["unit"] == "시간" else timedelta(minutes=many)


# ---- several in one message ----------------------------------------------------------------------

_ASKING = r"(?:알려|깨워|말해|얘기해|이야기해|불러|상기시켜)\s?(?:주고|주시고|줘|주세요|줘요)[,.]?"
_AND = (
    rf"(?<={OPEN_SYLLABLE})(?:랑|와)|(?<=[가-힣])(?<!{OPEN_SYLLABLE})(?:이랑|과)|(?<=\S)하고"  # 치과 is no 치 with 과
)
_AT = r"(?:[가-힣]{1,3}\s)?[0-9]{1,2}시(?:\s?반|\s?[0-9]{1,2}분)?에?\s"  # "3시에 치과 5시에 학원", "9시 회의 10시 병원"
_JOINT = re.compile(
    rf"(?:\s{_ASKING}|{_AND}|\s?[,.]|\s그리고)\s+(?:그리고\s+|또\s+)?(?=\S)|(?<=[가-힣])(?<![랑와서고며면까데려에나])\s(?={_AT})"
)
_ONLY_ASKS = re.compile(rf"(?:(?:꼭|좀)\s)?{_ASKING}[요.!~?\s]*")
_LATER = re.compile(r"뒤|후|있다가|이따가|\bin\s|later", re.IGNORECASE)  # "일주일 동안" is no time to be told at
_WAKING = re.compile(r"깨워|깨우|기상|모닝콜")
_HALF_OF_DAY = re.compile(r"오전|오후|새벽|아침|점심|낮|저녁|밤|정오|자정|[0-9]:[0-9]|[ap]m", re.IGNORECASE)
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
    if len(text) > _LONGEST:
        return []
    wishes: list[Wish] = []
    before = ""  # the time words so far
    for part in _parts(text, now):
        wishes.append(_goes_on(part, before, now))
        before = ", ".join(filter(None, (before, when.words(part, now))))
    return wishes if len(wishes) > 1 and all(_is_whole(wish) for wish in wishes) else []


def _parts(text: str, now: datetime) -> Iterator[str]:
    """The text, cut before each time that follows a wish; times with nothing to say yet are a list of their own."""
    begin = 0
    for joint in _JOINT.finditer(text):
        before = text[begin : joint.start()]
        wakes = _WAKING.search(joint[0]) is not None
        after = text[joint.end() :]
        split = joint[0].isspace() and when.begins(f"{before.split()[-1]}{joint[0]}{after}", now)  # 목금 8시
        if not split and _says_what(before, now, wakes=wakes) and when.begins(after, now):
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


def _goes_on(part: str, before: str, now: datetime) -> Wish:
    """The wish of a part; its time is read as the last of a list with those `before`."""
    if two := _aimed(part, now):
        return two
    time, rest = when.read(part, now)
    text = "" if _ONLY_ASKS.fullmatch(rest.strip()) else content(_AHEAD.sub("", rest) if time and time.clock else rest)
    listing = f"{before}, {part}" if before and time and time.clock and not time.after else part
    if missing := when.missing(listing, now) or when.no_day(part, now):
        return Wish(quoted(text), None, said=part, missing=missing)
    listed, _ = when.read(listing, now)
    return _wish(part, _last(listed, time) if listed and time and listing != part else time, text, now)


def _last(listed: When, own: When) -> When:
    """Of a list the times of its last part, whose `own` they are by themselves; those where it does not go on."""
    times, mine = _apart(listed), len(_apart(own))
    first, *further = times[-mine:]
    return replace(first, others=tuple(further)) if mine < len(times) else own


def _apart(time: When) -> list[When]:
    """Each of its times by itself."""
    days = (time, *time.others)
    return [replace(day, clock=clock, also=(), others=()) for day in days for clock in (day.clock, *day.also)]


def _is_whole(wish: Wish) -> bool:
    time = wish.time
    return bool(wish.missing) or (time is not None and bool(time.clock or (time.after and _LATER.search(wish.said))))
