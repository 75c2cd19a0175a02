"""주사위: one or more dice with any number of sides."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.command import Command, Reply, Scene, Slot
from bot.informal import numbered
from bot.korean.counting import count
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind, counted

_MOST_DICE = 100
_LEAST_SIDES, _MOST_SIDES = 2, 1000
_NOTATION = re.compile(r"\s*(\d{0,9})\s*[dD]\s*(\d{1,9})\s*")
NOTATION = Kind("dice", lambda text: _NOTATION.fullmatch(text) is not None)


def answer(scene: Scene, call: Call) -> Reply:
    dice, sides = _asked(call)
    if not 1 <= dice <= _MOST_DICE or not _LEAST_SIDES <= sides <= _MOST_SIDES:
        return Reply(scene.locale("dice_limits", dice=_MOST_DICE, least=_LEAST_SIDES, most=_MOST_SIDES))
    rolled = [scene.world.random.randint(1, sides) for _ in range(dice)]
    if dice == 1:
        return Reply(scene.locale("dice_one", number=rolled[0], sides=sides))
    return Reply(scene.locale("dice_many", numbers=", ".join(map(str, rolled)), sum=sum(rolled)))


def _asked(call: Call) -> tuple[int, int]:
    """How many dice, and with how many sides: in words, or as players write it (2d6)."""
    if found := _NOTATION.fullmatch(call.args.get("text", "") or call.args.get("dice", "")):
        return int(found[1] or 1), int(found[2])
    return _number(call.args.get("count") or call.args.get("text"), 1), _number(call.args.get("sides"), 6)


def _number(said: str | None, usual: int) -> int:
    """What was said; the usual one where that is no number."""
    number = int(said[:9]) if said and said.isdecimal() else count(said) if said else None
    return usual if number is None else number


_MANY = re.compile(r"(?<!\d)(\d{5,9})\s*(?:개|알|번)")  # more than anybody rolls: that there is a limit is told
_ROLLED = re.compile(r"(?:던졌|굴렸|돌렸).*나왔")
_WISHED = re.compile(r"(?:굴려|던져|돌려|굴리자|던지자)|줘|주세요")


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    if _ROLLED.search(text) and not _WISHED.search(text):
        return None
    if notation := _NOTATION.search(text):
        return {"dice": notation[0].strip()}
    found = {"count": numbered(text, "개|알|번"), "sides": numbered(text, "면체|각형|면")}
    if many := _MANY.search(text):
        found["count"] = many[1]
    return {name: number for name, number in found.items() if number}


COMMAND = Command(
    name="dice",
    korean="주사위",
    about={"ko": "주사위를 굴려요", "en": "Roll dice"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    examples=("주사위 굴려줘", "/dice", "주사위 두 개 던져줘", "20면체 주사위 굴려", "2d6 굴려줘"),
    slots=(
        Slot(
            "count",
            "개수",
            {"ko": "몇 개를 굴릴까요 (100까지)", "en": "How many dice (up to 100)"},
            kind=counted(_MOST_DICE),
        ),
        Slot(
            "sides",
            "면",
            {"ko": "몇 면체인가요 (1000까지)", "en": "How many sides (up to 1000)"},
            kind=counted(_MOST_SIDES),
        ),
        Slot("dice", "표기", {"ko": "2d6처럼", "en": "As in 2d6"}, kind=NOTATION),
    ),
)
