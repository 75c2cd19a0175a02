"""로또: six of 45 and a bonus, from the system's random source. Every line is as likely as any other."""

from __future__ import annotations

from random import Random

from bot.command import Command, Reply, Scene, Slot
from bot.informal import counting
from bot.korean.counting import count
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import counted

_MOST = 10


def answer(scene: Scene, call: Call) -> Reply:
    asked = call.args.get("count") or call.args.get("text") or "1"
    lines = min(max(count(asked) or 1, 1), _MOST)
    drawn = (draw(scene.world.random) for _ in range(lines))
    rows = [scene.locale("lotto_line", numbers=", ".join(map(str, six)), bonus=bonus) for six, bonus in drawn]
    return Reply("\n".join([*rows, "", scene.locale("lotto_luck")]))


def draw(random: Random) -> tuple[list[int], int]:
    """Six numbers in order, and the bonus number."""
    *six, bonus = random.sample(range(1, 46), 7)
    return sorted(six), bonus


COMMAND = Command(
    name="lotto",
    korean="로또",
    about={"ko": "로또 번호를 뽑아 줘요", "en": "Draw lottery numbers"},
    answer=answer,
    said=sayings(__name__),
    meant=counting("줄|게임|세트|장|개|조합|회"),
    examples=("로또 번호 뽑아줘", "/lotto", "로또 5게임 부탁", "로또 번호 추천해주세요"),
    slots=(
        Slot(
            "count", "줄", {"ko": "몇 줄을 뽑을까요 (10까지)", "en": "How many lines (up to 10)"}, kind=counted(_MOST)
        ),
    ),
)
