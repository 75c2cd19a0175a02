"""개인정보: what is kept of somebody here and whether a model may learn from it, shown and set by buttons."""

from __future__ import annotations

from dataclasses import replace

from bot import consents
from bot.command import Choice, Command, Reply, Scene, Slot
from bot.consents import Agree, Consents
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind

_KINDS = Kind("consent", choices=(("remember", "기억", "remember"), ("train", "학습", "train")))
_VALUES = Kind("switch", choices=(("on", "켜기", "on"), ("off", "끄기", "off")))


async def answer(scene: Scene, call: Call) -> Reply:
    """Whoever presses a button that was shown to somebody else sees their own state, and changes nothing."""
    person = scene.incoming.person
    now = await scene.world.read(lambda db: consents.agreed(db, person, scene.conversation))
    meant = {**_named(call.args.get("text", "")), **call.args}
    theirs = meant.get("whose", person.id) == person.id
    agree = _agreed(meant.get("kind"), meant.get("value"), scene.locale.language) if theirs else None
    if agree is None:
        return _shown(scene, now, here=False)
    head = scene.locale(f"privacy_{agree.kind}_{agree.value}")
    return _shown(scene, replace(now, **{agree.kind: agree.value == "on"}), head=head, effects=(agree,))


def _named(text: str) -> dict[str, str]:
    """The words after /privacy: "train on", "학습 켜기"."""
    words = set(text.split())
    kinds = {"kind": _KINDS, "value": _VALUES}
    return {slot: value for slot, kind in kinds.items() for value, *names in kind.choices if words & {value, *names}}


def _agreed(kind: str | None, value: str | None, language: str) -> Agree | None:
    match kind, value:
        case ("remember" | "train") as kind, ("on" | "off") as value:
            return Agree(kind, value, f"{consents.VERSION}-{language}")
        case _:
            return None


def _shown(scene: Scene, now: Consents, *, head: str = "", effects: tuple[Agree, ...] = (), here: bool = True) -> Reply:
    """The text that people agree to, with what holds here and a button for each change."""
    states = {"remember": now.remember, "train": now.train}
    lines = [
        f"- {scene.locale(f'privacy_{kind}')}: {scene.locale(f'value_memory_{_word(on)}')}"
        for kind, on in states.items()
    ]
    text = "\n".join([*([head, ""] if head else []), *lines, "", scene.locale("privacy_text", bot=scene.bot_name)])
    choices = tuple(
        Choice(
            scene.locale(f"button_{kind}_{_word(not on)}"),
            Call("privacy", {"kind": kind, "value": _word(not on), "whose": scene.incoming.person.id}),
        )
        for kind, on in states.items()
    )
    pressed = scene.incoming.call is not None and scene.incoming.call.name == "do"
    return Reply(text, effects, choices=choices, here=here and pressed)


def _word(on: bool) -> str:
    return "on" if on else "off"


COMMAND = Command(
    name="privacy",
    korean="개인정보",
    about={
        "ko": "내 말을 기억하고 학습에 써도 되는지 보고 정해요",
        "en": "See and set what is kept of you, and whether a model may learn from it",
    },
    answer=answer,
    said=sayings(__name__),
    examples=("개인정보", "/privacy", "개인정보 설정 보여줘", "내 개인정보 어떻게 처리해?"),
    slots=(
        Slot("kind", "항목", {"ko": "기억이나 학습", "en": "remember or train"}, kind=_KINDS),
        Slot("value", "값", {"ko": "켜기나 끄기", "en": "on or off"}, kind=_VALUES),
    ),
)
