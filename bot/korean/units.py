"""From one unit to another, with 평, 근 and 돈; pint knows the rest."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.korean.counters import spelled
from bot.korean.folding import match_key
from bot.korean.numbers import find_number, number

if TYPE_CHECKING:
    from pint import UnitRegistry

# pint's unit -> how Koreans write it. 평 = 400/121 m²; 근 = 600 g (meat), 관 = 3.75 kg, 돈 = 3.75 g.
_UNITS = {
    "pyeong": "평 평수",
    "meter ** 2": "제곱미터 제곱메타 미터제곱 제곱 미터 평방미터 헤베 헤배 ㎡ m2 m² 제곱m 회베 m제곱 스퀘어미터",
    "kilometer ** 2": "제곱킬로미터 ㎢ km2",
    "hectare": "헥타르 ha",
    "acre": "에이커 acre",
    "foot ** 2": "제곱피트 평방피트 ft2",
    "kilometer": "킬로미터 킬로메터 키로미터 ㎞ km",
    "meter": "미터 메터 미타 m",
    "centimeter": "센티미터 센치미터 센티 센치 쎈티 쎈치 ㎝ cm 센티메터",
    "millimeter": "밀리미터 ㎜ mm",
    "mile": "마일 mile miles mi",
    "nautical_mile": "해리",
    "yard": "야드 yard yards yd",
    "foot": "피트 feet foot ft 풋",
    "inch": "인치 inch inches in",
    "ri": "리",
    "ja": "자 척",
    "chi": "치",
    "kilogram": "킬로그램 키로그램 ㎏ kg",
    "gram": "그램 그람 g",
    "milligram": "밀리그램 ㎎ mg",
    "metric_ton": "톤 ton t",
    "pound": "파운드 pound pounds lb lbs",
    "ounce": "온스 ounce oz",
    "geun": "근",
    "gwan": "관",
    "don": "돈",
    "carat": "캐럿 carat",
    "liter": "리터 리터ℓ ℓ l liter",
    "milliliter": "밀리리터 미리리터 ㎖ ml cc 시시 씨씨 미리",
    "gallon": "갤런 갤론 gallon gal",
    "cup": "컵 cup",
    "tablespoon": "큰술 테이블스푼 밥숟가락 tbsp",
    "teaspoon": "작은술 티스푼 찻숟가락 tsp",
    "hop": "홉",
    "doe": "되",
    "mal": "말",
    "degree_Celsius": "섭씨 도씨 ℃ c 섭씨온도 섭씨도",
    "degree_Fahrenheit": "화씨 ℉ f 화씨온도 화씨도",
    "kelvin": "켈빈 k",
    "kilometer / hour": "시속킬로 시속킬로미터 km/h 킬로미터퍼아워 시속km kmh 시속",
    "mile / hour": "시속마일 mph 마일퍼아워",
    "meter / second": "초속미터 m/s 초속m 초속",
    "knot": "노트 knot",
    "megapascal": "메가파스칼 mpa",
    "millimeter_Hg": "mmhg 수은주밀리미터 밀리미터수은주",
    "kilocalorie": "킬로칼로리 kcal 칼로리",
    "joule": "줄 joule j",
    "kilojoule": "킬로줄 kj",
    "metric_horsepower": "마력 hp ps",
    "watt": "와트 w",
    "kilowatt": "킬로와트 kw",
    "atmosphere": "기압 atm",
    "hectopascal": "헥토파스칼 hpa",
    "psi": "psi",
    "bar": "바 bar",
    "gigabyte": "기가 기가바이트 gb",
    "megabyte": "메가 메가바이트 mb",
    "kilobyte": "킬로바이트 키로바이트 kb",
    "terabyte": "테라 테라바이트 tb",
    "byte": "바이트 byte",
    "megabit / second": "mbps 메가비피에스",
    "gigabit / second": "gbps 기가비피에스",
    "megabyte / second": "초당메가바이트 초당메가 mb/s",
    "day": "일 day days",
    "week": "주 주일",
    "hour": "시간 hour hours",
    "minute": "분 minutes",
    "second": "초 seconds",
}
_BY_NAME = {match_key(name): unit for unit, names in _UNITS.items() for name in names.split()}
# As they are written: a match key takes signs apart (㎡, ℃, km/h).
_SIGNED = {
    name: [unit for unit, others in _UNITS.items() if name in others.split()]
    for names in _UNITS.values()
    for name in names.split()
}
# A bare 킬로 is a length beside lengths, a mass beside masses, a speed beside speeds.
_KILO = {match_key(name) for name in ("킬로", "키로", "km", "k")}
_FOREIGN = re.compile(r"[^가-힣0-9]\s*$")  # how a unit ends that isn't written as it is read
_MARKED = re.compile(r"화씨|℉|°\s?f\s*$", re.IGNORECASE)
CELSIUS = "섭씨"
_ALSO = {"ounce": ("fluid_ounce",)}  # beside volumes it is one
_KILOS = ("kilometer", "kilogram", "kilometer / hour")


def convert(amount: str, target: str) -> float | None:
    """ "34평" in "제곱미터"; None where that means nothing."""
    parts = quantity(amount)
    if not parts:
        return None
    wanted = unit_names(target)
    for unit in wanted:
        total = 0.0
        try:
            for value, sources in parts:
                total += value if unit in sources and len(parts) > 1 else _first(value, sources, unit)
        except ValueError:
            continue
        return total
    return None


def _first(value: float, sources: list[str], target: str) -> float:
    """Raises ValueError where no reading of the source has the target's dimension."""
    registry = _registry()
    for source in sources:
        if source != target and registry.is_compatible_with_(source, target):
            return float(registry.Quantity(value, source).to(target).magnitude)
    raise ValueError("no such conversion")


