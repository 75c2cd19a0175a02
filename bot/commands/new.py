"""/new, "초기화": forget this conversation at once."""

from __future__ import annotations

from bot.command import Command, Forget, Reply, Scene
from bot.messages import Call


def answer(scene: Scene, call: Call) -> Reply:
    return Reply(scene.locale("forgotten"), (Forget(),))


COMMAND = Command(
    name="new",
    korean="초기화",
    about={"ko": "지금까지 한 이야기를 잊고 새로 시작해요", "en": "Forget this conversation and start afresh"},
    answer=answer,
    phrases=(
        "초기화",
        "[대화] 초기화 (해|해줘|해주세요|할래|하자)",
        "새 대화 [(시작|시작해|시작할래|하자)]",
        "처음부터 다시",
    ),
    examples=("초기화", "/new", "대화 초기화해줘", "새 대화"),
)
