"""What a sentence wants converted: which amount, into which unit."""

from __future__ import annotations

import re

from bot.korean.counters import spelled
from bot.korean.numbers import find_number, number
from bot.korean.units import CELSIUS, NAMES, convert, quantity

_NAMES = sorted(NAMES | {"킬로", "키로"}, key=len, reverse=True)
_NAME = rf"(?:{'|'.join(map(re.escape, _NAMES))})(?![a-z0-9])"
_AFTER = re.compile(rf"\s?(?P<name>{_NAME}|도)", re.IGNORECASE)
_HALF = re.compile(rf"(?:^|\s)반\s?(?P<name>{_NAME})", re.IGNORECASE)
_ENDS = r"(?:으?로|로는|론)(?:요|도|야)?(?![가-힣])"
_WANTED = (
    re.compile(rf"[몇몃]\s?(?P<name>{_NAME})", re.IGNORECASE),
    re.compile(rf"(?:^|[\s→>=?])(?P<name>{_NAME})(?:수)?{_ENDS}", re.IGNORECASE),
    re.compile(
        rf"(?:^|[\s→>=?])(?P<name>{_NAME})(?:수)?(?:\s?(?:얼마|환산|변환|바꿔|몇|몃|좀|ㅇㅇ)\S*)?[\s?!.]*$",
        re.IGNORECASE,
    ),
)
_SPEED = re.compile(rf"(?P<rate>초속|시속|초당|시간당)\s?[몇몃]\s?(?P<name>{_NAME})", re.IGNORECASE)
_SPEEDS = {"초당": "초속", "시간당": "시속"}
_DAYS = re.compile(r"며칠|메칠")
_DEGREES = re.compile(r"[몇몃]\s?도")
_TALL = re.compile(r"(?:^|\s)키(?:\s|가|는)")
# "야드 150 미터로", "켈빈 300은 섭씨 몇 도": the unit goes before its number.
_TURNED = re.compile(
    rf"(?<![몇몃0-9]\s)(?:^|(?<=\s))(?!섭씨|화씨|시속|초속)(?P<name>{_NAME})\s(?P<number>[0-9][0-9,.]*)"
    rf"(?![0-9a-z]|\s?(?:{_NAME}|도)(?!{_ENDS}))",
    re.IGNORECASE,
)
# "마일당 8분 30초면 키로당 몇 분" is no conversion alone; "초당 몇 메가바이트" is a unit.
_RATE = re.compile(rf"(?!초당\s?몇){_NAME}당(?![가-힣])", re.IGNORECASE)
# "센티를 인치로 바꿔줘 175야": it stands apart from its number.
_APART = re.compile(rf"(?P<name>{_NAME})(?:을|를|에서)\s(?P<to>{_NAME}){_ENDS}", re.IGNORECASE)
_LONE = re.compile(r"(?<![0-9.,])[0-9][0-9,]*(?:\.[0-9]+)?(?![0-9]|\.[0-9])")
_SPELLED = re.compile(
    rf"(?<![가-힣0-9])(?P<number>[일이삼사오육칠팔구십백천만]{{2,}}|[십백천만한두세네석넉]|열|스무)(?P<blank>\s?)(?={_NAME}(?:이면|이믄|이라면|(?![가-힣]{{2}})))"
)
_BEFORE = re.compile(r"(?:영하|섭씨|화씨|시속|초속)\s?$")
_AND_A_HALF = re.compile(r"\s?반(?![가-힣]|기)|\s?반(?=[은이을])")

# What makes more of two units than a conversion: so many of it, what is left, what must be done or written.
_MORE = re.compile(
    r"씩|짜리|매[일주달번]|남[았은는아을]|일주일에|(?<![가-힣])한\s?달"
    r"|(?<![가-힣])(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(?:번|편|개|병|잔|명|판|권|군데|대|줄|장|세트|봉|캔|팩)"
    r"|[몇몃]\s?\S+(?<!로)\s\S*야\s?(?:돼|되|하|할|해)"
    r"|(?<![가-힣])(?:써|짜)\s?(?:줘|주)"
)
_DIGITS = re.compile(r"[0-9][0-9,.]*")


