"""Sums that are told in a sentence: "더치페이 86400원 다섯 명이서 얼마씩", "12만원에서 30% 할인하고 배송비 3천원이면".

Only where every number of the sentence has its place in the sum, and words say what is done with it; the answer shows
the sum, so that a misunderstanding is seen. What may be read in two ways is left to the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from bot.korean.numbers import number
from bot.korean.quantities import Quantity, Told, figures, read
from bot.korean.steps import amount, in_steps

_MOST = 20  # numbers in a sentence
# What only a model can weigh, what bot/korean/arithmetic.py reads, and two questions in one.
_UNTOLD = re.compile(
    r"\d\s*[/*×÷x^~-]\s*\d|(?<![\d.])[12]\s?\+\s?1(?!\d)|곱하기|나누기|빼기|더하기|플러스|마이너스|제곱|루트"
    r"|팩토리얼|원주율|표준편차|중앙값|분산|확률|희석|환율|말고|또는|이거나|아니면|아님 "
    r"|반값|원플|주휴|세후|반만|가중|마진율|이익률|홀수|짝수"
    r"|비율로|몇\s?배|뭐가 (?:더|싸|낫|이득|좋)|어느|더 싸냐|얼마.*몇|몇(?!\s?(?:개|명)).*얼마"
)
_PERCENT = r"몇\s?(?:퍼|프로|%)"


def told(text: str) -> str | None:
    """The expression that a sentence tells, with + - * / % ( ) and digits only; None: it tells none.

    >>> told("더치페이 86400원 다섯 명이서 얼마씩"), told("12만원에서 30% 할인하고 배송비 3천원이면 얼마")
    ('86400/5', '120000*(1-30/100)+3000')
    """
    if division := _DIVIDED.fullmatch(text):
        return f"{division[1]}%{division[2]}"
    if fractions := _fractions(text):
        return fractions
    if _UNTOLD.search(text):
        return None
    said = read(text)
    currencies = {each.unit for each in said.of("M")} - {""}
    if not 1 <= len(said.quantities) <= _MOST or len(currencies) > 1 or not said.is_whole:
        return None
    for words, make, decides in _QUESTIONS:
        if words.search(said.text) and ((sum := make(said)) or decides):
            return sum
    return None


_DIVIDED = re.compile(r"\D*([0-9]+)\s?(?:나누기|÷|/)\s?([0-9]*[1-9][0-9]*)\D*나머지\D*")
_FRACTION = r"([0-9]+|[일이삼사오육칠팔구십]+)\s?분의\s?([0-9]+|[일이삼사오육칠팔구십]+)"
_TWO_FRACTIONS = re.compile(
    rf"\D*{_FRACTION}(?:이?랑|하고|과|와|에다?가?|에서|을|를|,)?\s*{_FRACTION}(?:을|를)?\s*(\S*)\D*"
)
_VERBS = (("더|합|보태", "+"), ("빼|뺀|뺄", "-"), ("곱", "*"), ("나누|나눈|나눠", "/"))


def _fractions(text: str) -> str | None:
    """ "5분의 2랑 4분의 3 더하면"."""
    found = _TWO_FRACTIONS.fullmatch(text)
    if not found:
        return None
    values = [number(said) for said in found.groups()[:4]]
    sign = next((sign for verbs, sign in _VERBS if re.match(verbs, found[5])), "")
    if not sign or None in values:
        return None
    return "({1}/{0}){sign}({3}/{2})".format(*(format(value, "f") for value in values if value is not None), sign=sign)


def _alike(said: Told) -> bool:
    """Whether all its numbers count the same."""
    units = {each.scaled[0] for each in said.quantities} - {"", "원"}
    return len(set(said.shape)) == 1 and len(units) <= 1


# ---- percentages ---------------------------------------------------------------------------------

_EARLIER = re.compile(r"작년|지난|원래|정가|예전|이전|전달|전에|저번")
_UP = r"오른|올랐|오르|올라|늘|증가|상승|성장|인상|뛴|뛰었"
_DOWN = r"깎|할인|싸|빠진|빠졌|떨어|세일|내린|내려|내렸|줄|감소|하락"


def _change(said: Told) -> tuple[Quantity, Quantity] | None:
    """What it was and what it is; as they are told, where no word says which was first."""
    if len(said.quantities) != 2 or not _alike(said):
        return None
    first, second = said.quantities
    if _EARLIER.search(first.before):
        return first, second
    return (second, first) if _EARLIER.search(second.before) else (first, second)


def _fall(said: Told) -> str | None:
    """How many percent less the later is than the earlier."""
    earlier, later = _change(said) or (None, None)
    return f"(1-{later}/{earlier})*100" if earlier and later and later.value < earlier.value else None


def _rise(said: Told) -> str | None:
    earlier, later = _change(said) or (None, None)
    return f"({later}/{earlier}-1)*100" if earlier and later and later.value > earlier.value > 0 else None


_WHOLE = re.compile(r"\S{0,3}\s?(?:의|중|가운데|만점)")


def _share(said: Told) -> str | None:
    """How many percent one is of another: of the one that 의, 중 or 만점 follows, else of the larger."""
    if len(said.quantities) != 2 or said.of("P") or re.search(r"남[아는은을았]", said.text):
        return None
    first, second = said.quantities
    named = next((each for each in said.quantities if _WHOLE.match(each.after)), None)
    whole = named or max(said.quantities, key=lambda each: each.value)
    part = second if whole is first else first
    if named is None and ("G" in said.shape or re.search(r"농도|비율|대비", said.text)):
        return None  # 소금 20g 물 180g
    is_told = part.value <= whole.value or (named is second and second.after.lstrip().startswith("의"))
    return f"{part}/{whole}*100" if part.value > 0 and is_told else None


def _won(said: Told) -> str | None:
    """What part of the games was won."""
    found = re.search(r"승\s?(\d+)\s?패\s?(\d+)|(\d+)\s?승\s?(\d+)\s?패", said.text)
    if not found or len(said.quantities) > 2:
        return None
    won, lost = found[1] or found[3], found[2] or found[4]
    return f"{won}/({won}+{lost})*100"


def _amount_and_share(said: Told) -> tuple[str, Quantity] | None:
    """What a percentage is taken of, and the percentage."""
    shares = said.of("P")
    if len(shares) != 1 or shares[0].per or said.of("TDWOYB"):
        return None
    rest = [each for each in said.quantities if each.kind != "P"]
    whole = str(rest[0]) if len(rest) == 1 else amount(rest)
    return (whole, shares[0]) if whole else None


def _of(said: Told) -> str | None:
    both = _amount_and_share(said)
    return f"{both[0]}*{both[1]}/100" if both else None


def _less(said: Told) -> str | None:
    both = _amount_and_share(said)
    return f"{both[0]}*(1-{both[1]}/100)" if both else None


def _before_discount(said: Told) -> str | None:
    both = _amount_and_share(said)
    return f"{both[0]}/(1-{both[1]}/100)" if both else None


# ---- tax and interest ----------------------------------------------------------------------------

_SUM = r"[\d.,만천백억\s]+원?"
_TAX_IN = re.compile(
    rf"포함\S*\s?(?:가격|금액|값|총액)?\S{{0,2}}\s?{_SUM}(?:인데|이면|면|에서)|\d\s?[만천]?\s?원?(?:이|은|가)?\s?\S{{0,3}}\s?(?:가|를)?"
    r"\s?(?:포함(?:된|한|인)|들어간|낀)"
)
_NET = re.compile(r"공급가|원래|빼|뺀|제외|순수")
_GROSS = re.compile(r"붙|더하|더해|얹|별도|따로|추가|포함\s?(?:하[면고]|해\s|해주|시키|되|얼마|총|가격|금액)|포함\W*$")
_TAX_ALONE = re.compile(r"(?:부가세|세금|vat)(?:만|가|는|이)?\s?(?:얼마|몇)", re.IGNORECASE)


def _taxed(said: Told) -> str | None:
    """With the value added tax, or without; 10 percent where nothing else is said."""
    shares, prices = said.of("P"), [each for each in said.quantities if each.kind != "P"]
    whole, rate = amount(prices), str(shares[0]) if shares else "10"
    if not whole or len(shares) > 1 or _TAX_ALONE.search(said.text):
        return None
    is_net = re.search(r"공급가\S{0,2}\s*$", prices[0].before) is not None
    if not is_net and _TAX_IN.search(said.text):
        return f"{whole}/(1+{rate}/100)" if _NET.search(said.text) else None
    return f"{whole}*(1+{rate}/100)" if is_net or _GROSS.search(said.text) else None


_NOT_ALONE = re.compile(
    r"적금|세금|과세|상환|갚|복리|원리금|합쳐|합해|포함|만기|매달|매월|(?<!이자)(?<!이자[가는만은])\s얼마\s?(?:가\s)?(?:돼|되|받)"
)
_A_MONTH = re.compile(r"달에|월에|월 이자")


def _interest(said: Told) -> str | None:
    """A year's interest on a sum, or that of some months; of several years where it is said to be simple."""
    money, shares, lengths = said.of("M"), said.of("P"), said.of("OY")
    if said.asked and said.asked.kind in "OY":
        lengths = [*lengths, said.asked]
    if _NOT_ALONE.search(said.text) or not len(money) == len(shares) == 1 or len(lengths) > 1:
        return None
    others = set(said.shape) - set("MPOY")
    if others or money[0].value < 10_000 or shares[0].per not in ("", "Y"):
        return None
    year = f"{money[0]}*{shares[0]}/100"
    if not lengths:
        return None if _A_MONTH.search(said.text) else year
    length = lengths[0]
    if length.kind == "O":
        return f"{year}/12" if length.value == 1 else f"{year}*{length}/12"
    return year if length.value == 1 else f"{year}*{length}" if "단리" in said.text else None


