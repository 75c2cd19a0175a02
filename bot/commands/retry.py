"""/retry, "다시", ↻: another answer to the last question."""

from __future__ import annotations

from bot.command import Again, Command, Scene
from bot.informal import nothing
from bot.messages import Call
from bot.phrase import sayings


def answer(scene: Scene, call: Call) -> Again:
    turn = call.args.get("id", "")
    return Again(int(turn), here=True) if turn.isdecimal() else Again()


COMMAND = Command(
    name="retry",
    korean="다시",
    about={"ko": "마지막 질문에 다시 답해요", "en": "Answer the last question again"},
    answer=answer,
    said=sayings(__name__),
    meant=nothing,
    sure=0.97,
    examples=("다시", "/retry", "다시 답해줘"),
)