def quantity(amount: str) -> list[tuple[float, list[str]]]:
    """A quantity's parts, as in "6피트 2인치": values and what their units may be."""
    said = "".join(amount.split()).casefold().strip("?!~.")
    mark = re.match(r"(섭씨|화씨|시속|초속)", said)
    if mark and mark[1] in ("섭씨", "화씨"):
        said = re.sub(r"도$", "", said[2:]) + mark[1]
    elif mark:
        return _single(said[2:], mark[1])
    below = said.startswith("영하")
    said = said.removeprefix("영하")
    parts: list[tuple[float, list[str]]] = []
    while said:
        if said == "반" and parts:  # "두 컵 반"
            return [*parts, (0.5, parts[-1][1])]
        found = _leading(said)
        if found is None:
            return []
        value, units, said = found
        parts.append((-value if below else value, units))
    return parts


def _single(said: str, rate: str) -> list[tuple[float, list[str]]]:
    found = re.fullmatch(r"([\d.,]+|[가-힣]+?)(킬로미터|킬로|키로|km|마일|미터|m)", said)
    value = number(found[1]) if found else None
    if not found or value is None:
        return []
    units = unit_names(f"{rate}{found[2]}")
    return [(float(value), units)] if units else []


def _leading(said: str) -> tuple[float, list[str], str] | None:
    """The first value and unit of a text, and what follows; the longest unit that is one."""
    found = re.match(r"-?[\d.,]+(?:만|천|백|억)*", said)
    values = [found.end()] if found else range(1, min(len(said), 12))
    for end in values:
        value = number(said[:end])
        if value is None:
            continue
        for stop in range(len(said), end, -1):
            units = unit_names(said[end:stop])
            rest = said[stop:]
            if units and (not rest or re.match(r"[\d가-힣]", rest)):
                return float(value), units, rest
    return None


