"""The quantities that a sentence names: each number with what it counts, for what each, and the words round it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.korean.counters import LENGTHS, MEASURES, THINGS, Kind, are_same, counted, in_smallest, spelled
from bot.korean.numbers import Found, find_number

EACH = "each"  # "3000원씩", "만원짜리": for one of whatever is counted beside it
_END = "\n"  # behind the last quantity only


@dataclass(frozen=True, slots=True)
class Quantity:
    """`kind`: one of Kind's letters. `before` and `after`: the words up to the quantities beside it.

    `per`: for what each it is, a unit ("근"), a length of time's letter, or EACH; "": it does not say.
    """

    value: Decimal
    kind: str
    unit: str
    before: str
    after: str
    per: str = ""

    def __str__(self) -> str:
        return figures(self.value)

    def counts(self, what: str) -> bool:
        """Whether it counts such things, a unit or a length of time."""
        return what in (self.kind, self.unit) or are_same(what, self.unit)

    @property
    def scaled(self) -> tuple[str, Decimal]:
        """What is measured and how much of it, in the smallest unit: 1.3키로 is 1300 g."""
        return in_smallest(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with its quantities. `asked`: the one that an answer is for: "100그램당 얼마", "한 팩 얼마"."""

    text: str
    quantities: tuple[Quantity, ...]
    asked: Quantity | None

    @property
    def shape(self) -> str:
        """Its quantities' kinds, a letter for each."""
        return "".join(each.kind for each in self.quantities)

    @property
    def is_whole(self) -> bool:
        """Whether no number word of it is left unread."""
        return not any(_UNREAD.search(words) for each in self.quantities for words in (each.before, each.after))

    def of(self, kinds: str) -> list[Quantity]:
        return [each for each in self.quantities if each.kind in kinds]


_UNREAD = re.compile(
    r"(?<![가-힣])(?:[일이삼사오육칠팔구십백천만억조]{3,}"
    r"|[일이삼사오육칠팔구]?[십백천만억][일이삼사오육칠팔구]?(?=[을를에]|에서)"
    r"|(?:둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열하나|열둘|스물)(?=[\s,.?!을를은는이가]|씩|하고|랑|에|$)(?!\s?째|\s?다|\s?중))"
)


def read(text: str) -> Told:
    said = spelled(text) + _END
    found = _less_ones(list(_found(said)))
    asked = next((each for each in found if _is_asked(each)), None)
    return Told(said, tuple(_less_announced([each for each in found if each is not asked])), asked)