# ---- figures -------------------------------------------------------------------------------------


def _sides(said: Told, many: int) -> list[str] | None:
    """The lengths of a figure's sides, all in one unit; None where the area is asked for in another."""
    units = {each.unit for each in said.quantities} - {""}
    if len(said.quantities) != many or len(units) > 1 or said.of("PNDWOYB"):
        return None
    return None if re.search(r"몇\s?평|평수|평당|헥타르|에이커", said.text) else [str(each) for each in said.quantities]


def _rectangle(said: Told) -> str | None:
    sides = _sides(said, 2)
    return ("2*(" + "+".join(sides) + ")" if "둘레" in said.text else "*".join(sides)) if sides else None


def _box(said: Told) -> str | None:
    return "*".join(_sides(said, 3) or ()) or None


def _triangle(said: Told) -> str | None:
    sides = _sides(said, 2)
    return "{}*{}/2".format(*sides) if sides else None


def _square(said: Told) -> str | None:
    sides = _sides(said, 1)
    return f"{sides[0]}*{'4' if '둘레' in said.text else sides[0]}" if sides else None


def _circle(said: Told) -> str | None:
    """From the radius or the diameter; with the 3.14 of the sentence where it has one."""
    pi = next((str(each) for each in said.quantities if Decimal("3.1") < each.value < Decimal("3.2")), "3.14159")
    sizes = [str(each) for each in said.quantities if str(each) != pi]
    if len(sizes) != 1 or said.of("MPNDWOYB") or re.search(r"몇\s?평|평수", said.text):
        return None
    across = "지름" in said.text.replace("반지름", "")
    if re.search(r"둘레|원주", said.text):
        return f"{sizes[0]}*{pi}" if across else f"2*{sizes[0]}*{pi}"
    return f"({sizes[0]}/2)**2*{pi}" if across else f"{sizes[0]}**2*{pi}"


