"""/stop, "그만", ⏹: end the answer that is being written; what was shown stays."""

from __future__ import annotations

import re

from bot.command import Command, Reply, Scene, Stop
from bot.expecting import ASKED
from bot.informal import nothing
from bot.messages import Call
from bot.phrase import sayings
from bot.preferences import Prefer


def answer(scene: Scene, call: Call) -> Reply:
    if "id" in call.args:  # the button: the answer itself shows that it ended
        return Reply("", (Stop(),))
    if scene.preferences.scenario and not scene.writing:
        return Reply(scene.locale("scenario_ends"), (Stop(), Prefer("scenario", "")))
    if ASKED in call.args and not scene.writing:
        return Reply(scene.locale("question_dropped"))
    return Reply(scene.locale("stopping" if scene.writing else "nothing_to_stop"), (Stop(),))


# "이제 그만해야겠지?", "그만 잘래", "글쓰는 것도 멈춰야 할까": whoever speaks is the one who stops; not who says "멈춰
# 주시겠어요", "멈춰 주시겠습니까" and "그만 쓰라니까". And "그만하라는 거 아니야".
_OWN = re.compile(
    r"(?:(?<!니)까|(?<![알시])겠(?:어|지|죠|다)|야(?:지|죠)|(?<![할줄])래|려[고구])[요.!?~ㅋㅎㅠㅜ\s]*$"
    r"|라는 (?:거|건|게|말이?) 아니"
)


COMMAND = Command(
    name="stop",
    korean="그만",
    about={"ko": "쓰고 있는 답을 멈춰요", "en": "Stop the answer I am writing"},
    answer=answer,
    said=sayings(__name__),
    meant=nothing,
    ends=True,
    refuses=lambda text, call: _OWN.search(text) is not None,
    sure=0.75,
    examples=("그만", "/stop", "멈춰줘", "그만해"),
)
