"""타이머: a countdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bot.afterthoughts import AFTER
from bot.command import Command, Expect, Reply, Scene, Slot
from bot.korean import when
from bot.korean.clock import clock, span
from bot.korean.counting import count
from bot.korean.numbers import number
from bot.messages import Call
from bot.phrase import sayings
from bot.reminders import LONGEST, MOST, Remind, waiting
from bot.slots import WHEN, Kind, brief

_LONGEST = timedelta(days=7)


async def answer(scene: Scene, call: Call) -> Reply:
    said = _TOGETHER.sub(" ", call.args.get("when") or call.args.get("text") or "")
    what = call.args.get("what", "")[:LONGEST]
    length = _length(call.args["length"]) if "length" in call.args else _read(said, scene.now)
    timers = several(said, scene.now) or ([(what, length)] * _alike(said) if length else [])
    back = Expect(Call("timer", {"what": what}), "when")
    if not timers:
        return Reply(scene.locale("timer_how_long"), expect=back)
    if any(length > _LONGEST for _, length in timers):
        return Reply(scene.locale("timer_too_long"), expect=back)
    kept = len(await scene.world.read(lambda db: waiting(db, scene.conversation)))
    if kept + len(timers) > MOST:
        return Reply(scene.locale("remind_full", most=MOST))
    return _started(scene, timers)


def _started(scene: Scene, timers: Sequence[tuple[str, timedelta]]) -> Reply:
    zone, language = str(scene.now.tzinfo), scene.locale.language
    effects = [
        Remind("timer", name, (scene.now + length).astimezone(UTC), zone, nth=nth)
        for nth, (name, length) in enumerate(timers)
    ]
    told = [
        (name, span(length.total_seconds(), language), clock(scene.now + length, language)) for name, length in timers
    ]
    if len(told) == 1:
        _, spoken, end = told[0]
        return Reply(scene.locale("timer_set", span=spoken, clock=end), tuple(effects), expect=AFTER)
    lines = (
        "- " + scene.locale("timer_each", name=f"{name}: " if name else "", span=spoken, clock=end)
        for name, spoken, end in told
    )
    text = "\n".join([scene.locale("timer_set_several", count=len(told)), *lines])
    return Reply(text, tuple(effects), expect=AFTER, literal=True)


# ---- several in one message ----------------------------------------------------------------------

_TOGETHER = re.compile(r"(?<=시간)하고\s(?=[0-9]+\s?분)|(?<=분)하고\s(?=[0-9]+\s?초)")  # 3분하고 30초
# "5분이랑 10분", "라면 3분, 계란 7분", "파스타 8분 소스 15분"; "1시간 30분" is one, and so are "사과 3분",
# "5분 쉬고 25분" and "25분 집중 5분 휴식".
_NAMED = r"(?:(?<=[가-힣]\s[0-9]분)|(?<=[가-힣]\s[0-9]{2}분))(?<!머\s[0-9]분)(?<!머\s[0-9]{2}분)"
_NOUN = r"(?!(?:짜리|정도|타이머|알람|동안|안에|이상)\s)[가-힣]{1,6}(?<![고면서데도은는을를만에뒤후전])"
_JOINT = re.compile(
    r"(?:이?랑|하고|과|와)\s+|\s*,\s*|\s+(?:그리고|또)\s+|(?<=[분초간])\s+(?=타이머\s?[0-9])|(?<=분)\s+(?=[0-9]+\s?분)"
    rf"|{_NAMED}\s+(?={_NOUN}\s[0-9]+\s?분(?!\s?[0-9]))"
)
# "10분 타이머 두 개", "3분짜리 2개"; two eggs for seven minutes are one timer.
_ALIKE = re.compile(
    r"(?:타이머\S*|[분초간]|짜리)\s(?P<count>[0-9]{1,3}|[가-힣]{1,2})\s?개(?:만|로|를|씩|요)?(?=[\s.!?~]|$)"
)
# "25분 해봤는데 23분 딴짓함" tells how long something took.
_TELLS = re.compile(r"(?:\S*[했봤았었였잤]\S{0,2}|\S+[가-힣](?:함|음|됨))[\s.!~ㅋㅎㅠㅜ]*$")
_LINE = 200  # letters of a text that may hold several; what is before a joint is read for each
_AROUND = re.compile(
    r"(?:알람\s?)?타이머\S*|카운트\s?다운\S*|(?:짜리|좀|하나|각각|따로|지금부터)(?!\S)"
    r"|(?<!\S)(?:재|켜|맞춰|시작|돌려|설정|세팅|걸어|부탁|해)(?:해|드려|드립니다)?\s?(?:줘|주세요|줄래|주라|요)*[.!~?\s]*$"
)


def several(text: str, now: datetime) -> list[tuple[str, timedelta]]:
    """The timers of a text that has more than one, each with its name; [] for any other.

    >>> found = several("라면 3분이랑 계란 7분 타이머", datetime(2026, 11, 21, tzinfo=UTC))
    >>> [(name, length.seconds // 60) for name, length in found]
    [('라면', 3), ('계란', 7)]
    """
    if len(text) > _LINE:
        return []
    parts = list(_parts(text, now))
    timers = [(_name(part, now), _read(part, now)) for part in parts]
    known = [(name, length) for name, length in timers if length]
    return known if len(known) == len(parts) > 1 else []


def _alike(text: str) -> int:
    """How many timers of the same length it asks for."""
    found = _ALIKE.search(text)
    return (count(found["count"]) if found else None) or 1


def _parts(text: str, now: datetime) -> Iterator[str]:
    """The text, cut at each joint that a length stands before."""
    begin = 0
    for joint in _JOINT.finditer(text):
        if _read(text[begin : joint.start()], now):
            yield text[begin : joint.start()]
            begin = joint.end()
    if text[begin:].strip():
        yield text[begin:]


def _name(part: str, now: datetime) -> str:
    _, rest = when.read(part, now)
    return " ".join(_AROUND.sub(" ", rest).split())[:LONGEST]


def _read(text: str, now: datetime) -> timedelta | None:
    time, _ = when.read(text, now)
    return time.after if time else None


# ---- a length by itself --------------------------------------------------------------------------

_COUNTED = 1_000_000  # more of any unit is longer than any timer
_SIZES = {"초": 1, "분": 60, "시간": 3600}
_LENGTH = re.compile(r"(.+?)(초|분|시간)")


def _length(text: str) -> timedelta | None:
    """ "오분", "두 시간"."""
    found = _LENGTH.fullmatch("".join(text.split()))
    value = number(found[1]) if found else None
    return timedelta(seconds=float(value) * _SIZES[found[2]]) if found and value and value < _COUNTED else None


LENGTH = Kind("length", brief(lambda text: _length(text) is not None))


COMMAND = Command(
    name="timer",
    korean="타이머",
    about={"ko": "정한 시간이 지나면 알려 줘요 (3분, 1시간 반)", "en": "A countdown"},
    answer=answer,
    said=sayings(__name__),
    meant=lambda text, action: {"when": text},
    sure=0.8,
    refuses=lambda text, call: _TELLS.search(text) is not None,
    examples=("3분 타이머", "/timer 10분", "타이머 10분 맞춰줘", "라면 끓이게 4분 재줘"),
    slots=(
        Slot("when", "시간", {"ko": "3분, 1시간 30분", "en": "How long: 3 minutes"}, required=True, kind=WHEN),
        Slot("what", "이름", {"ko": "무엇을 재는지", "en": "What it is for"}),
    ),
    spoken={"length": LENGTH},
    timed=True,
)