# ---- of two or more alike ------------------------------------------------------------------------


def _average(said: Told) -> str | None:
    found = said.quantities
    if len(found) < 2 or not _alike(said) or any("평균" in each.before for each in found[1:]):
        return None
    return f"({'+'.join(map(str, found))})/{len(found)}"


def _difference(said: Told) -> str | None:
    if len(said.quantities) != 2 or not _alike(said) or said.of("PTDWOY"):
        return None
    less, more = sorted(said.quantities, key=lambda each: each.value)
    return f"{more}-{less}" if more.value > less.value else None


def _range(said: Told) -> str | None:
    """ "1부터 100까지 다 더하면"."""
    ends = said.quantities
    if len(ends) != 2 or any(each.kind not in "XM" or each.value != int(each.value) for each in ends):
        return None
    first, last = ends
    return f"({first}+{last})*({last}-{first}+1)/2" if first.value < last.value else None


def _rest(said: Told) -> str | None:
    """What remains of one when it is shared among the other: "17을 5로 나눈 나머지"."""
    if len(said.quantities) != 2 or said.of("PB") or any(each.value != int(each.value) for each in said.quantities):
        return None
    first, second = said.quantities
    among = [
        each for each in said.quantities if each.kind == "N" or re.match(r"\s*(?:으?로|에\s|한테|에게)", each.after)
    ]
    return f"{first}%{second}" if among == [second] and second.value else None


