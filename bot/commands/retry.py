"""/retry, "다시", ↻: another answer to the last question."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.command import Again, Command, Scene
from bot.messages import Call
from bot.phrase import sayings


def answer(scene: Scene, call: Call) -> Again:
    turn = call.args.get("id", "")
    return Again(int(turn), here=True) if turn.isdecimal() else Again()


# What is to be done again, or that it shall be: "다시 뒤숭숭해" only tells.
_WISH = re.compile(
    r"재도전|무효|노잼|시원찮|제대로|잘\s?좀|이번엔|일러|"
    r"답|말|얘기|질문|설명|방금|아까|버전|써|쓰|적어|보내|줘|줄래|주[라세이]|다오|[해혀]\s?[봐보볼라바]|하라|바꿔|다르게|다른|고쳐|만들|생성|별로|마음에|맘에|틀|이상"
    r"|[봐바]$|한\s?번만|한번 더$|리롤|리트|새로|돌려|부탁|아니|낫게|[?ㄱ]|retry|again|more|generate",
    re.IGNORECASE,
)


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    return {} if _WISH.search(text) else None


COMMAND = Command(
    name="retry",
    korean="다시",
    about={"ko": "마지막 질문에 다시 답해요", "en": "Answer the last question again"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    sure=0.98,
    examples=("다시", "/retry", "다시 답해줘"),
)
