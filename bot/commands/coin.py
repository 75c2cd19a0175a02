"""동전: heads or tails."""

from __future__ import annotations

from bot.command import Command, Reply, Scene, Slot
from bot.informal import counting
from bot.korean.counting import count
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import WORDS, counted

_MOST = 100


def answer(scene: Scene, call: Call) -> Reply:
    times = min(max(count(call.args.get("count") or call.args.get("text") or "1") or 1, 1), _MOST)
    sides = [scene.locale("coin_heads"), scene.locale("coin_tails")]
    thrown = [scene.world.random.choice(sides) for _ in range(times)]
    if times == 1:
        return Reply(scene.locale("coin_one", side=thrown[0]))
    heads = thrown.count(sides[0])
    return Reply(scene.locale("coin_many", sides=", ".join(thrown), heads=heads, tails=times - heads))


COMMAND = Command(
    name="coin",
    korean="동전",
    about={"ko": "동전을 던져요", "en": "Flip a coin"},
    answer=answer,
    said=sayings(__name__),
    meant=counting("번|회|개|차례"),
    examples=("동전 던져줘", "/coin", "동전 세 번 던져봐", "동전 앞뒤 정해줘"),
    spoken={"about": WORDS},
    slots=(
        Slot(
            "count", "번", {"ko": "몇 번 던질까요 (100까지)", "en": "How many times (up to 100)"}, kind=counted(_MOST)
        ),
    ),
)
