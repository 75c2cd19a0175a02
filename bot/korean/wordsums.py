"""Sums that are told in a sentence: "더치페이 86400원 다섯 명이서 얼마씩", "평균 내줘 88 92 75 100".

Only what can be told from the numbers, what is counted by them and a word or two; the answer shows the sum, so that a
misunderstanding is seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.korean.numbers import find_number

_PRICE = 100  # beside money a smaller number counts something
_MOST = 20  # numbers in a sentence
_COUNTER = re.compile(r"\s?(퍼센트|퍼센티지|프로|퍼(?=\s|$)|%|시간(?:\s?(반))?|[가-힣]{1,2})?")
_PEOPLE = ("명", "사람", "인", "가족", "등분")
_THINGS = ("개", "병", "장", "봉", "캔", "조각", "송이")
_SOLD = "키로|킬로|포기|마리|박스|상자|단|근|포대|자루|봉지|그릇|줄"
_BY = ("으로", "로", "이서")  # "셋으로 나눠줘"
_LABELS = ("월", "년", "학년", "반", "번째")  # "8월 관리비 182300"
_UNTOLD = re.compile(r"분의|제곱|루트|팩토리얼|이자|승\b|포함|전체|하루|일주일|한\s?달|매일|매달|매주|연봉|해서 [0-9]")


@dataclass(frozen=True, slots=True)
class _Term:
    """A number and what it counts: ("원", "명", "%", …)."""

    value: Decimal
    unit: str

    @property
    def is_share(self) -> bool:
        return self.unit.startswith(("퍼", "프로", "%"))

    def __str__(self) -> str:
        return format(self.value, "f")


_Make = Callable[[Sequence[_Term]], str | None]


def told(text: str) -> str | None:
    """The expression that a sentence tells, with + - * / ( ) and digits only; None: it tells none.

    >>> told("더치페이 86400원 다섯 명이서 얼마씩"), told("부가세 10퍼 붙이면 275,000원이 얼마")
    ('86400/5', '275000*(1+10/100)')
    """
    terms = [one for one in _terms(text) if not one.unit.startswith(_LABELS)]
    if len(terms) > 2:
        terms = [one for one in terms if one.value != 1 or one.unit.startswith("원")]  # "한 박스 32000원인데 20개면"
    if wage := _wage(terms):
        return wage
    if not 1 <= len(terms) <= _MOST or _UNTOLD.search(text):
        return None
    return next((sum for words, make in _RULES if words.search(text) and (sum := make(terms))), None)


def _terms(text: str) -> Iterator[_Term]:
    at = 0
    while found := find_number(text, at):
        counter = _COUNTER.match(text, found.end)
        unit = (counter[1] or "") if counter else ""
        half = Decimal("0.5") if counter and counter[2] else Decimal(0)
        yield _Term(found.value + half, unit)
        at = found.end


def _parted(terms: Sequence[_Term]) -> tuple[_Term, _Term] | None:
    """The amount and the share of it, whichever came first."""
    shares, amounts = [one for one in terms if one.is_share], [one for one in terms if not one.is_share]
    return (amounts[0], shares[0]) if len(shares) == len(amounts) == 1 else None


def _less(terms: Sequence[_Term]) -> str | None:
    both = _parted(terms)
    return f"{both[0]}*(1-{both[1]}/100)" if both else None


def _more(terms: Sequence[_Term]) -> str | None:
    both = _parted(terms)
    return f"{both[0]}*(1+{both[1]}/100)" if both else None


def _of(terms: Sequence[_Term]) -> str | None:
    both = _parted(terms)
    return f"{both[0]}*{both[1]}/100" if both else None


def _two(terms: Sequence[_Term]) -> bool:
    """Two numbers of a kind, no percentages."""
    return len(terms) == 2 and not any(one.is_share for one in terms)


def _cheaper(terms: Sequence[_Term]) -> str | None:
    """How many percent less the second is than the first."""
    return f"(1-{terms[1]}/{terms[0]})*100" if _two(terms) and terms[0].value > terms[1].value else None


def _share(terms: Sequence[_Term]) -> str | None:
    """How many percent the smaller is of the larger."""
    less, more = sorted(terms, key=lambda one: one.value) if _two(terms) else (None, None)
    return f"{less}/{more}*100" if less and more else None


def _first_of_second(terms: Sequence[_Term]) -> str | None:
    """How many percent the first is of the second."""
    return f"{terms[0]}/{terms[1]}*100" if _two(terms) else None


def _rest(terms: Sequence[_Term]) -> str | None:
    return f"{terms[0]}%{terms[1]}" if len(terms) == 2 and not terms[0].unit.startswith(_BY) else None


def _average(terms: Sequence[_Term]) -> str | None:
    return f"({_joined(terms)})/{len(terms)}" if len(terms) > 1 else None


def _wage(terms: Sequence[_Term]) -> str | None:
    """So much an hour, so many hours a day, so many days."""
    named = [next((unit for unit in ("원", "시간", "일") if one.unit.startswith(unit)), "") for one in terms]
    return "*".join(map(str, terms)) if named == ["원", "시간", "일"] else None


def _priced(terms: Sequence[_Term]) -> str | None:
    """3개에 2500원씩, 2개에 4000원씩."""
    pairs = list(zip(terms[::2], terms[1::2], strict=False))
    each = all(many.unit.startswith(_THINGS) and price.unit == "원씩" for many, price in pairs)
    return "+".join(f"{many}*{price}" for many, price in pairs) if each and 1 < len(pairs) == len(terms) / 2 else None


def _total(terms: Sequence[_Term]) -> str | None:
    if priced := _priced(terms):
        return priced
    if not any(one.unit.startswith(_THINGS) for one in terms[:-1]) and len(terms) > 2:
        terms = [one for one in terms if not one.unit.startswith(_THINGS)]  # "… 두 개 더해 주세요"
    money = [one for one in terms if one.unit.startswith("원")]
    counted = [one for one in terms if one.unit.startswith((*_PEOPLE, *_THINGS)) or (money and one.value < _PRICE)]
    return None if len(terms) < 2 or (money and counted) else _joined(terms)


def _each(terms: Sequence[_Term]) -> str | None:
    """What one of several gets: the people, or the things, are what it is shared among."""
    if len(terms) != 2:
        return None
    amount, among = sorted(terms, key=lambda one: one.unit.startswith((*_PEOPLE, *_THINGS, *_BY)))
    if not among.unit.startswith((*_PEOPLE, *_THINGS, *_BY)) or amount.is_share:
        return None
    return f"{amount}/{among}"


def _times(terms: Sequence[_Term]) -> str | None:
    """원씩 so many times."""
    money = [one for one in terms if one.unit.startswith("원")]
    return f"{terms[0]}*{terms[1]}" if len(terms) == 2 and len(money) == 1 else None


def _bought(terms: Sequence[_Term]) -> str | None:
    """So much of something at a price for one of it: "14키로를 키로에 2만8천씩", "열두 포기에 한 포기 3800원"."""
    many = [one for one in terms if re.match(_SOLD, one.unit)]
    prices = [one for one in terms if one.unit.startswith(("원", "씩")) and one.value > _PRICE]
    return f"{many[0]}*{prices[0]}" if len(terms) == 2 and len(many) == len(prices) == 1 else None


def _taken_away(terms: Sequence[_Term]) -> str | None:
    """What is left of the first when the others are taken from it, all of them money."""
    first, *others = terms
    money = all(one.value > _PRICE and not one.is_share and "씩" not in one.unit for one in terms)
    return "-".join(map(str, terms)) if others and money and sum(one.value for one in others) < first.value else None


def _joined(terms: Sequence[_Term]) -> str:
    return "+".join(str(one) for one in terms)


# The first rule whose words are there and whose numbers make a sum.
_RULES: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(words), make)
    for words, make in (
        (r"나[눈누눌].*나머지", _rest),
        (r"평균", _average),
        (r"몇\s?(?:퍼|프로|%)\S*\s?(?:깎|할인|싸|빠|떨어|세일|내린|내려)", _cheaper),
        (r"에서.*[0-9만천원]\s?(?:을|를)?\s?빼.*(?:남|얼마)", _taken_away),
        (r"할인|세일|깎|빼|디씨|쿠폰|떼|공제|내리|내려", _less),
        (r"붙|더하|얹|오르|올라|올리|인상|부가세|포함|추가", _more),
        (r"더해|더하|합치|합쳐|합하|합해|합산|합계|합이|총합|총액|모두 얼마|다 얼마|전부 얼마|총 얼마", _total),
        (r"나누|나눠|[엔N1n]\s?빵|뿜빠이|더치|(?:얼마|몇\S*)씩|인당|개당|당\s?얼마|나눌", _each),
        (r"중.*몇\s?(?:퍼|프로|%)", _share),
        (r"의\s?몇\s?(?:퍼|프로|%)", _first_of_second),
        (r"원씩|짜리|시급", _times),
        (rf"({_SOLD}).*\1(?:에|당)\s?[0-9].*씩", _bought),
        (rf"({_SOLD}).*한\s?\1에?\s\S+원|한\s?({_SOLD})에?\s\S+원.*\2", _bought),
        (r"(?:수분|염분|적립|세|요|수수료)[율률](?:이|은)?\s?[0-9]|의\s?[0-9]", _of),
    )
)
