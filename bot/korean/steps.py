"""Sums in several steps, one after another as they are told: prices, then what is taken off, put on and shared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.korean.counters import LENGTHS
from bot.korean.prices import Step, is_open, steps
from bot.korean.quantities import EACH, Quantity, Told

# What is done with a number, in the words behind it.
_VERB = re.compile(
    r"(?P<off>빼|뺀|뺄|뺐|떼|뗀|뗄|깎|까고|까면|까는|디씨|dc|공제|제하|차감|내리|내려|내린|(?:할인|세일)(?!\s?쿠폰|\s?\d)"
    r"|쿠폰\s?(?:까지\s?)?(?:쓰|쓴|적용|먹)|보조|지원|얼리버드)"
    r"|(?P<spent>쓰면|쓰고|썼|쓴)"
    r"|(?P<on>더하|더한|더해|더혀|붙|얹|보태|보탠|추가|오르|오른|올라|올리|올린|인상|합치|합쳐|합하|합해|별도|따로|마진)"
    r"|(?P<times>곱하|곱한|곱해)|(?P<among>나누|나눈|나눠|나눌|쪼개|갈라)",
    re.IGNORECASE,
)
# What a number is, in the words before it.
_OFF_NOUN = re.compile(r"(?:할인|세일|쿠폰|적립금|포인트|보조금|지원금|얼리버드|디씨)\S{0,2}(?:\s?[카현]\S)?\s*$")
_FEE = re.compile(
    r"(?:배송비|배달비|배달료|배송료|택배비|택배|운임|운송비|팁|봉사료|수고비|픽업|공임|설치비|포장비)\S?\s*$"
)
_LEFT = re.compile(r"남[아는은을았]|남$|남노|남지|남냐|거스름|잔돈|잔액")
_HAD = re.compile(r"\s*이?(?:에서|중|있|냈|내고|낸|내면|주고|받|벌|가지|들고|한도|인데|으로|로\s|나갔)")
_HAD_NOUN = re.compile(r"(?:수입|월급|용돈|연금|한도|매출|봉급|잔고|예산)\S?\s*$")
_TOTAL = re.compile(
    r"더하|더해|더혀|합치|합쳐|합하|합해|합산|합계|합이|총|다 해|다해|모두|모다|전부|도합|다 합|다 받|다 얼마|다 하"
    r"|몽땅|배송비|배달비|운임"
    r"|(?:사면|샀|시켰|시키|사는|사고).*(?:얼마|얼매|을매|\n)|얼마\s?(?:들|나가|나오|나와|깨|내야)"
)
# Between two amounts that are not simply two of a list.
_NO_LIST = re.compile(
    r"포함|인데|는데|니까|냈|받[고은았]|벌|썼|팔|있|남|갚|빌|보다|대신|말고|반만|환불|중에|까지|부터"
    r"|에서|에게|으로|하면|주고|넘|이하|이상"
)
_CAME_IN = re.compile(r"받[으았고]|들어|입금|벌")  # beside what is spent: what comes in isn't taken off
_AGAIN = re.compile(r"또|추가|거기|더\s|다시|중복|까지")
_SHARED = re.compile(
    r"나누|나눠|나눈|나눌|[엔nN1]\s?빵|뿜빠이|더치|(?:얼마|얼매|을매|몇\S{0,2})\s?씩|인당|각자|똑같이|쪼개|쪼갠|갈라|갈르|가르|반반|꼴|할부"
)
_UNEVENLY = re.compile(r"나머지|늦게|반만|만\s?내|제외|안 먹|안 낸|빠지|빠진|빼고 나")
_FOR_ONE = re.compile(r"(?<![0-9가-힣])([가-힣]{1,3}|kg)(?:당|에)\s?(?:대략\s?)?(?:얼마|몇|을매|얼매|\W*\n)")
_MONTHLY = re.compile(r"월급|달에|월\s?얼마|매달|개월|연봉")


@dataclass(frozen=True, slots=True)
class _Sum:
    text: str
    value: Decimal

    @property
    def bracketed(self) -> str:
        return f"({self.text})" if re.search(r"[-+]", re.sub(r"\([^()]*\)", "", self.text)) else self.text


def amount(quantities: Sequence[Quantity]) -> str | None:
    """What some quantities come to that are one price, so many times: "45만원 네 개"; None: they are anything else."""
    found = steps(quantities)
    if len(found) != 1 or found[0].is_share:
        return None
    return f"({found[0].sum})" if found[0].is_product else found[0].sum


def in_steps(said: Told) -> str | None:
    """The sum of a sentence whose every number is a price, a count, a share or what all is shared among."""
    if _MONTHLY.search(said.text) and any(
        each.per in ("D", "W") and is_open(each, said.quantities) for each in said.quantities
    ):
        return None  # so much a week, and asked for a month
    unevenly = _UNEVENLY.search(said.text) is not None
    if _is_shared(said) and not unevenly:
        return _each(said)
    sum = None if unevenly and said.of("N") else _in_turn(said, said.quantities)
    return sum.text if sum and re.search(r"[-+*/]", sum.text) else None


def _is_shared(said: Told) -> bool:
    """Whether it asks what one of several gets; not "한 달에" of what is paid each month anyway."""
    asked = said.asked
    if asked and asked.kind in LENGTHS and not any(each.per in tuple(LENGTHS) for each in said.quantities):
        asked = None
    if asked and asked.kind == "O" and any(_is_a_month(each) for each in said.quantities):
        asked = None
    return bool(asked or _SHARED.search(said.text) or _named(said))


def _is_a_month(days: Quantity) -> bool:
    """Whether so many days stand for a month; not the 30th of each: "매달 30일에 5만원씩"."""
    return days.kind == "D" and 28 <= days.value <= 31 and not _is_date(days)


def _is_date(days: Quantity) -> bool:
    return bool(re.match(r"\s?에", days.after) or re.search(r"(?:매달|매월|월|마다)\s?$", days.before))


def _each(said: Told) -> str | None:
    """What each of several gets of what the other numbers come to."""
    among = _sharers(said)
    if among is None or among.value <= 1:
        return _divided(said)
    rest = [each for each in said.quantities if each is not among]
    if any(each.kind == "N" for each in rest) or (len(rest) == 1 and rest[0].per == EACH):
        return None
    whole = (
        _Sum(str(rest[0]), rest[0].value)
        if len(rest) == 1 and rest[0].kind != "P"
        else _in_turn(said, rest, listed=True)
    )
    if whole is None:
        return None
    share = f"{whole.bracketed}/{among}"
    return f"{share}*{said.asked}" if said.asked and said.asked.value != 1 else share


def _divided(said: Told) -> str | None:
    """A division that is one of the steps: "1920을 16으로 나눈 거에 9 곱하면"."""
    sum = None if said.of("NCDTWOYG") else _in_turn(said, said.quantities)
    return sum.text if sum and "/" in sum.text else None


def _sharers(said: Told) -> Quantity | None:
    """Those that share: people, what "한 알에 얼마" or "개당" asks for, or what a number is divided by."""
    if said.asked:
        return _like(said, said.asked)
    if people := said.of("N"):
        with_others = re.match(r"\s*(?:이?랑|하고|과|와)", people[0].after)
        return people[0] if len(people) == 1 and not with_others else None
    if named := _named(said):
        return named
    divisors = [
        each for each in said.quantities if re.match(r"\s*으?로\s*(?:나|쪼|갈)", each.after) and each.kind != "M"
    ]
    return divisors[0] if len(divisors) == 1 and len(said.quantities) == 2 else None


def _like(said: Told, asked: Quantity) -> Quantity | None:
    """What counts the same as the one that is asked for; else the only count beside a price."""
    alike = [each for each in said.quantities if each.counts(asked.unit) and not each.per]
    if not alike and (asked.counts("명") or asked.counts("집")):
        alike = said.of("N")
    elif not alike and said.shape in ("CM", "MC"):
        alike = said.of("C")
    return alike[0] if len(alike) == 1 else None


def _named(said: Told) -> Quantity | None:
    """What "개당 얼마", "키로에 얼마" or "달에 얼마" names."""
    unit = _FOR_ONE.search(said.text)
    alike = [each for each in said.quantities if unit and each.counts(unit[1]) and each.per not in (*LENGTHS, EACH)]
    return alike[0] if len(alike) == 1 else None


# ---- one step after another ----------------------------------------------------------------------


def _in_turn(said: Told, quantities: Sequence[Quantity], *, listed: bool = False) -> _Sum | None:
    """`listed`: the amounts are one bill, whether or not it says so."""
    found = steps(quantities)
    if len(found) == 2 and found[0].is_share:
        found.reverse()  # "15% 할인하면 39000원짜리"
    if not found or found[0].is_share or found[0].bare:
        return None
    signs = _Signs(said, found[0], found[1:], listed).all()
    if signs is None:
        return None
    sum = _Sum(found[0].sum, found[0].value)
    for sign, step in zip(signs, found[1:], strict=True):
        sum = _stepped(sum, sign, step)
    return sum if sum.value > 0 else None


def _stepped(sum: _Sum, sign: str, step: Step) -> _Sum:
    if step.is_share:
        part = 1 + step.value / (100 if sign == "+" else -100)
        return _Sum(f"{sum.bracketed}*(1{sign}{step.sum}/100)", sum.value * part)
    match sign:
        case "+":
            return _Sum(f"{sum.text}+{step.sum}", sum.value + step.value)
        case "-":
            return _Sum(f"{sum.text}-{step.sum}", sum.value - step.value)
        case "*":
            return _Sum(f"{sum.bracketed}*{step.sum}", sum.value * step.value)
    return _Sum(f"{sum.bracketed}/{step.sum}", sum.value / (step.value or 1))


class _Signs:
    """What is done with each step behind the first."""

    def __init__(self, said: Told, first: Step, others: Sequence[Step], listed: bool) -> None:
        self._text, self._first, self._others = said.text, first, others
        self._had = bool(_HAD.match(first.after) or _HAD_NOUN.search(first.before))
        self._left = _LEFT.search(said.text) is not None
        self._listed = listed or _TOTAL.search(said.text) is not None

    def all(self) -> list[str] | None:
        """None where it is not sure of any."""
        shares = [step for step in self._others if step.is_share]
        if len(shares) > 1 and not _AGAIN.search(self._text):
            return None
        signs: list[str] = []
        for place in range(len(self._others) - 1, -1, -1):
            step = self._others[place]
            sign = self._of_share(place) if step.is_share else self._of(place, signs[0] if signs else "")
            if not sign or (self._left and not self._had and not _verb(step)):
                return None
            signs.insert(0, sign)
        return signs

    def _of_share(self, place: int) -> str:
        """Where prices are listed before it, it may be a share of the last one alone."""
        step, before = self._others[place], self._others[:place]
        if not all(each.is_share or _verb(each) for each in before):
            return ""
        match _verb(step):
            case "off":
                return "-"
            case "on":
                return "" if re.search(r"의\s*$", step.before) else "+"
            case "":
                return "-" if _OFF_NOUN.search(step.before) else ""
        return ""

    def _of(self, place: int, behind: str) -> str:
        """`behind`: the sign of the step behind it, which may be said for both: "5만원에서 만원 2만원 빼면"."""
        step, between = self._others[place], (self._others[place - 1] if place else self._first).after
        verb, is_off = _verb(step), _OFF_NOUN.search(step.before) is not None
        if step.bare and verb not in ("times", "among"):
            return ""  # 월세 38에 관리비 7만 8천
        match verb:
            case "off":
                return "-"
            case "on":
                return "+"
            case "times":
                return "*"
            case "among":
                return "/" if re.match(r"\s*으?로", step.after) else ""
            case "spent" if is_off or self._had:
                return "-"
        if is_off or self._left:
            return "" if _CAME_IN.search(step.after) else "-"
        if behind == "-":
            return "-" if re.match(r"\s*(?:에서|중)", self._first.after) else ""
        return "+" if self._is_listed(step, between, behind) else ""

    def _is_listed(self, step: Step, between: str, behind: str) -> bool:
        if _FEE.search(step.before):
            return True
        priced = self._first.is_product and step.is_product and "얼마" in self._text
        return not _NO_LIST.search(between) and (self._listed or priced or behind == "+")


def _verb(step: Step) -> str:
    found = _VERB.search(step.after)
    return (found.lastgroup or "") if found else ""
