"""타이머: a countdown."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

from bot.afterthoughts import AFTER
from bot.command import Command, Expect, Reply, Scene, Slot
from bot.korean import when
from bot.korean.clock import clock, span
from bot.korean.numbers import number
from bot.messages import Call
from bot.phrase import sayings
from bot.reminders import LONGEST, MOST, Remind, waiting
from bot.slots import WHEN, Kind, brief

_LONGEST = timedelta(days=7)


async def answer(scene: Scene, call: Call) -> Reply:
    said = call.args.get("when") or call.args.get("text") or ""
    time, _ = when.read(said, scene.now)
    length = _length(call.args["length"]) if "length" in call.args else time.after if time else None
    back = Expect(Call("timer", {"what": call.args.get("what", "")}), "when")
    if not length:
        return Reply(scene.locale("timer_how_long"), expect=back)
    if length > _LONGEST:
        return Reply(scene.locale("timer_too_long"), expect=back)
    if len(await scene.world.read(lambda db: waiting(db, scene.conversation))) >= MOST:
        return Reply(scene.locale("remind_full", most=MOST))
    due, language = scene.now + length, scene.locale.language
    effect = Remind("timer", call.args.get("what", "")[:LONGEST], due.astimezone(UTC), str(scene.now.tzinfo))
    spoken = span(length.total_seconds(), language)
    return Reply(scene.locale("timer_set", span=spoken, clock=clock(due, language)), (effect,), expect=AFTER)


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
    examples=("3분 타이머", "/timer 10분", "타이머 10분 맞춰줘", "라면 끓이게 4분 재줘"),
    slots=(
        Slot("when", "시간", {"ko": "3분, 1시간 30분", "en": "How long: 3 minutes"}, required=True, kind=WHEN),
        Slot("what", "이름", {"ko": "무엇을 재는지", "en": "What it is for"}),
    ),
    spoken={"length": LENGTH},
    timed=True,
)
