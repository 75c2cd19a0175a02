"""계산: a sum in digits or in words, reckoned by simpleeval: no names, no functions, nothing that runs away."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from math import log10

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval  # type: ignore[import-untyped]

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.informal import longest
from bot.korean.arithmetic import expression
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
    try:
        value = _reckoned(_without_percent(sum))
    except ZeroDivisionError:
        return Reply(scene.locale("calc_by_zero"))
    except (InvalidExpression, ArithmeticError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Reply(scene.locale("calc_unread"))
    return Reply(scene.locale("calc", sum=_shown_sum(sum), value=value), literal=True)


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


_FIGURE = re.compile(r"\d[\d,.]*")
_MORE = re.compile(r"나머지|퍼|프로|%")


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    """A sum as it stands, unless it is a part of one that is told: "17을 5로 나눈 나머지"."""
    sum = longest(text, SUM)
    figures = len(_FIGURE.findall(text))
    if sum and len(_FIGURE.findall(sum)) == figures and not _MORE.search(text):
        return {"sum": sum}
    sum = told(text) or sum
    return {"sum": sum} if sum else None  # any other sum in words is the model's


COMMAND = Command(
    name="calc",
    korean="계산",
    about={"ko": "계산해 줘요 (더하기, 빼기, 곱하기, 나누기, 퍼센트, 제곱)", "en": "Do sums"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    examples=("3 곱하기 7은?", "/calc 12*(3+4)", "128*37 계산해줘", "만오천원 나누기 3", "45,000원의 15퍼센트"),
    slots=(Slot("sum", "식", {"ko": "계산할 식: 12*(3+4)", "en": "A sum: 12*(3+4)"}, required=True, kind=SUM),),
)
