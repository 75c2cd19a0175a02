"""From one unit to another, with 평, 근 and 돈; pint knows the rest."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.korean.folding import match_key
from bot.korean.numbers import number

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
    "kilobyte / second": "초당킬로바이트 초당키로바이트 kb/s",
    "megabyte / second": "초당메가바이트 초당메가 mb/s",
    "gigabyte / second": "초당기가바이트 초당기가 gb/s",
    "day": "일 day days",
    "week": "주 주일",
    "hour": "시간 hour hours",
    "minute": "분 minutes",
    "second": "초 seconds",
}
NAMES = frozenset(name for names in _UNITS.values() for name in names.split())
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
