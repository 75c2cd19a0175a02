"""단위: from one unit to another."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.commands.calc import shown
from bot.informal import longest
from bot.korean.conversions import is_all_there_is, wanted
from bot.korean.josa import Word
from bot.korean.units import CELSIUS, aloud, convert, in_korean_cups, is_fahrenheit, quantity, unit_names
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind, brief


def answer(scene: Scene, call: Call) -> Reply:
    asked = call.args.get("text", "")
    if asked:
        found = re.fullmatch(r"(.+?)(?:을|를|은|는|이|가|에서)?\s+(\S+?)(?:로|으로)?", asked.strip())
        source, target = (asked, CELSIUS) if is_fahrenheit(asked) else (found[1], found[2]) if found else ("", "")
    elif "fahrenheit" in call.args:
        source, target = call.args["fahrenheit"], CELSIUS
    else:
        source, target = call.args.get("amount", ""), call.args.get("to", "")
    converted = convert(source, target)
    if converted is None:
        return Reply(scene.locale("unit_what"), expect=None if source else Expect(Call("unit"), "text", strict=True))
    said = Word(source.strip(), aloud(source))
    if scale := _SCALES.get(next(iter(unit_names(target)))):
        return Reply(scene.locale(scale, source=said, value=shown(round(converted, 1))))
    target = _READ_AS.get(target.strip(), target.strip())
    unit = Word(target, aloud(target))
    told = scene.locale("unit", source=said, value=shown(converted), target=unit)
    here = in_korean_cups(source, target)
    return Reply(told if here is None else f"{told}\n{scene.locale('unit_cup', value=shown(here), target=unit)}")


# What is asked for by the name of what is measured, and is told in its unit.
_READ_AS = {"평수": "평", "시속": "km/h", "초속": "m/s", "초속미터": "m/s", "시속킬로": "km/h", "시속킬로미터": "km/h"}
_SCALES = {"degree_Celsius": "unit_celsius", "degree_Fahrenheit": "unit_fahrenheit"}


AMOUNT = Kind("amount", brief(quantity))
UNIT = Kind("unit", brief(unit_names))
FAHRENHEIT = Kind("fahrenheit", brief(is_fahrenheit))


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    if both := wanted(text):
        return {"amount": both[0], "to": both[1]}
    amount = longest(text, AMOUNT)
    to = longest(text.replace(amount, " ", 1), UNIT) if amount else ""
    return {"amount": amount, "to": to} if to and convert(amount, to) is not None else None


COMMAND = Command(
    name="unit",
    korean="단위",
    about={"ko": "단위를 바꿔 줘요 (평, 근, 마일, 화씨 …)", "en": "Convert units (평, miles, °F …)"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    evident=is_all_there_is,
    spoken={"fahrenheit": FAHRENHEIT},
    examples=(
        "34평이 몇 제곱미터예요?",
        "/unit 10마일 킬로미터",
        "화씨 100도 섭씨로 바꿔줘",
        "두 근이면 몇 그램이지?",
        "6피트 2인치면 몇 센티인가요",
    ),
    slots=(
        Slot(
            "amount",
            "값",
            {"ko": "값과 단위: 34평", "en": "An amount with its unit: 10 miles"},
            required=True,
            kind=AMOUNT,
        ),
        Slot("to", "단위", {"ko": "바꿀 단위: 제곱미터", "en": "The unit to convert to"}, required=True, kind=UNIT),
    ),
)
