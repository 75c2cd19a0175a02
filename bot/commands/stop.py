"""/stop, "그만", ⏹: end the answer that is being written; what was shown stays."""

from __future__ import annotations

from bot.command import Command, Reply, Scene, Stop
from bot.messages import Call


def answer(scene: Scene, call: Call) -> Reply:
    if "turn" in call.args:  # the button: the answer itself shows that it ended
        return Reply("", (Stop(),))
    return Reply(scene.locale("stopping" if scene.writing else "nothing_to_stop"), (Stop(),))


COMMAND = Command(
    name="stop",
    korean="그만",
    about={"ko": "쓰고 있는 답을 멈춰요", "en": "Stop the answer I am writing"},
    answer=answer,
    phrases=("그만 [(해|해줘|해요|하세요|말해|써)]", "(멈춰|중지|스톱|stop) [(줘|해|해줘)] [요]"),
    examples=("그만", "/stop", "멈춰줘", "그만해"),
)