def _packed(said: Told) -> str | None:
    """How many times so much of it goes: "수건 120장을 8장씩 묶으면 몇 묶음"."""
    if len(said.quantities) != 2:
        return None
    whole, part = said.quantities if said.quantities[1].per else said.quantities[::-1]
    (what, much), (other, less) = whole.scaled, part.scaled
    is_told = what and what == other and part.per and not whole.per and much > less > 0
    return f"{figures(much)}/{figures(less)}" if is_told else None


def _in_proportion(said: Told) -> str | None:
    """So much of it at a price for another amount: "100그램에 2680원 1.3키로 사면"."""
    row = [*said.quantities, said.asked] if said.asked else [*said.quantities]
    if [each.kind for each in row if each] not in (["G", "M", "G"], ["C", "M", "C"]):
        return None
    sold, price, wanted = (each for each in row if each)
    (what, much), (other, more) = sold.scaled, wanted.scaled
    is_told = what and what == other and not price.per and (said.asked or sold.after.strip().startswith("에"))
    return f"{price}/{figures(much)}" + (f"*{figures(more)}" if more != 1 else "") if is_told else None


def _doubled(said: Told) -> str | None:
    times, rest = said.of("B"), [each for each in said.quantities if each.kind != "B"]
    return f"{rest[0]}*{times[0]}" if len(rest) == len(times) == 1 and rest[0].kind in "MX" else None


def _halved(said: Told) -> str | None:
    one = len(said.quantities) == 1 and not said.of("P")
    return f"{said.quantities[0]}{'/2' * len(re.findall('절반', said.text))}" if one else None


def _over_and_over(said: Told) -> str | None:
    """ "1.05를 다섯 번 곱한 수"."""
    if len(said.quantities) != 2:
        return None
    base, many = said.quantities
    return f"{base}**{many}" if many.unit == "번" and 2 <= many.value <= 20 and base.kind in "XM" else None


def _at_a_speed(said: Told) -> str | None:
    """How many hours a way takes."""
    speeds = [each for each in said.quantities if re.search(r"시속\s*$", each.before)]
    ways = [each for each in said.quantities if each not in speeds and each.unit in ("키로", "킬로", "km", "킬로미터")]
    return f"{ways[0]}/{speeds[0]}" if len(said.quantities) == 2 and len(speeds) == len(ways) == 1 else None


