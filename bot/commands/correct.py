"""고쳐줘: an owner or admin writes what the answer should have been, so that a later model learns it."""

from __future__ import annotations

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.corrections import LONGEST, NEVER, Correct, Meant, meant
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import WORDS


async def answer(scene: Scene, call: Call) -> Reply:
    if scene.standing == "guest":
        return Reply(scene.locale("correct_not_yours"))
    if scene.incoming.address.platform in NEVER:
        return Reply(scene.locale("correct_never"))
    text = call.args.get("text", "").strip()
    if len(text) > LONGEST:
        return Reply(scene.locale("correct_long", most=LONGEST))
    turn = await _turn(scene, call)
    if turn is None:
        return Reply(scene.locale("correct_nothing"))
    if not text:
        return Reply(scene.locale("correct_what"), expect=_asked(turn))
    key = "correct_kept" if turn.usable else "correct_unusable"
    return Reply(scene.locale(key), (Correct(turn.turn, text),))


async def _turn(scene: Scene, call: Call) -> Meant | None:
    """The one that was asked about before, or the one that this message is about."""
    if known := call.args.get("turn"):
        return Meant(int(known), call.args.get("usable") == "yes")
    return await scene.world.read(lambda db: meant(db, scene.incoming, scene.conversation))


def _asked(turn: Meant) -> Expect:
    return Expect(
        Call("correct", {"turn": str(turn.turn), "usable": "yes" if turn.usable else "no"}), "text", strict=True
    )


COMMAND = Command(
    name="correct",
    korean="고쳐줘",
    about={
        "ko": "답을 어떻게 했어야 하는지 적어 둬요 (주인과 관리자)",
        "en": "Write what the answer should have been (owner, admins)",
    },
    answer=answer,
    said=sayings(__name__),
    examples=("/correct 이렇게 답해 주세요", "/고쳐줘", "방금 답 고칠게"),
    slots=(Slot("text", "답", {"ko": "더 나은 답", "en": "The better answer"}, kind=WORDS),),
    hidden=True,
)
