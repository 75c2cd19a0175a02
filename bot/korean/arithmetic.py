"""Sums as people say them -> an expression in digits: "만오천원 나누기 3" is "15000/3"."""

from __future__ import annotations

import re

from bot.korean.numbers import number

# Words for signs, the longer ones first. 에서 … 빼면, 의 … 제곱 come apart: see _phrases.
_SIGNS = (
    (r"더하기|플러스|덧셈|보태기|plus", "+"),
    (r"빼기|마이너스|뺄셈|minus", "-"),
    (r"곱하기|곱셈|곱(?=\d)|times|×|✕|＊", "*"),
    (r"나누기|나눗셈|÷|／", "/"),
)
_APART = re.compile(r"(?<=\d)\s+(?=\d)(?!\d{3}(?!\d))")  # two numbers side by side: "89,000 30% 할인하면"
_BLANKS = re.compile(r"[\s,]+")
_UNITS = r"(?:원|개|명|살|점|번|대|마리|잔|병|권|장)"
_WORDS = "영일이삼사오육칠팔구십백천만억조하나둘셋넷다섯여섯일곱여덟아홉열스물서른마흔쉰예순흔든"
_NUMBER = rf"([\d.]+(?![\d.])|[\d.{_WORDS}]+?(?![\d.])){_UNITS}?"
_EXPRESSION = re.compile(r"[\d.+\-*/()%^]+")
_TAIL = r"(?:하면|면|을|를|은|는|이|가|한거|한값)?"

# Whole phrases whose parts stand in another order than the expression's: (pattern, expression).
_PHRASES = (
    (rf"{_NUMBER}짜리(?:가|를)?{_NUMBER}(?:를|을|사|이)?{_TAIL}", "({0})*({1})"),
    (rf"{_NUMBER}의?{_NUMBER}(?:제곱|승){_TAIL}", "({0})**({1})"),
    (rf"{_NUMBER}의?세제곱{_TAIL}", "({0})**3"),
    (rf"{_NUMBER}의?제곱{_TAIL}", "({0})**2"),
    (rf"(?:루트|제곱근){_NUMBER}{_TAIL}", "({0})**0.5"),
    (rf"{_NUMBER}의제곱근{_TAIL}", "({0})**0.5"),
    (
        rf"{_NUMBER}(?:에서|에)?{_NUMBER}(?:퍼센트|프로|%)(?:를|을)?(?:할인|세일|깎|빼|디씨|dc)(?:하|으|된|한)?(?:면|고|값|가격|금액)?",
        "({0})*(1-({1})/100)",
    ),
    (rf"{_NUMBER}(?:의|에|에서)?{_NUMBER}(?:퍼센트|프로|%){_TAIL}", "({0})*({1})/100"),
    (rf"{_NUMBER}(?:퍼센트|프로|%)of{_NUMBER}", "({0})*({1})/100"),
    (rf"{_NUMBER}에서{_NUMBER}(?:을|를)?(?:빼|뺀|뺄)(?:면|고|값|거|셈)?", "({0})-({1})"),
    (rf"{_NUMBER}(?:에다가|에다|에)?{_NUMBER}(?:을|를)?(?:더하|더한|보태|더해|합하)(?:면|고|값|거)?", "({0})+({1})"),
    (rf"{_NUMBER}(?:이랑|랑|하고|과|와)?{_NUMBER}(?:을|를)?(?:더하|더한|합치|합하)(?:면|고|값|거)?", "({0})+({1})"),
    (rf"{_NUMBER}(?:에다가|에다|에)?{_NUMBER}(?:을|를)?(?:곱하|곱한|곱해)(?:면|고|값|거)?", "({0})*({1})"),
    (
        rf"{_NUMBER}(?:을|를)?{_NUMBER}(?:으로|로|이서|서|에게|등분|명이서|명이|명으로|명한테)?(?:똑같이)?(?:나누|나눈|나눠|엔빵|더치)(?:면|고|값|거|하면)?",
        "({0})/({1})",
    ),
)
_LONGEST_TOLD = 60  # letters of a sum told in words
_FACTORIAL = re.compile(rf"{_NUMBER}의?(?:팩토리얼|팩토리알|계승){_TAIL}|(?:팩토리얼|팩토리알){_NUMBER}{_TAIL}")
_MOST_FACTORS = 25  # that are written out
_COMPILED = tuple((re.compile(pattern), form) for pattern, form in _PHRASES)


def expression(text: str) -> str | None:
    """The expression that the whole text says, with + - * / ** ( ) and digits only; None: it is no sum."""
    said = _BLANKS.sub("", _APART.sub("에", text.casefold())).rstrip("?=!.~ ")
    said = (
        re.sub(r"(?:을|를)?(?:다|모두|전부)?더하면$|(?:의|을)?(?:합|합계)(?:은|는)?$", "", said)
        if "+" in said
        else said
    )
    if factorial := _FACTORIAL.fullmatch(said):
        return _factors(factorial[1] or factorial[2])
    for pattern, form in _COMPILED if len(said) <= _LONGEST_TOLD else ():
        found = pattern.fullmatch(said)
        values = [_value(group) for group in found.groups()] if found else [None]
        if None not in values:
            return form.format(*values)
    return _plain(said)


def _factors(said: str) -> str | None:
    """ "5 팩토리얼" is the product of 5 down to 1."""
    value = number(said)
    if value is None or value != int(value) or not 2 <= value <= _MOST_FACTORS:
        return None
    return "*".join(str(factor) for factor in range(int(value), 0, -1))


def _plain(said: str) -> str | None:
    """Numbers with signs between them, in digits or words."""
    for words, sign in _SIGNS:
        said = re.sub(words, f" {sign} ", said)
    said = re.sub(rf"(?<=\d){_UNITS}", "", said)
    said = re.sub(r"(?<=[\d)])\s*[x]\s*(?=[\d(])", "*", said)
    parts = re.split(r"([+\-*/()^%])", said.replace(" ", ""))
    values = [part if part in "+-*/()^%" else _value(re.sub(f"{_UNITS}$", "", part)) for part in parts if part]
    if None in values or not any(value in ("+", "-", "*", "/", "^", "%") for value in values):
        return None
    whole = "".join(value for value in values if value)
    numbers = sum(value not in "+-*/()^%" for value in values if value)
    return whole.replace("^", "**") if numbers > 1 and _EXPRESSION.fullmatch(whole) else None


def _value(said: str | None) -> str | None:
    if not said:
        return None
    if fraction := re.fullmatch(rf"(\d+|[{_WORDS}]+)분의(\d+|[{_WORDS}]+)", said):
        below, above = (_value(part) for part in fraction.groups())
        return f"({above}/{below})" if above and below else None
    value = number(said)
    return None if value is None else format(value, "f")