def wanted(text: str) -> tuple[str, str] | None:
    """The amount and the unit that a sentence asks for; None where it names none, or two that don't go together.

    >>> wanted("1근이 몇 그램이지 고기 살 건데"), wanted("도면에 12피트라고 돼 있는데 미터로 환산 좀")
    (('1근', '그램'), ('12피트', '미터'))
    """
    return None if _RATE.search(text) else _asked(text) or _asked(_in_digits(text))


def _asked(text: str) -> tuple[str, str] | None:
    for amount, rest in (_turned(text), _amount(text)):
        to = _target(amount, rest) if amount else ""
        if to and amount.endswith("도") and not amount.startswith(("섭씨", "화씨")):  # of the other scale
            amount = f"{'화씨' if to.startswith('섭') else '섭씨'} {amount}"
        if to and convert(amount, to) is not None:
            return amount, to
    return _apart(text)


def _target(amount: str, rest: str) -> str:
    """The unit that is asked for, or the one that the question can only mean."""
    found = next((match for each in _WANTED if (match := each.search(rest))), None)
    units = [units for _, units in quantity(amount)]
    if (speed := _SPEED.search(rest)) and (to := _a_speed(amount, speed["rate"], speed["name"])):
        return to
    if found:
        return found["name"]
    if _DAYS.search(rest):
        return "일"
    if _DEGREES.search(rest) and units == [["degree_Fahrenheit"]]:
        return CELSIUS
    is_height = _TALL.search(rest) and len(units) == 2 and units[0] == ["foot"]
    return "센티미터" if is_height else ""


def _a_speed(amount: str, rate: str, name: str) -> str:
    """So many of a unit a second or an hour, by its name beside the amount: "초당 몇 미터" is 초속미터."""
    named = (f"{length}{name}" for length in (rate, _SPEEDS.get(rate, rate)))
    return next((each for each in named if convert(amount, each) is not None), "")


def _turned(text: str) -> tuple[str, str]:
    found = _TURNED.search(text)
    return (found["number"] + found["name"], f"{text[: found.start()]} {text[found.end() :]}") if found else ("", text)


def _apart(text: str) -> tuple[str, str] | None:
    units, numbers = _APART.search(text), _LONE.findall(text)
    if not units or len(numbers) != 1:
        return None
    amount = numbers[0] + units["name"]
    return (amount, units["to"]) if convert(amount, units["to"]) is not None else None


def _in_digits(text: str) -> str:
    """With digits for number words that are none before other words: "십 마일", "하루"."""
    return _SPELLED.sub(lambda found: f"{number(found['number']) or found['number']}{found['blank']}", spelled(text))


def _amount(text: str) -> tuple[str, str]:
    """The first number with a unit and those right behind it ("5피트 9인치"), and the text without them."""
    if half := _HALF.search(text):
        return f"0.5{half['name']}", f"{text[: half.start()]} {text[half.end() :]}"
    at, begun, parts, end = 0, -1, [], 0
    while found := find_number(text, at):
        name = _AFTER.match(text, found.end)
        if name and _AND_A_HALF.match(text, name.end()):
            return "", text  # "3시간 반": not read
        if name and (begun < 0 or not text[end : found.start].strip()):
            before = begun < 0 and _BEFORE.search(text[: found.start])
            begun = begun if begun >= 0 else before.start() if before else found.start
            parts.append((f"{before[0].strip()} " if before else "") + text[found.start : name.end()])
            at = end = name.end()
        elif begun >= 0:
            break
        else:
            at = found.end
    return ("".join(parts), f"{text[:begun]} {text[end:]}") if parts else ("", text)


def is_all_there_is(text: str) -> bool:
    """Whether a sentence with two units can want but one in the other: no sum of several, no task around it.

    >>> is_all_there_is("오븐 350F로 예열하라는데 섭씨 몇 도야"), is_all_there_is("30분씩 4번이면 몇 시간이야")
    (True, False)
    """
    asked = wanted(text)
    numbers = _DIGITS.findall(text)
    for each in _DIGITS.findall(asked[0]) if asked else numbers[:1]:
        if each in numbers:  # else it was said in words
            numbers.remove(each)
    return not numbers and not _MORE.search(text)
