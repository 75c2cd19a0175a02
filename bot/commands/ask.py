"""물어봐: look something up in the operator's documents."""

from __future__ import annotations

from bot.command import Command, Consult, Expect, Reply, Scene, Slot
from bot.lookup import look_up
from bot.messages import Call
from bot.phrase import sayings


def answer(scene: Scene, call: Call) -> Reply | Consult:
    question = next((call.args[name].strip() for name in ("question", "text") if call.args.get(name)), "")
    if scene.world.knowledge is None:
        return Reply(scene.locale("ask_no_documents"))
    if not question:
        return Reply(scene.locale("ask_what"), expect=Expect(Call("ask"), "question", strict=True))
    return look_up(scene.world.knowledge, question, scene.locale, insist=True, able=scene.world.able())


COMMAND = Command(
    name="ask",
    korean="물어봐",
    about={"ko": "운영자가 넣어 둔 문서에서 찾아 답해요", "en": "Answer from the operator's documents"},
    answer=answer,
    said=sayings(__name__),
    meant=lambda text, action: {"question": text.strip()},
    sure=0.7,
    examples=("환불 규정 자료에서 찾아줘", "/ask 환불 규정", "문서에 배송비 뭐라고 돼 있어? 찾아봐"),
    slots=(Slot("question", "질문", {"ko": "무엇을 찾을까요", "en": "What to look up"}, required=True),),
)
