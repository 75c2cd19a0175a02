"""계산: a sum in digits or in words, reckoned by simpleeval: no names, no functions, nothing that runs away."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from fractions import Fraction
from math import log10
from operator import add, mul, sub, truediv

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval  # type: ignore[import-untyped]

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.informal import longest
from bot.korean.arithmetic import expression
from bot.korean.numbers import find_number
from bot.korean.wordsums import told
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind

_LONGEST = 200  # characters of a sum
_LARGEST = 10**30
_MOST_DIGITS = 1_000  # of a power on the way: simpleeval's own bound lets one hold the event loop for seconds
SUM = Kind("sum", lambda text: len(text) <= _LONGEST and expression(text) is not None)


def answer(scene: Scene, call: Call) -> Reply:
    asked = call.args.get("sum") or call.args.get("text") or ""
    if not asked:
        return Reply(scene.locale("calc_what"), expect=Expect(Call("calc"), "sum"))
    sum = expression(asked) if len(asked) <= _LONGEST else None
    if sum is None:
        return Reply(scene.locale("calc_unread"))
    if rest := _REMAINDER.fullmatch(sum):
        whole, among = int(rest[1]), int(rest[2])
        times, left = divmod(whole, among)
        return Reply(scene.locale("calc_rest", whole=whole, among=among, times=f"{times:,}", rest=f"{left:,}"))
    if fractions := _FRACTIONS.fullmatch(sum):
        return Reply(scene.locale("calc", sum=_shown_fractions(sum), value=_in_fractions(*fractions.groups())))
    try:
        value = _reckoned(_without_percent(sum))
    except ZeroDivisionError:
        return Reply(scene.locale("calc_by_zero"))
    except (InvalidExpression, ArithmeticError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Reply(scene.locale("calc_unread"))
    return Reply(scene.locale("calc", sum=_shown_sum(sum), value=value), literal=True)


_REMAINDER = re.compile(r"([0-9]{1,18})%([0-9]{0,17}[1-9][0-9]{0,17})")
_FRACTIONS = re.compile(r"\(([0-9]{1,6})/([1-9][0-9]{0,5})\)([-+*/])\(([1-9][0-9]{0,5})/([1-9][0-9]{0,5})\)")
_ON_FRACTIONS = {"+": add, "-": sub, "*": mul, "/": truediv}


def _in_fractions(one: str, first: str, sign: str, other: str, second: str) -> str:
    """ "7/12 (0.583333)"."""
    value: Fraction = _ON_FRACTIONS[sign](Fraction(int(one), int(first)), Fraction(int(other), int(second)))
    return f"{value} ({shown(float(value))})" if value.denominator > 1 else str(value)


def _shown_fractions(sum: str) -> str:
    return re.sub(r"\)([-+*/])\(", r" \1 ", sum).strip("()").replace(" * ", " × ").replace(" / ", " ÷ ")


# "100-30%" takes 30% of the hundred, as a pocket calculator does; "17%5" is a remainder.
_BY_A_SHARE = re.compile(r"([\d.+\-*/]+)([+-])([\d.]+)%")
_SHARE = re.compile(r"([\d.]+)%(?![\d.(])")


def _without_percent(sum: str) -> str:
    by_a_share = _BY_A_SHARE.fullmatch(sum)
    whole = "({})*(1{}{}/100)".format(*by_a_share.groups()) if by_a_share else sum
    return _SHARE.sub(r"(\1/100)", whole)


def _reckoned(sum: str) -> str:
    """Raises what simpleeval raises, and OverflowError for what nobody would read."""
    value = SimpleEval(operators=_OPERATORS, functions={}, names={}).eval(sum)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidExpression("no number")
    if value != value or abs(value) > _LARGEST:
        raise OverflowError
    return shown(float(value)) if isinstance(value, float) else f"{value:,}"


def _power(base: complex, exponent: complex) -> complex:
    """Raises OverflowError before it reckons a number of too many digits."""
    if abs(base) > 1 and abs(exponent) * log10(abs(base)) > _MOST_DIGITS:
        raise OverflowError
    return base**exponent


_OPERATORS = {**DEFAULT_OPERATORS, ast.Pow: _power}


def shown(value: float) -> str:
    """A number for people: thousands apart, and no more digits behind the point than its size makes sense of."""
    digits = 6 if abs(value) < 1 else 4 if abs(value) < 1000 else 2
    text = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return f"{value:.6g}" if text in ("0", "-0") and value else text


_OPERATOR = re.compile(r"(?<=[\d.)%])[+\-*/]")  # what stands behind anything else is a number's sign


def _shown_sum(sum: str) -> str:
    """With blanks round what joins two numbers, none behind a sign: "-3 + 5"."""
    plain = re.sub(r"\((\d+(?:\.\d+)?)\)", r"\1", sum.replace("**", "^"))
    spaced = _OPERATOR.sub(r" \g<0> ", plain)
    return spaced.replace("*", "×").replace("/", "÷")


# What a sum that stands in a sentence may only be a part of: "17을 5로 나눈 나머지", "원주율 곱하기 5제곱".
_MORE = re.compile(
    r"나머지|평균|퍼|프로|%|곱하기|더하기|나누기|빼기|파이|원주율|비율|지점|떼|뗀|빼|뺀|할인|깎|공제|붙|올[라려리]|오르"
)
_SIGNED = re.compile(r"[0-9)]\s*(?:[-+*/×÷^x]|곱하기|더하기|나누기|빼기)\s*[(0-9]")
_SENTENCE_ENDS = re.compile(r"(?:면|냐|나|혀|해|요|지|다|까|[?.!,:])\s*$")


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    """A sum as it stands where the sentence has no number besides; else the one that is told."""
    sum = longest(text, SUM)
    before, _, behind = text.partition(sum) if sum else (text, "", "")
    alone = bool(sum) and not find_number(before) and not find_number(behind) and not _MORE.search(f"{before} {behind}")
    if not alone:
        sum = told(text) or (sum if _stands_apart(sum, before, behind) else "")
    return {"sum": sum} if sum else None  # any other sum in words is the model's


def _stands_apart(sum: str, before: str, behind: str) -> bool:
    """Whether it is written in signs behind what it is for: "144fps면 한 프레임당 몇 ms냐 1000/144"."""
    signed = _SIGNED.search(sum) is not None and not find_number(behind) and not _MORE.search(behind)
    return signed and _SENTENCE_ENDS.search(before) is not None


COMMAND = Command(
    name="calc",
    korean="계산",
    about={"ko": "계산해 줘요 (더하기, 빼기, 곱하기, 나누기, 퍼센트, 제곱)", "en": "Do sums"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    sure=0.7,
    examples=("3 곱하기 7은?", "/calc 12*(3+4)", "128*37 계산해줘", "만오천원 나누기 3", "45,000원의 15퍼센트"),
    slots=(Slot("sum", "식", {"ko": "계산할 식: 12*(3+4)", "en": "A sum: 12*(3+4)"}, required=True, kind=SUM),),
)
