"""/start: a greeting, and with the code that the terminal shows, the way to become the owner."""

from __future__ import annotations

from bot.command import Claim, Command, Reply, Scene, Slot
from bot.messages import Call
from bot.people import same_code


def answer(scene: Scene, call: Call) -> Reply:
    code = call.args.get("text", "")
    if code and same_code(scene.claim_code, code):
        return Reply(scene.locale("welcome_owner", name=scene.incoming.person.name), (Claim(),))
    return Reply(scene.locale("welcome", bot=scene.bot_name))


COMMAND = Command(
    name="start",
    korean="시작",
    about={"ko": "인사하고 쓰는 법을 알려 줘요", "en": "Say hello and how this works"},
    answer=answer,
    examples=("/start", "/시작"),
    slots=(Slot("text", "코드", {"ko": "터미널에 나온 주인 코드", "en": "The owner's code from the terminal"}),),
)
