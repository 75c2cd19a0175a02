"""Lists: times of one day ("9시, 13시"), days with a time each ("내일 9시랑 모레 10시"), or one ("내일이랑 모레")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.korean.when import named
from bot.korean.when.pieces import Found, found_in, read_at
from bot.korean.when.values import Day, Dial, Impossible, Length, Part, Repeat, Weekday

# Between the times of a day; the particle of "9시와 13시" belongs to the first of them.
_JOINT = re.compile(r"\s*(?:[,·/&]|그리고|또)?\s*")
_FROM = re.compile(r"(?:부터|까지|에서|전|후)[는만]?$")
_AND = re.compile(r"(?:하고|랑|와|과)\s*$")
# With nothing but a blank between: "9시 13시 19시에", but not "8시에 9시 회의" nor "9시 10시 기차".
_BARE = re.compile(r"[시분반0-9]\s*$")
_LAST = re.compile(r"(?:에|에는|에도|마다)\s*$")
_GOES_ON = re.compile(r"\s*(?:$|[0-9]|알람|알림|알려|깨워)")
_BETWEEN = re.compile(r"\s*사이")
_ROUGHLY = re.compile(r"(?:쯤|경|즈음|정도)에?$")
# Between a time and the next day; 부터 and ~ are none, for a stretch is no list. A blank alone is none either:
# "내일 9시 모레 10시 비행기".
_NEXT_DAY = re.compile(
    r"(?<=[시반분오정전후뒤침심녁벽밤낮중0-9에])(?:(?P<and>이?랑|하고|와|과)(?:\s*(?:,|그리고|또))?\s*"
    r"|\s*[,·/&]\s*(?:그리고|또)?\s*|\s+(?:그리고|또)\s+)(?=\S)"
)
# Between a day without a time and the next: "내일이랑 모레 9시에".
_SAME_TIME = re.compile(r"(?<=[가-힣0-9)])(?:(?:이?랑|하고|와|과)\s*,?|\s*[,·/&]|\s+그리고)\s*(?=\S)")
_BLANKS = re.compile(r"\s*")


def goes_on(text: str, used: Sequence[Found], one: Found) -> Found | None:
    """What 13시 goes on from in "9시, 13시"; nothing in "9시부터 13시", "9시 10시쯤" or "9시 10시 사이"."""
    last = next((known for known in reversed(used) if isinstance(known.piece, Dial)), None)
    if (
        last is None
        or not isinstance(last.piece, Dial)
        or not isinstance(one.piece, Dial)
        or not _JOINT.fullmatch(text, last.end, one.start)
    ):
        return None
    if _FROM.search(text[last.start : last.end]) or _ROUGHLY.search(text[one.start : one.end]):
        return None
    if _BETWEEN.match(text, one.end):
        return None
    if text[last.end : one.start].strip() or _AND.search(text[last.start : last.end]):
        return last
    repeats = any(isinstance(known.piece, Repeat) for known in used)  # 매일 아침 9시 저녁 9시 약
    halves = repeats and bool(last.piece.part and one.piece.part) and last.piece.part != one.piece.part
    listed = _BARE.search(text[last.start : last.end]) and (
        halves or _LAST.search(text[one.start : one.end]) or _GOES_ON.match(text, one.end)
    )
    return last if listed else None


def apart(text: str, today: date) -> list[str]:
    """The text, cut where another day with a time seems to follow a time or a day: "월요일 9시", "화요일 10시에"."""
    parts, at = [], 0
    for start, end in _cuts(text, today):
        parts.append(text[at:start])
        at = end
    return [*parts, text[at:]]


def _cuts(text: str, today: date) -> list[tuple[int, int]]:
    """Where one day ends and the next begins; from the last one on, which says the time of those without one."""
    found = {joint.start(): joint for joint in (*_SAME_TIME.finditer(text), *_NEXT_DAY.finditer(text))}
    joints = [found[start] for start in sorted(found)]
    begins, ends = [0, *(joint.end() for joint in joints)], [*(joint.start() for joint in joints[1:]), len(text)]
    cuts: list[tuple[int, int]] = []
    for begin, joint, end in reversed(list(zip(begins, joints, ends, strict=False))):
        cut = cuts[-1][0] if cuts else len(text)
        behind_a_time = joint.re is _NEXT_DAY
        timed = _begins_a_day(text[:cut], joint.end(), today, alike=behind_a_time and text[joint.start() - 1] == "에")
        if not timed and not (cut == end < len(text) and _last_day(text[joint.end() : end], today)):
            continue
        day = _last_day(text[begin : joint.start()], today)
        if (day or behind_a_time) and not _is_its_weekday(text, joint.end(), day, today):
            cuts.append(joint.span())
    return cuts[::-1]


def _last_day(part: str, today: date) -> Day | None:
    """The date that it ends with; weekdays are a list of their own ("월요일이랑 수요일")."""
    last = max(found_in(part, today, listed=True), key=lambda one: one.end, default=None)
    if last is None or part[last.end :].strip() or _FROM.search(part):
        return None
    return last.piece if isinstance(last.piece, Day) and last.piece.until is None else None


def _is_its_weekday(text: str, start: int, day: Day | None, today: date) -> bool:
    """12월 25일, 금요일 9시, when that is a Friday."""
    following = read_at(text, start, today, None) if day else None
    return (
        day is not None
        and following is not None
        and isinstance(following.piece, Weekday)
        and day.day.weekday() == following.piece.index
    )


def ends_with_a_time(part: str, used: Sequence[Found]) -> bool:
    """Whether the last thing it says is a time, or a day without one, which is not where a stretch begins or ends."""
    last = max(used, key=lambda one: one.end, default=None)
    if last is None or part[last.end :].strip() or not _is_a_time(last, used):
        return False
    return isinstance(last.piece, Length) or not _FROM.search(part[last.start : last.end])


def _is_a_time(last: Found, used: Sequence[Found]) -> bool:
    match last.piece:
        case Dial() | Part() | Length(later=True):
            return True
        case Day():
            return not any(isinstance(one.piece, Dial | Part | Length) for one in used)
        case _:
            return False


def _begins_a_day(text: str, start: int, today: date, *, alike: bool) -> bool:
    """Whether a day and its time stand here: 화요일 10시, 내일 아침에, 1시간 뒤; `alike`: with 에 as before."""
    last: Found | None = None
    while found := _named_at(text, start, today) or read_at(text, start, today, last):
        match found.piece:
            case Day() | Weekday() | Repeat() | Impossible():  # 11월 31일 is asked about
                last, start = found, _after_blanks(text, found.end)
            case Length(later=True):
                return last is None
            case Dial() if not alike:
                return last is not None
            case Dial() | Part():
                return last is not None and _LAST.search(text[found.start : found.end]) is not None
            case _:
                return False
    return False


def _named_at(text: str, start: int, today: date) -> Found | None:
    match = named.BEFORE_A_CLOCK.match(text, start)
    day = named.day(match, today) if match else None
    return Found(day, *match.span()) if match and day else None


def _after_blanks(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at