def _nothing(said: Told) -> None:
    """What can be read in two ways."""


# ---- which it is ---------------------------------------------------------------------------------

_Make = Callable[[Told], str | None]
_DISCOUNTED = r"(?:할인|세일)(?:해서|된|받아서|하고|한\s)|깎아서|깎은"
_PRICE_BEFORE = r"(?:원래|정가|할인 전)"

# Words, what they ask for, and whether nothing else can be meant where the numbers make no such sum.
_QUESTIONS: tuple[tuple[re.Pattern[str], _Make, bool], ...] = tuple(
    (re.compile(words, re.IGNORECASE), make, decides)
    for words, make, decides in (
        (r"나[눈누눌].*나머지|(?:똑같이|나누|나눠).*몇\s?\S{1,2}\s?남", _rest, True),
        (r"평균", _average, False),
        (rf"{_PERCENT}.*(?:{_DOWN})|(?:{_DOWN}).*{_PERCENT}|(?:할인|감소|하락)율", _fall, True),
        (rf"{_PERCENT}.*(?:{_UP})|(?:{_UP}).*{_PERCENT}|(?:증가|상승|성장|인상|수익)[율률]", _rise, True),
        (r"승.*패.*(?:몇|승률)", _won, True),
        (rf"{_PERCENT}|\S[율률](?:은|이|좀)?\s?(?:얼마|몇)", _share, True),
        (r"부가세|vat", _taxed, True),
        (r"이자|이율|금리|연리", _interest, True),
        (r"(?:부터|에서).*까지.*(?:더하|더해|합)", _range, True),
        (r"(?:원|동그라미)(?:의)?\s*(?:넓이|면적|둘레)|반지름|지름", _circle, True),
        (r"삼각형.*(?:넓이|면적)|밑변", _triangle, True),
        (r"정사각형.*(?:넓이|면적|둘레)", _square, True),
        (r"(?:가로|세로).*(?:부피|높이|깊이)", _box, True),
        (r"(?:가로.*세로|세로.*가로|직사각형).*(?:넓이|면적|둘레)", _rectangle, True),
        (r"시속", _at_a_speed, True),
        (
            r"차이|터울|차액|(?:얼마나?|몇\s?\S{1,3})\s(?:더(?!\s?들어|\s?벌)|덜|큰|많|적|비싸|크|작)|되려면\s?몇|모자라",
            _difference,
            True,
        ),
        (r"사면|얼마", _in_proportion, False),
        (r"며칠|메칠|몇\s?\S{1,3}", _packed, False),
        (r"번 곱", _over_and_over, True),
        (r"배", _doubled, False),
        (r"절반", _halved, True),
        (rf"(?:{_DISCOUNTED}).*{_PRICE_BEFORE}|{_PRICE_BEFORE}\S*\s?(?:값|가격)?\S*\s?얼마", _before_discount, True),
        (
            r"(?:%|퍼|프로|퍼센트)\S{0,2}\s?\S{0,4}(?:서|된|진|른)\s[^0-9]{0,8}[0-9]",
            _nothing,
            True,
        ),  # it is in the price
        (
            r"(?:팁|세금|수수료|할인액|할인 금액|적립금|계약금|보증금)(?:만|이|은|가)?\s?(?:얼마|몇)"
            r"|얼마(?:나|를|씩|가)?\s?(?:빠지|빠져|할인|깎|아끼|적립|떼|넣|빼)",
            _of,
            True,
        ),
        (r"중에?\s.*나머지", _less, True),
        (r"", in_steps, False),
        (
            r"\d\s?(?:%|프로|퍼센트|퍼)(?:만|는|은)?\s?\S{0,8}\s?(?:얼마(?!\s?남)|부담|내)"
            r"|(?:수분|염분|적립|세|요|수수료)[율률](?:이|은)?\s?\d|의\s?\d",
            _of,
            True,
        ),
    )
)
