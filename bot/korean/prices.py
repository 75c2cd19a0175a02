"""Prices and what they come to: so much for one of something, and how many of it a sentence names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.korean.counters import LENGTHS
from bot.korean.quantities import EACH, Quantity

# Between a price and a count that is right behind it; not "5000원에 3개", which may be the price of all three.
_DIRECTLY = re.compile(r"\s*(?!에)(?:짜리|씩|하는\s?거|를|을|이|가|은|는)?\s*\S{0,5}\s*")
_FOR_EACH = re.compile(r"\s*씩")
_SAVED = re.compile(r"부으|붓|모으|넣")
_FUELLED = re.compile(r"\s*(?:를\s?)?(?:넣|주유|채우)")
# In won, of fuel: "1650원에 42리터 넣으면" names the price of one, "8만원에 40리터 넣었는데" that of all.
_MOST_A_LITRE = 3000
_ASKED = re.compile(r"몇\s?([가-힣a-zA-Z]+)")


@dataclass(frozen=True, slots=True)
class Step:
    """An amount, or a share of what is told before it, with the words round it.

    `bare`: a number beside amounts of money, which are only multiplied or divided by it.
    """

    sum: str
    value: Decimal
    before: str
    after: str
    is_share: bool = False
    bare: bool = False

    @property
    def is_product(self) -> bool:
        return "*" in self.sum


def steps(quantities: Sequence[Quantity]) -> list[Step]:
    """Prices with their counts, and shares, in the order in which they are told; none where any has no place."""
    kinds = {each.kind for each in quantities}
    amounts = "M" if "M" in kinds else "X" if "X" in kinds else ""
    if not amounts:
        return _shared(quantities) or _rated(quantities)
    groups = _groups(quantities, amounts)
    each = len(groups) > 1 and all(len(group) == 2 and group[1].kind == "N" for group in groups)
    found = [_step(group, amounts, for_each=each) for group in groups]
    return [step for step in found if step] if all(found) else []


def is_open(quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """Whether it is so much for a length of time, and nobody says how many of these there are."""
    return quantity.per in tuple(LENGTHS) and not any(other.counts(quantity.per) for other in others)


def _groups(quantities: Sequence[Quantity], amounts: str) -> list[list[Quantity]]:
    """Each price with its counts: those behind it, or those before where the sentence begins with one."""
    kinds = [each.kind for each in quantities]
    if kinds.count(amounts) == 1 and "P" not in kinds and (amounts == "X" or "X" not in kinds):
        return [list(quantities)]
    counts_first = kinds[0] not in (amounts, "P")
    groups: list[list[Quantity]] = []
    begins = True
    for each in quantities:
        starts = begins or each.kind == "P" or (not counts_first and each.kind in (amounts, "X"))
        if starts:
            groups.append([])
        groups[-1].append(each)
        begins = each.kind == "P" or (counts_first and each.kind == amounts)
    return groups


def _step(group: Sequence[Quantity], amounts: str, *, for_each: bool) -> Step | None:
    """`for_each`: every price is told with so many people, each of whom pays it: "5만원 열두 집 10만원 여섯 집"."""
    head, *rest = group
    if not rest:
        return _alone(head, amounts)
    heads = [each for each in group if each.kind == amounts]
    if len(heads) != 1:
        return None
    if for_each:
        return _times(group, 1)
    return _multiplied(heads[0], group)


def _alone(quantity: Quantity, amounts: str) -> Step | None:
    """A share, a bare number, or a price that is not for one of several."""
    words = (str(quantity), quantity.value, quantity.before, quantity.after)
    match quantity.kind:
        case "P":
            return None if quantity.per else Step(*words, is_share=True)
        case "X" if amounts != "X":
            return Step(*words, bare=True)
    is_for_one = quantity.per not in ("", EACH, *LENGTHS) or _FOR_EACH.match(quantity.after)
    return None if is_for_one or quantity.kind != amounts else Step(*words)


def _shared(quantities: Sequence[Quantity]) -> list[Step]:
    """One amount of anything else, and shares of it: "체중 71키로에서 5퍼 빼면"."""
    rest = [each for each in quantities if each.kind != "P"]
    if len(rest) != 1 or len(quantities) == 1:
        return []
    found = [_alone(each, each.kind) for each in quantities]
    return [step for step in found if step] if all(found) else []


def _rated(quantities: Sequence[Quantity]) -> list[Step]:
    """So many of one thing for each of another: "한 줄에 36개씩 스물다섯 줄이면 몇 개"."""
    asked = _ASKED.search(quantities[-1].after) if quantities else None
    heads = [each for each in quantities if asked and each.per and each.unit and asked[1].startswith(each.unit)]
    step = _multiplied(heads[0], quantities) if len(heads) == 1 else None
    return [step] if step else []


def _multiplied(head: Quantity, group: Sequence[Quantity]) -> Step | None:
    """A price or a rate times its counts, each of which is for one of the next: 원/시간, 시간/일, 일."""
    counts = [each for each in group if each is not head]
    free, months = list(counts), 1
    for each in group:
        counted = next((other for other in counts if other is not each and _is_for(each, other)), None)
        if counted is None and each.per == "O" and (years := [other for other in counts if other.kind == "Y"]):
            counted, months = years[0], 12
        if counted is None and each is head and each.per not in ("", EACH):
            return None
        if counted in free:
            free.remove(counted)
    if sum(is_open(each, counts) for each in counts) > 1 or not _is_plain(head, free, group):
        return None
    return _times(group, months)


def _is_for(quantity: Quantity, other: Quantity) -> bool:
    """Whether it is so much for each of them; a length of time "씩" is for each of the longer ones: "6시간씩 22일"."""
    if quantity.per == EACH and quantity.kind in LENGTHS:
        return other.kind in LENGTHS and LENGTHS.index(other.kind) > LENGTHS.index(quantity.kind)
    return other.counts(quantity.per)


def _times(group: Sequence[Quantity], months: int) -> Step:
    factors = [str(each) for each in group if each.value != 1] or [str(group[0])]
    value = Decimal(months)
    for each in group:
        value *= each.value
    return Step("*".join([*factors, *(["12"] if months > 1 else [])]), value, group[0].before, group[-1].after)


def _is_plain(head: Quantity, free: Sequence[Quantity], group: Sequence[Quantity]) -> bool:
    """Whether the one count that is for nothing else can only be how often the price is paid."""
    for_each = head.per == EACH or _FOR_EACH.match(head.after) is not None
    if len(free) != 1:
        return not free and head.per != ""
    count = free[0]
    if for_each or head.per not in ("", EACH):
        return for_each and count.kind != "P"
    if count.unit in ("리터", "l") and _FUELLED.match(count.after):
        return head.value <= _MOST_A_LITRE
    behind = group[group.index(head) + 1 :]
    directly = bool(behind) and behind[0] is count and _DIRECTLY.fullmatch(head.after) is not None
    return directly and (count.kind == "C" or (count.kind in LENGTHS and _SAVED.search(count.after) is not None))
