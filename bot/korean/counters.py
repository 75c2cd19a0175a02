"""What Korean numbers count: counters, measures, lengths of time; and number words written in digits before them."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from bot.korean.numbers import Found, number


class Kind(StrEnum):
    """What a number counts, as a letter, so that a row of them is compared like a word."""

    MONEY = "M"
    SHARE = "P"
    PEOPLE = "N"
    THING = "C"
    HOUR = "T"
    DAY = "D"
    WEEK = "W"
    MONTH = "O"
    YEAR = "Y"
    TIMES = "B"
    MEASURE = "G"
    NUMBER = "X"


LENGTHS = "TDWOY"  # the kinds that are lengths of time

THINGS = (
    "개|병|장|봉지|봉|캔|조각|송이|잔|팩|박스|상자|포기|포대|포|마리|권|벌|켤레|자루|단|줄|그릇|인분|번|회|콜|부|매|구|알|통|칸"
    "|건|과목|대|판|묶음|세트|바퀴|그루|다발|곡|쪽|페이지|문제|가마니|가마|손|모|끼|군데|방울|곳|컵|봉투|입|품목|좌석|자리"
)
_CLOSE = "판|통|알|장|팩|봉|병|잔|박스|상자|포|줄|조각|바퀴|그루|송이|마리|사람|명"  # often without a blank: 한판, 두명

# How a measure is written -> what is measured and how much of it that is; 킬로 alone is a weight beside weights.
_MEASURED = {
    ("g", 1): "그램 그람 g",
    ("g", 1000): "킬로그램 키로그램 kg 킬로 키로",
    ("ml", 1): "밀리리터 미리 ml cc",
    ("ml", 1000): "리터 l",
    ("m", 1): "미터 m",
    ("km", 1): "킬로미터 km",
    ("cm", 1): "센티미터 센티 센치 cm",
    ("살", 1): "살 세",
    ("보", 1): "보 걸음",
    **{(name, 1): name for name in ("근", "톤", "되", "평", "점", "분", "초", "도")},
}
MEASURES = {name: measured for measured, names in _MEASURED.items() for name in names.split()}
_SAME = {
    name: names.split()[0]
    for names in ("포 포대", "가마 가마니", "번 회", "키로 킬로 kg", "명 인 사람 인분", "개월 달")
    for name in names.split()
}

_PARTICLE = (
    r"(?:이?(?:에서|에게|에|을|를|은|는|가|의|으?로|랑|하고|과|와|도|만|씩|짜리|인데|라면|면|고|야|예요|에요|요|임|까지|부터|보다|정도|쯤"
    r"|어치|나|대|당|니까|여|믄|마|지|꺼|치|동안|간|서|하면|한테|중|됐|되|된|내|쓰|받|사|였|었|라서|라고|래)|이(?![가-힣])|인(?:데|\W))"
)
_UNITS: tuple[tuple[Kind, str], ...] = (
    (Kind.SHARE, r"퍼센트|퍼센티지|프로(?!젝|그)|퍼(?!즐)|%"),
    (Kind.MONTH, r"개월|달(?!러|라)"),
    (Kind.MONEY, r"원(?!룸|짜\b)|달러|달라|불|유로|엔|위안|바트"),
    (Kind.PEOPLE, r"명|사람|식구|가족|집(?=이|에|으로|$|\s)|남매|등분|인(?=이서|이\s|가족|당|\s?분의)"),
    (Kind.HOUR, r"시간"),
    (
        Kind.MEASURE,
        rf"(?!분기|분의|분에서|평균|평점|점수|세트|세전|도합)(?:{'|'.join(sorted(MEASURES, key=len, reverse=True))})",
    ),
    (Kind.THING, THINGS),
    (Kind.DAY, r"일(?!부|반|등)|날|박(?!스)"),
    (Kind.WEEK, r"주일|주(?!식|소|문)"),
    (Kind.YEAR, r"년|해"),
    (Kind.TIMES, r"배(?=[로는가를의면]|\W|이|$)"),
)
_UNIT = re.compile(
    rf"\s?(?:{'|'.join(f'(?P<{kind.name}>{words})' for kind, words in _UNITS)})"
    rf"(?:(?<=원)|(?<=[a-z%])(?![a-z])|(?![가-힣])|(?={_PARTICLE}))",
    re.IGNORECASE,
)
_OTHER = re.compile(rf"(?!{_PARTICLE})[가-힣A-Za-z]{{1,4}}")
_LABEL = re.compile(
    r"\s?(?:월(?!급|세|치)|학년|반(?![가-힣])|층|호|동(?![가-힣])|번째|등(?![분가])|대째|단지|기$|(?:원\s?)?단위)"
)


def counted(text: str, found: Found) -> tuple[Kind | None, str, int]:
    """The kind, the unit and where it ends; no kind: the number only names something, like 8월, 3학년 and 2024년."""
    if _LABEL.match(text, found.end) or (found.value > 1900 and re.match(r"\s?년", text[found.end :])):
        return None, "", found.end
    if unit := _UNIT.match(text, found.end):
        name = unit.lastgroup or ""
        if unit[name] == "도" and found.value >= 1000:  # the particle: "38,900도 더해줘"
            return Kind.NUMBER, "", found.end
        return Kind[name], unit[name].casefold(), unit.end()
    if other := _OTHER.match(text, found.end):
        return Kind.MEASURE, other[0].casefold(), other.end()
    return Kind.NUMBER, "", found.end


def are_same(one: str, other: str) -> bool:
    """Whether two units are one: 포 and 포대."""
    return _SAME.get(one, one) == _SAME.get(other, other)


def in_smallest(value: Decimal, unit: str) -> tuple[str, Decimal]:
    """What is measured and how much of it: 1.3키로 is 1300 g."""
    name, factor = MEASURES.get(unit.casefold(), (_SAME.get(unit, unit), 1))
    return name, value * factor


# ---- number words in digits ----------------------------------------------------------------------

_DAYS = ("하루", "이틀", "사흘", "나흘", "닷새", "엿새", "이레", "여드레", "아흐레", "열흘")
_HEADS = ("둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉", "열")
_WHOLE_WORD = r"(?:치|간)?(?![가-힣])|(?=(?:이면|이믄|에|을|를|은|는|이|씩|동안|짜리|만|도)(?![가-힣]{3}))"
_LENGTH_WORDS = (
    ("하룻밤", "1일"),
    *((rf"{day}(?:{_WHOLE_WORD})", f"{many}일 ") for many, day in enumerate(_DAYS, 1)),
    (r"보름(?!달)", "15일 "),
    (r"(?:일주일|한\s?주)(?!문)", "1주 "),
    (r"한\s?달", "1개월 "),
    (r"(?:일\s?년|한\s?해)", "1년 "),
    (r"반\s?년", "6개월 "),
)
_PEOPLE_WORDS = (
    (r"(?:둘|셋|넷|다섯)하고\s(?=(?:셋|넷|다섯|여섯)이)", ""),  # "친구 둘하고 셋이": three in all
    *((rf"{head}(?:이서|이(?=\s|면|고|$)|한테)", f"{many}명 ") for many, head in enumerate(_HEADS, 2)),
    *((rf"{head}(?=으로)", f"{many}") for many, head in enumerate(_HEADS, 2)),
    *((rf"{digit}(?=남매)", f"{many}") for many, digit in enumerate("이삼사오육", 2)),
    (r"[nN엔]\s?분의\s?(?:1|일)", "엔빵"),
    (r"하나(?=에|당|씩)", "1개 "),
    (r"(?:최저|야간|알바)시급", "시급"),
    (r"(?:4|사)대\s?보험", "보험"),
)
_SPELLED = tuple(
    (re.compile(rf"(?<![가-힣0-9])(?:{words})"), digits)
    for words, digits in (*_PEOPLE_WORDS[:1], *_LENGTH_WORDS, *_PEOPLE_WORDS[1:])
)
# A particle right behind number words, which find_number takes for a part of another word: "이십오로", "일억 이천을".
_PARTICLE_BEHIND = re.compile(
    r"(?:(?<=[일이삼사오육칠팔구십백천만][십백천만억])|(?<=[십백천만억][일이삼사오육칠팔구]))"
    r"(?=(?:을|를|에다?가?|에서|으?로|은|는)(?:\s|$))"
)
_TENS = "열|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔"
_ONES = "한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉"
_BEFORE_COUNTERS = re.compile(
    rf"(?<![가-힣])(?:(?:{_TENS})(?:{_ONES})|(?:한|두|세|네)(?=\s(?:{THINGS})|(?:{_CLOSE}))"
    rf"|(?:{_TENS}|다섯|여섯|일곱|여덟|아홉)(?=\s?(?:{THINGS}))"
    rf"|[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?(?=\s?(?:키로|년|개|병|장|잔|팩|박스|상자|포|마리|권)))"
)


def spelled(text: str) -> str:
    """With digits for words that hold a number: "사흘" is "3일", "셋이서" "3명", "스무 포대" "20 포대"."""
    for words, digits in _SPELLED:
        text = words.sub(digits, text)
    return _BEFORE_COUNTERS.sub(lambda found: str(number(found[0])), _PARTICLE_BEHIND.sub(" ", text))
