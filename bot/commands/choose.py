"""골라줘: one of the options that somebody names."""

from __future__ import annotations

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.messages import Call
from bot.options import KINDS, OPTIONS, split
from bot.phrase import sayings
from bot.slots import Kind


def answer(scene: Scene, call: Call) -> Reply:
    said = next((call.args[name] for name in (*KINDS, "text") if name in call.args), "")
    options = split(said)
    if len(options) < 2:
        return Reply(scene.locale("choose_what"), expect=Expect(Call("choose"), "options"))
    return Reply(scene.locale("chosen", option=scene.world.random.choice(options)), literal=True)


COMMAND = Command(
    name="choose",
    korean="골라줘",
    about={"ko": "여럿 가운데 하나를 골라 줘요", "en": "Pick one of several options"},
    answer=answer,
    said=sayings(__name__),
    examples=(
        "짜장면 짬뽕 중에 골라줘",
        "/choose",
        "치킨이랑 피자 중에 뭐 먹을까요?",
        "버스탈까 지하철탈까",
        "아아 vs 라떼",
    ),
    slots=(
        Slot(
            "options",
            "보기",
            {"ko": "쉼표로 나눈 보기: 짜장면, 짬뽕", "en": "Options, with commas between"},
            kind=OPTIONS,
        ),
    ),
    broad=True,
    spoken=KINDS | {"what": Kind("what", lambda text: len(text) <= 12)},
)
