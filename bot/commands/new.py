"""/new, "초기화": forget this conversation, at once where that was plainly said."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.command import Choice, Command, Forget, Reply, Scene
from bot.korean.denying import denied
from bot.messages import Call
from bot.phrase import sayings


def answer(scene: Scene, call: Call) -> Reply:
    if "perhaps" in call.args:
        return Reply(scene.locale("forget_all"), choices=(Choice(scene.locale("forget_yes"), Call("new")),))
    return Reply(scene.locale("forgotten"), (Forget(),))


def _meant_by(text: str, action: str) -> Mapping[str, str]:
    """What is gone does not come back: "우리 새로 시작하자" is asked about."""
    return {"perhaps": "yes"}


_POLITELY = re.compile(r"시작해도\s?(?:[돼될되]|괜찮)\S*[\s?]*$")  # who asks whether we may, wishes it


COMMAND = Command(
    name="new",
    korean="초기화",
    about={"ko": "지금까지 한 이야기를 잊고 새로 시작해요", "en": "Forget this conversation and start afresh"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    refuses=lambda text, call: denied(_POLITELY.sub("", text)) or "안 해도" in text,
    sure=0.94,
    examples=("초기화", "/new", "대화 초기화해줘", "새 대화"),
)
