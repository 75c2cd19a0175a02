"""/new, "초기화": forget this conversation at once."""

from __future__ import annotations

from bot.command import Command, Forget, Reply, Scene
from bot.informal import nothing
from bot.messages import Call
from bot.phrase import sayings


def answer(scene: Scene, call: Call) -> Reply:
    return Reply(scene.locale("forgotten"), (Forget(),))


COMMAND = Command(
    name="new",
    korean="초기화",
    about={"ko": "지금까지 한 이야기를 잊고 새로 시작해요", "en": "Forget this conversation and start afresh"},
    answer=answer,
    said=sayings(__name__),
    meant=nothing,
    sure=0.95,
    examples=("초기화", "/new", "대화 초기화해줘", "새 대화"),
)
