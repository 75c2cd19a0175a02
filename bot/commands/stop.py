"""/stop, "그만", ⏹: end the answer that is being written; what was shown stays."""

from __future__ import annotations

from bot.command import Command, Reply, Scene, Stop
from bot.informal import nothing
from bot.messages import Call
from bot.phrase import sayings
from bot.preferences import Prefer


def answer(scene: Scene, call: Call) -> Reply:
    if "id" in call.args:  # the button: the answer itself shows that it ended
        return Reply("", (Stop(),))
    if scene.preferences.scenario and not scene.writing:
        return Reply(scene.locale("scenario_ends"), (Stop(), Prefer("scenario", "")))
    return Reply(scene.locale("stopping" if scene.writing else "nothing_to_stop"), (Stop(),))


COMMAND = Command(
    name="stop",
    korean="그만",
    about={"ko": "쓰고 있는 답을 멈춰요", "en": "Stop the answer I am writing"},
    answer=answer,
    said=sayings(__name__),
    meant=nothing,
    sure=0.9,
    examples=("그만", "/stop", "멈춰줘", "그만해"),
)
