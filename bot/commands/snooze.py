"""Snooze: the button below a reminder that came."""

from __future__ import annotations

from datetime import UTC, timedelta

from bot.command import Command, Reply, Scene
from bot.korean.clock import clock
from bot.messages import Call
from bot.reminders import Kind, Remind

_USUAL, _MOST = 10, 24 * 60  # minutes


def answer(scene: Scene, call: Call) -> Reply:
    wished = call.args.get("minutes", "")
    minutes = min(max(int(wished), 1), _MOST) if wished.isdecimal() else _USUAL
    due = scene.now + timedelta(minutes=minutes)
    kind: Kind = "timer" if call.args.get("kind") == "timer" else "remind"
    effect = Remind(kind, call.args.get("text", ""), due.astimezone(UTC), str(scene.now.tzinfo))
    return Reply(scene.locale("snoozed", minutes=minutes, clock=clock(due, scene.locale.language)), (effect,))


COMMAND = Command(
    name="snooze",
    korean="다시알림",
    about={"ko": "알림을 조금 뒤에 다시 울려요", "en": "Say a reminder again a little later"},
    answer=answer,
    examples=("/snooze",),
    hidden=True,
)
