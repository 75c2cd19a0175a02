"""로또: six of 45 and a bonus, from the system's random source. Every line is as likely as any other."""

from __future__ import annotations

import re
from collections.abc import Collection
from random import Random

from bot.command import Command, Reply, Scene, Slot
from bot.informal import counting
from bot.korean.counting import count
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import counted

_MOST = 10
_BALLS = range(1, 46)
_SIX = 6

# "7이랑 13 넣어서", "7번은 꼭 포함", "4 빼고", "4는 제외하고"; "7개 넣어서" counts.
_NUMBERS = (
    r"(?<![0-9])(?P<numbers>[0-9]{1,3}번?(?:(?:\s?(?:,|·|이?랑|하고|와|과|그리고)\s?|\s)[0-9]{1,3}번?){0,44})"
    r"(?:은|는|을|를|도|만|이|가)?\s?(?:(?:꼭|반드시|무조건|좀)\s)?"
)
_WITH = re.compile(rf"{_NUMBERS}(?:넣|포함|고정|들어[가간]|들어있|나오게|있게|끼[워고])(?!지\s)")
_WITHOUT = re.compile(rf"{_NUMBERS}(?:빼|뺀|제외|제하|없이|없게|말고|안\s(?:나오|들어가)|(?:넣|포함하)지\s)")


def answer(scene: Scene, call: Call) -> Reply:
    said = scene.incoming.text
    held, left_out = _named(_WITH, said), _named(_WITHOUT, said)
    if not _is_possible(held, left_out):
        return Reply(scene.locale("lotto_numbers", most=_SIX))
    asked = call.args.get("count") or call.args.get("text") or "1"
    lines = min(max(count(asked) or 1, 1), _MOST)
    drawn = (draw(scene.world.random, held, left_out) for _ in range(lines))
    rows = [scene.locale("lotto_line", numbers=", ".join(map(str, six)), bonus=bonus) for six, bonus in drawn]
    return Reply("\n".join([*rows, "", scene.locale("lotto_luck")]))


def _named(wished: re.Pattern[str], text: str) -> frozenset[int]:
    """The numbers that every line shall have, or none of them."""
    return frozenset(int(one) for found in wished.finditer(text) for one in re.findall(r"[0-9]+", found["numbers"]))


def _is_possible(held: Collection[int], left_out: Collection[int]) -> bool:
    """Whether there are such balls, and enough of them for a line and its bonus."""
    apart = not set(held) & set(left_out) and len(set(_BALLS) - set(left_out)) > _SIX
    return apart and len(held) <= _SIX and all(one in _BALLS for one in (*held, *left_out))


def draw(random: Random, held: Collection[int] = (), left_out: Collection[int] = ()) -> tuple[list[int], int]:
    """Six numbers in order, and the bonus number; those that are `held` are among the six."""
    free = [ball for ball in _BALLS if ball not in held and ball not in left_out]
    *others, bonus = random.sample(free, _SIX + 1 - len(held))
    return sorted([*held, *others]), bonus


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