def unit_names(name: str) -> list[str]:
    """What a unit's name may mean, in pint's names."""
    key = match_key(name)
    bare = key.removesuffix("로") if key.endswith("으로") is False else key.removesuffix("으로")
    for each in (key, bare):
        if each in _KILO:
            return [*_KILOS, *(["kelvin"] if each == "k" else [])]
        if each in _BY_NAME:
            return [_BY_NAME[each], *_ALSO.get(_BY_NAME[each], ())]
        if each.startswith("시속") and each[2:] in ("킬로", "키로", "킬로미터", "km"):
            return ["kilometer / hour"]
        if each.startswith("시속") and each[2:] == "마일":
            return ["mile / hour"]
    signs = name.strip().casefold()
    return [_BY_NAME[signs]] if signs in _BY_NAME else list(_SIGNED.get(signs, ()))


_CUP_HERE = 200 / 236.5882365  # a Korean measuring cup in pint's cups, which are American


def in_korean_cups(amount: str, target: str) -> float | None:
    """The same with cups of 200 ml, which Korean recipes mean; None where it is neither from cups nor into them."""
    value = convert(amount, target)
    given, asked = [units[0] == "cup" for _, units in quantity(amount)], "cup" in unit_names(target)
    if value is None or asked == all(given) or (any(given) and not all(given)):
        return None
    return value / _CUP_HERE if asked else value * _CUP_HERE


def is_fahrenheit(amount: str) -> bool:
    """ "화씨 100도", "100℉": nobody here wants to know it in any other unit than ours."""
    return bool(_MARKED.search(amount)) and [units for _, units in quantity(amount)] == [["degree_Fahrenheit"]]


def aloud(amount: str) -> str:
    """An amount or unit as it is read aloud, its unit in Hangul: "100g" is "100그램"; what is none as it stands."""
    parts = quantity(amount)
    units = parts[-1][1] if parts else unit_names(amount)
    return (
        next((_UNITS[unit].split()[0] for unit in units if unit in _UNITS), amount)
        if _FOREIGN.search(amount)
        else amount
    )


class _Units:
    """pint's registry with the Korean units, made on first use: it takes a moment."""

    def __init__(self) -> None:
        from pint import UnitRegistry

        self._registry: UnitRegistry[float] = UnitRegistry(autoconvert_offset_to_baseunit=True)
        for line in (
            "pyeong = 400 / 121 * meter ** 2",
            "geun = 600 * gram",
            "gwan = 3750 * gram",
            "don = 3.75 * gram",
            "ri = 392.727 * meter",
            "ja = 10 / 33 * meter",
            "chi = 1 / 33 * meter",
            "hop = 0.18039 * liter",
            "doe = 1.8039 * liter",
            "mal = 18.039 * liter",
        ):
            self._registry.define(line)
        self.Quantity = self._registry.Quantity

    def is_compatible_with_(self, source: str, target: str) -> bool:
        return bool(self._registry.is_compatible_with(source, target))


@cache
def _registry() -> _Units:
    return _Units()


_NAMES = sorted({name for names in _UNITS.values() for name in names.split()} | {"킬로", "키로"}, key=len, reverse=True)
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
_BELOW = re.compile(r"(?:영하|섭씨|화씨)\s?$")
_AND_A_HALF = re.compile(r"\s?반(?![가-힣]|기)|\s?반(?=[은이을])")


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
    if found:
        a_second = "초당" in rest and units and units[0][0].endswith("bit / second")
        return f"초당{found['name']}" if a_second else found["name"]
    if _DAYS.search(rest):
        return "일"
    if _DEGREES.search(rest) and units == [["degree_Fahrenheit"]]:
        return CELSIUS
    is_height = _TALL.search(rest) and len(units) == 2 and units[0] == ["foot"]
    return "센티미터" if is_height else ""


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
            below = begun < 0 and _BELOW.search(text[: found.start])
            begun = begun if begun >= 0 else below.start() if below else found.start
            parts.append((f"{below[0].strip()} " if below else "") + text[found.start : name.end()])
            at = end = name.end()
        elif begun >= 0:
            break
        else:
            at = found.end
    return ("".join(parts), f"{text[:begun]} {text[end:]}") if parts else ("", text)
