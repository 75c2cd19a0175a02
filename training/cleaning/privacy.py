"""Personal data masked by its shape: e-mail, resident number, card, phone, account, address, number plate.

docs/privacy.md says how much of it is found. Whatever looks like a long number goes: in a chat nobody misses it.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

_JOIN = r"(?:[-\s.,*‐-―ㅡ－~/_)(]{0,3}|\s?(?:에|다시)\s?)"  # what people put or say between the groups of a number
_SPOKEN = r"[\d영공일이삼사오육칠팔구]"  # digits as figures and as words, mixed
_ALONE, _END = r"(?<!\d)(?<!\d-)", r"(?!\d)(?!-\d)"

# ---- e-mail --------------------------------------------------------------------------------------

_DOT = r"\s?(?:\.|[\[(]?(?:dot|닷|점)[\])]?)\s?"
_HOSTS = r"[A-Za-z\d-]{1,40}|네이버|지메일|구글|다음|한메일|카카오|네이트|핫메일|야후"
_DOMAIN = rf"(?:{_HOSTS})(?:{_DOT}(?:[A-Za-z]{{2,20}}|컴|넷|오알지|케이알))+"
_NAME = r"(?<![A-Za-z\d._%+-])[A-Za-z\d][A-Za-z\d._%+-]{0,63}"
_AT = r"\s?(?:[@＠]|[\[(](?:at|골뱅이)[\])]|골[뱅벵]이|앳)\s?"
_MAIL = rf"{_NAME}{_AT}{_DOMAIN}|{_NAME} at [A-Za-z\d-]{{1,40}}(?: dot [A-Za-z]{{2,20}})+"

# ---- numbers -------------------------------------------------------------------------------------

_RESIDENT = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])" + _JOIN + r"[1-8][\d*]{6}"
_CARD = rf"\d{{4}}{_JOIN}\d{{4}}{_JOIN}\d{{4}}{_JOIN}\d{{4}}|3[47]\d\d{_JOIN}\d{{6}}{_JOIN}\d{{5}}"
_PHONE = (
    rf"\(?(?:\+?82{_JOIN}0?\)?|[0oO])(?:1[0oO16-9]|2|[3-6][1-5]|70|50\d|80){_JOIN}{_SPOKEN}{{3,4}}{_JOIN}{_SPOKEN}{{4}}"
)
_AREA_CODE = r"[1일][016-9영공일육칠팔구]|[2이]|[3-6삼사오육][1-5일이삼사오]|[7칠][0영공]|[5오][0영공][5오]"
_SPOKEN_PHONE = rf"[0영공](?:{_AREA_CODE}){_JOIN}{_SPOKEN}{{3,4}}{_JOIN}{_SPOKEN}{{4}}"
_ONE_BY_ONE = r"0(?:[ .-]\d){8,}"
_BANKS = r"은행|뱅크|농협|수협|우체국|금고|신협|[카케토]뱅|신한|국민|기업|하나|우리|제일|계좌|통장"
_DIGITS = r"\d(?:[ .-]{0,3}\d){8,16}"
_ACCOUNT = r"(?!\d{4}-\d\d-\d\d(?!\d))\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,6})?"
_BY_BANK = rf"(?P<kept>(?:{_BANKS})[^\d\n]{{0,12}}){_DIGITS}"
_BEFORE_BANK = rf"{_DIGITS}(?=\s?\(?(?:{_BANKS}|[가-힣A-Z]{{1,6}}(?:은행|뱅크|금고)))"

# ---- addresses -----------------------------------------------------------------------------------

# What is counted is no house: "별로 3번", "운동 2-3회".
_COUNTED = (
    r"(?!\d)(?!\s?(?:시|분|초|년|월|일|주|개|명|원|점|번(?!지|길)|살|세|배|%|퍼|대|권|장|등|위|회|차|잔|병|마리|인(?!데)|판|곳|가지|단계|"
    r"호선|학년|반|만|천|백|억|층|kg|km|cm|m|도|정도|씩|쯤|키로|킬로|그램|시간|박|편|화|강|쪽|페이지))"
)
_AREA = r"(?:[가-힣]{1,7}(?:특별시|광역시|시|도|군|구)\s|(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|제주)\s)"
_FLAT = r"\d{1,4}동\s?\d{1,4}호"
_TAIL = rf"(?:,?\s?{_FLAT}|,?\s?\d{{1,4}}동|,?\s?\d{{1,4}}호|,?\s?\d{{1,2}}층)*"
_NO_ROAD = (
    r"(?:으|[그이저]대|맘대|음대|서대|뜻대|멋대|차례|실제|별|서|바|새|홀|따|최대|최소|평균|진짜|정말|위|대체|주|억지|때)"
    r"로"
)
_ROAD = (
    rf"{_AREA}*(?!(?:[가-힣]{{0,8}}{_NO_ROAD})\s)[가-힣\d]{{1,10}}(?:로|길)\s?\d{{1,4}}(?:번?길\s?\d{{1,4}})?(?:-\d{{1,4}})?"
    rf"{_COUNTED}{_TAIL}"
)
_NO_PLACE = (
    r"(?:운|행|활|감|이|노|충|변|작|자|출|진|아|연|협|부|공|소|파|원)동"
    r"|(?:마무|항아|목소|울타|사다|잠자|우|거|자|머|다|소|빨)리"
)
_LOT = r"\d{1,4}-\d{1,4}(?:번지)?|\d{1,4}번지"
_PLOT = (
    rf"(?:{_AREA}+[가-힣\d]{{1,8}}(?:동|읍|면|리|가)(?:\s[가-힣\d]{{1,8}}리)?\s\d{{1,4}}(?:-\d{{1,4}})?(?:번지)?"
    rf"|(?<![가-힣])(?!(?:{_NO_PLACE})\s)(?:[가-힣]{{1,6}}[읍면]\s)?[가-힣]{{1,6}}\d?(?:동|읍|리)\s(?:{_LOT}))"
    rf"{_COUNTED}{_TAIL}"
)
_BUILDINGS = (
    r"아파트|빌라|맨션|오피스텔|래미안|힐스테이트|푸르지오|자이|캐슬|편한세상|더샵|아이파크|주공|빌|타운|팰리스|"
    r"한신|현대"
)
_BUILDING = rf"{_AREA}*(?:[가-힣A-Za-z\d]{{0,10}}(?:{_BUILDINGS})\s?)(?:{_FLAT}|\d{{2,4}}\s?-\s?\d{{3,4}}(?!\d))"

_LETTERS = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배허하호"
_NO_PLATE = r"(?!\d)(?!\s?(?:원|년|명|개|억|만|천|보|점|미터|m))"
_PLATE = rf"(?:{_AREA})?(?<!\d)\d{{2,3}}\s?[{_LETTERS}]\s?\d{{4}}{_NO_PLATE}"

_WIDE = re.compile(r"[０-９](?:[－．（）\s-]*[０-９]){6,}")
_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)} | {ord("－"): "-", ord("．"): "."}

# Order matters: a resident number or a phone number is not an account.
_RULES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("이메일", _MAIL),
        ("주민번호", f"{_ALONE}{_RESIDENT}(?!\\d)"),
        ("카드번호", f"{_ALONE}(?:{_CARD}){_END}"),
        ("전화번호", f"{_ALONE}{_PHONE}{_END}"),
        ("전화번호", f"{_ALONE}(?:{_SPOKEN_PHONE}){_END}"),
        ("전화번호", f"{_ALONE}{_ONE_BY_ONE}(?!\\d)"),
        ("계좌번호", f"{_BY_BANK}(?!\\d)"),
        ("계좌번호", f"{_ALONE}{_BEFORE_BANK}"),
        ("계좌번호", f"(?<!\\d){_ACCOUNT}(?!\\d)"),
        ("계좌번호", r"(?<!\d)\d{11,16}(?!\d)"),
        ("차량번호", _PLATE),
        ("주소", _ROAD),
        ("주소", _PLOT),
        ("주소", _BUILDING),
        ("주소", f"(?<!\\d){_FLAT}"),
    )
)


def masked(text: str, found: Counter[str] | None = None) -> str:
    """Each by its name in brackets, "<전화번호>"; `found` counts them by name."""
    text = _WIDE.sub(lambda hit: hit[0].translate(_NARROW), text)
    for name, pattern in _RULES:
        text, count = pattern.subn(partial(_named, name), text)
        if found is not None and count:
            found[name] += count
    return text


def _named(name: str, hit: re.Match[str]) -> str:
    return f"{hit.groupdict().get('kept', '')}<{name}>"
