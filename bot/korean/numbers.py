"""Numbers as Koreans write them: 열두, 만오천, 3만 5천, 1,250.5.

Two sets of words live side by side. Native ones count up to ninety-nine (하나, 열두, 스물다섯); Sino-Korean ones have
places (삼백이십) and, every four places, a myriad (만, 억, 조). Digits mix with the second set (3만 5천). After a round
hundred a native number may follow (백하나). Blanks inside count for nothing, but never join two runs of digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

# Words by value, those of one value beside each other; 여덜 is how many spell it.
_ONES_BY_VALUE = ("하나|한", "둘|두", "셋|세|석", "넷|네|넉", "다섯", "여섯", "일곱", "여덟|여덜", "아홉")
_TENS_BY_VALUE = ("열", "스물|스무", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_DIGITS_BY_VALUE = ("영", "일", "이", "삼", "사", "오", "육|륙", "칠", "팔", "구")
_ONES = {word: value for value, words in enumerate(_ONES_BY_VALUE, 1) for word in words.split("|")}
_TENS = {word: 10 * value for value, words in enumerate(_TENS_BY_VALUE, 1) for word in words.split("|")}
_DIGITS = {word: value for value, words in enumerate(_DIGITS_BY_VALUE) for word in words.split("|")}
_PLACES = {"십": 10, "백": 100, "천": 1_000}
_MYRIADS = {"만": 10**4, "억": 10**8, "조": 10**12}
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_LONGEST = 60  # characters; nobody writes a number longer than this, and the work stays bounded

_DOZENS = {f"열{one}" for one in _ONES} - {"열세", "열석"}  # 열세 is an inferior strength as often

# A run of digits is one figure, however it might be cut: trying each cut takes forever where the text is no number.
_FIGURES = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)(?![0-9])"
_SINO = rf"{_FIGURES}|[{''.join((*_DIGITS, *_PLACES, *_MYRIADS))}]"
_NATIVE = rf"(?P<tens>{'|'.join(_TENS)})?(?P<ones>{'|'.join(_ONES)})?"
_WHOLE = re.compile(rf"(?P<sino>(?:{_SINO})*){_NATIVE}")
_TOKEN = re.compile(_SINO)

_WORD = rf"{'|'.join((*_TENS, *_ONES))}|{_SINO}"  # 일곱 before 일
_RUN = re.compile(
    rf"(?:(?<![^\s(])-(?=[0-9]))?(?:(?<![0-9])(?<![0-9][.,])(?=[0-9])|(?<![가-힣0-9A-Za-z]))(?:{_WORD})(?:\s?(?:{_WORD}))*"
)
# What is counted with number words. Short words are numbers before these only: 두 사람, 만 원, 오층.
_COUNTER = re.compile(
    r"\s?(?:개월|개|명|분|원|번|마리|시간|시|초|일|월|년|달|주|잔|권|장|대|살|평|쌍|켤레|그릇|병|박스|층|배|도|회|인분|가지"
    r"|사람|달러|유로|엔|위안|파운드|킬로|그램|미터|센티|리터|인치|마일|퍼센트|프로|근|돈|되|말|자루|송이|다발|판|통|곡|쪽|줄)"
)
# One syllable with a counter that makes no other word of it: not 이번, 사원, 만일, 천장, 세대, 두통.
_COUNTER_OF_A_DIGIT = re.compile(r"개월|층|인분|킬로|그램|퍼센트|달러")
_COUNTER_OF_A_PLACE = re.compile(r"\s?(?:원|명|개|달러|유로|엔|위안|평|킬로|그램|미터|마리)")
_COUNTER_OF_ONE = re.compile(r"\s|개|명|번|마리|시간|시|달|잔|권|살|병|그릇|사람|가지|쌍|켤레|송이|자루|판")
_GOES_ON = re.compile(r"[십백천만]")  # "12만 8만5천": two numbers, not 120008 and what is left
_TWO_NUMBERS = re.compile(rf"[0-9].*\s(?:{'|'.join((*_TENS, *_ONES))})|.*[십백천만]\s[0-9]{{1,2}}$")  # "2천 네 명"
_LONE_DIGIT = re.compile(r"[0-9][십백천만억조]\s[일이삼사오육칠팔구]$")  # "742만 이번 달"
_OPEN = re.compile(r"[^가-힣0-9A-Za-z]|$")


class Found(NamedTuple):
    """A number in a text: text[start:end] is how it was written."""

    value: Decimal
    start: int
    end: int


def number(text: str) -> Decimal | None:
    """What a text says when all of it is one number; None when it is anything else ("반", "3 5", "수백").

    >>> number("십이만 삼천오백"), number("1,250.5"), number("열두")
    (Decimal('123500'), Decimal('1250.5'), Decimal('12'))
    """
    plain = text.strip().translate(_WIDE)
    if len(plain) > _LONGEST or re.search(r"[0-9]\s+[0-9]", plain):
        return None
    bare = "".join(plain.removeprefix("-").split())
    parts = _WHOLE.fullmatch(bare)
    if parts is None or not bare or (plain.startswith("-") and not bare[0].isdigit()):
        return None
    value = _mixed(parts)
    return value.copy_negate() if value is not None and plain.startswith("-") else value


def find_number(text: str, start: int = 0) -> Found | None:
    """The first number at or after `start`, as long as it reads on ("3만 5천원" gives 35000).

    Digits count wherever they stand. Words count at the beginning of a word, before a blank, a sign or a counter
    (세 개, 만오천원); short ones that may be other words (한, 만, 이만, 천사) before a counter only.
    """
    plain = text.translate(_WIDE)
    at = start
    while run := _RUN.search(plain, at):
        if found := _longest(plain, run.start(), min(run.end(), run.start() + _LONGEST)):
            return found
        at = run.start() + 1
    return None


def _longest(text: str, start: int, end: int) -> Found | None:
    """The longest number that begins at `start` and ends no later than `end`."""
    for last in range(end, start, -1):
        written = text[start:last]
        if written[-1].isspace():
            continue
        value = number(written)
        if value is not None and _ends_well(text, written, last):
            return Found(value, start, last)
    return None


def _ends_well(text: str, written: str, end: int) -> bool:
    if _TWO_NUMBERS.match(written):
        return False
    if written[-1] in "0123456789":
        return not text[end : end + 1].isdigit() and not _GOES_ON.match(text, end)
    if _LONE_DIGIT.search(written):
        return _COUNTER_OF_A_DIGIT.match(text, end) is not None
    if written[0] in "-0123456789" and written[-1] in _MYRIADS | _PLACES:
        return True
    if written in _DIGITS:
        return _COUNTER_OF_A_DIGIT.match(text, end) is not None
    if written in _PLACES or written in _MYRIADS:
        return _COUNTER_OF_A_PLACE.match(text, end) is not None
    if _COUNTER.match(text, end) and (len(written) > 1 or _COUNTER_OF_ONE.match(text, end)):
        return True
    # 이만, 만일, 천사, 사천: words of two Sino-Korean syllables are as often something else
    sure = len(written) > 2 or written in _ONES or written in _TENS or written in _DOZENS
    return sure and len(written) > 1 and _OPEN.match(text, end) is not None


def _mixed(parts: re.Match[str]) -> Decimal | None:
    sino, tens, ones = parts["sino"], parts["tens"], parts["ones"]
    if not tens and not ones:
        return _myriads(_TOKEN.findall(sino))
    native = Decimal(_TENS.get(tens, 0) + _ONES.get(ones, 0))
    if not sino:
        return native if not (tens == "스무" and ones) else None
    head = _myriads(_TOKEN.findall(sino))
    is_round = head is not None and sino[-1] in "백천만억조" and head < 10**16 and head % 100 == 0
    return head + native if head is not None and is_round else None


def _myriads(tokens: Sequence[str]) -> Decimal | None:
    """Sections of four places, each before its 조, 억 or 만, in falling order."""
    total, ceiling = Decimal(0), Decimal(10**16)
    section: list[str] = []
    for token in tokens:
        if token not in _MYRIADS:
            section.append(token)
            continue
        unit = _MYRIADS[token]
        count = _section(section) if section else _lone(token, total)
        if not count or count * unit >= ceiling:
            return None
        total, ceiling, section = total + count * unit, Decimal(unit), []
    rest = _section(section) if section else Decimal(0)
    if not total or rest is None:
        return rest  # a lone run of digits may be as long as it likes, and is not rounded
    return total + rest if rest < ceiling else None


def _lone(myriad: str, total: Decimal) -> Decimal | None:
    """만 alone is ten thousand; 억 and 조 alone are no numbers, nor is a myriad right after another."""
    return Decimal(1) if myriad == "만" and not total else None


def _section(tokens: Sequence[str]) -> Decimal | None:
    """천, 백, 십 in falling order, each with an optional digit before it, and a last digit."""
    total, ceiling = Decimal(0), 10_000
    held: Decimal | None = None
    for token in tokens:
        place = _PLACES.get(token)
        if place is None and held is not None:
            return None  # two digits side by side: 일이, 3이
        if place is None:
            held = Decimal(_DIGITS[token]) if token in _DIGITS else Decimal(token.replace(",", ""))
            continue
        if place >= ceiling or held == 0:
            return None
        total, ceiling, held = total + (1 if held is None else held) * place, place, None
    if held is None:
        return total
    if not total:
        return held
    return total + held if 0 < held < ceiling else None