def figures(value: Decimal) -> str:
    """In plain digits, none of them a zero at the end of a fraction."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# ---- how a number is read -----------------------------------------------------------------------

_HALF = re.compile(r"\s?반(?:(?![가-힣])|(?=이면|이라|이고|을|은))")
_MYRIADS = re.compile(r"[만억]")
_HUNDRED_MILLIONS = re.compile(r".*억\s?[0-9일이삼사오육칠팔구]?천")


def _found(text: str) -> Iterator[Quantity]:
    """Every number but those that only name something."""
    known: list[tuple[Found, str, str, int]] = []
    at = 0
    while number := find_number(text, at):
        counts, unit, at = counted(text, number)
        if counts:
            known.append((number, str(counts), unit, at))
    written = [text[found.start : found.end] for found, *_ in known]
    hundreds = not any(map(_MYRIADS.search, written)) and any(
        kind == Kind.MONEY or (kind == Kind.NUMBER and _is_large(found.value, words))
        for (found, kind, *_), words in zip(known, written, strict=True)
    )
    starts = [*(found.start for found, *_ in known), len(text)]
    behind = 0
    for (found, kind, unit, end), words, next_start in zip(known, written, starts[1:], strict=True):
        half = _HALF.match(text, end) if unit and kind != Kind.MONEY else None
        value = _value(found.value, words) + (Decimal("0.5") if half else 0)
        if kind == Kind.NUMBER and (_is_large(value, words) or (hundreds and value >= 100)):
            kind = Kind.MONEY
        before, after = text[behind : found.start], text[half.end() if half else end : next_start]
        yield Quantity(value, str(kind), unit, before, after, _per(before, after))
        behind = end


def _value(value: Decimal, written: str) -> Decimal:
    """ "2억 5천" is 2억 5천만 to everybody."""
    if not _HUNDRED_MILLIONS.fullmatch(written):
        return value
    tail = value % 10**8
    return value - tail + tail * 10**4 if tail < 10**4 else value


def _is_large(value: Decimal, written: str) -> bool:
    """Whether a bare number is money, and no count: 3만, 4500.

    So is 900 beside such numbers, but not beside 만, where it may be 900만.
    """
    return value >= 1000 or re.search(r"[만억천]", written) is not None


# ---- for what each it is -------------------------------------------------------------------------

_LENGTHS_BEFORE = {
    "T": "시급 시간당",
    "D": "일당 하루 매일",
    "W": "주당 주 매주",
    "O": "월급 월세 월 매달 매월 달에 월이자",
    "Y": "연봉 연 매년 연이율 연이자 연리 연금리",
}
_PER_LENGTH = {word: kind for kind, words in _LENGTHS_BEFORE.items() for word in words.split()}
_LENGTH_BEFORE = re.compile(rf"(?:^|\s)({'|'.join(sorted(_PER_LENGTH, key=len, reverse=True))})[이은는가]?\s*$")
_UNIT_BEFORE = re.compile(rf"(?:^|\s)({THINGS}|{'|'.join(MEASURES)}|명|인)(?:당|에)\s*[이은가]?\s*$")
_EACH_BEFORE = re.compile(r"(?:^|\s)(?:단가|개당|장당|평균)[이은는가]?\s*$")
_EACH_BEHIND = re.compile(r"\s*(?:씩|짜리)")
_RIGHT_BEFORE = re.compile(r"\s*(?:에|당|씩|마다|은|는|이|가)?\s*(?:밤|\S{1,4}(?:\s\S{1,4})?)?\s*")


def _per(before: str, after: str) -> str:
    if length := _LENGTH_BEFORE.search(before):
        return _PER_LENGTH[length[1]]
    if unit := _UNIT_BEFORE.search(before):
        return unit[1]
    return EACH if _EACH_BEHIND.match(after) or _EACH_BEFORE.search(before) else ""


def _less_ones(found: list[Quantity]) -> list[Quantity]:
    """Without one of something right before a quantity: it is what that is for, "한 근에 만팔천원", "하루 6시간"."""
    kept: list[Quantity] = []
    held: Quantity | None = None
    for place, each in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        now = _for_one(held, each) if held else each
        held = now if following and _is_one_of(now, following) else None
        if held is None:
            kept.append(now)
    return kept


def _is_one_of(quantity: Quantity, following: Quantity) -> bool:
    if quantity.value != 1 or quantity.kind not in f"CNG{LENGTHS}" or _is_asked(quantity):
        return False
    is_clock = quantity.kind == Kind.HOUR and following.unit in ("분", "초")  # 1시간 48분
    return not is_clock and _RIGHT_BEFORE.fullmatch(quantity.after) is not None


def _for_one(one: Quantity, quantity: Quantity) -> Quantity:
    per = one.kind if one.kind in LENGTHS else one.unit
    before = f"{one.before} {one.after}"
    return replace(quantity, before=before, per=per if quantity.per in ("", EACH) else quantity.per)


# ---- what is no part of the sum ------------------------------------------------------------------

_ASKING = r"(?:얼마|얼매|을매|얼만|몇|꼴|메칠|며칠|값|가격|원래|[?？]|\W*\n)"
_FOR_ONE = re.compile(rf"\s*(?:당|에|씩|마다|앞|은|는|이|가)*\s*(?:대략|평균|평균적으로)?\s*{_ASKING}")
_FOR_SO_MANY = re.compile(rf"당\s*\S{{0,3}}\s*{_ASKING}")
_ADDED = re.compile(r"\s*(?:를|을|다|모두|전부)?\s*(?:더[하해]|합)")


def _is_asked(quantity: Quantity) -> bool:
    """Whether the answer is for it: "한 사람 얼마", "100그램당 얼마"."""
    if quantity.kind not in "CNGTDWO":
        return False
    one = quantity.value == 1 and _FOR_ONE.match(quantity.after)
    return bool(one or _FOR_SO_MANY.match(quantity.after))


def _less_announced(found: list[Quantity]) -> list[Quantity]:
    """Without a count of the amounts themselves: "세 번 검진에 33000 41000 28500원", "… 두 개 더해줘"."""
    if len(found) < 3:
        return found
    if _announces(found[0], found[1:]):
        return found[1:]
    return found[:-1] if _ADDED.match(found[-1].after) and _announces(found[-1], found[:-1]) else found


def _announces(count: Quantity, amounts: Sequence[Quantity]) -> bool:
    is_count = count.kind in "CND" and not count.per and count.value == len(amounts)
    return is_count and all(each.kind in "MX" for each in amounts)
