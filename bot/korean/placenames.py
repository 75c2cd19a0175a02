"""What a place may be called: 잠실제1동 is 잠실1동, a part of 잠실동, and 송파 잠실."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from bot.korean.folding import match_key


class Kind(IntEnum):
    """How a name fits a place, the better the lower: what fits better hides what fits less."""

    PROVINCE = 0  # 서울특별시, 서울, 충남: alone above everything, so that 광주 is the metropolitan city
    FULL = 1  # 수원시, 강남구, 고잔동, 광주시 (which two places are called)
    SHORT = 2  # 수원, 강남, 판교
    FORMER = 3  # 인천 남구, 마산
    PART = 4  # 송정동 of 봉명2.송정동
    INSIDE = 5  # from here on only after a region: 고잔 after 안산
    COMPOUND = 6  # 고잔동 of 논현고잔동, after 인천


ALONE = Kind.PART  # the last kind that needs no region before it

PROVINCES = {
    "서울특별시": "서울",
    "부산광역시": "부산",
    "대구광역시": "대구",
    "인천광역시": "인천",
    "광주광역시": "광주",
    "대전광역시": "대전",
    "울산광역시": "울산",
    "세종특별자치시": "세종",
    "경기도": "경기",
    "강원특별자치도": "강원",
    "충청북도": "충북",
    "충청남도": "충남",
    "전북특별자치도": "전북",
    "전라남도": "전남",
    "경상북도": "경북",
    "경상남도": "경남",
    "제주특별자치도": "제주",
}
# Two provinces in one word.
_PAIRS = {
    "충청도": ("충청북도", "충청남도"),
    "전라도": ("전북특별자치도", "전라남도"),
    "경상도": ("경상북도", "경상남도"),
}

# What only changed its name or its standing: it is shown by the name it has now.
RENAMED = {
    "강원도": "강원특별자치도",  # 2023
    "전라북도": "전북특별자치도",  # 2024
    "제주도": "제주특별자치도",  # 2006
    "경기도 양주군": "경기도 양주시",  # 2003
    "경기도 포천군": "경기도 포천시",  # 2003
    "경기도 화성군": "경기도 화성시",  # 2001
    "경기도 광주군": "경기도 광주시",  # 2001
    "경기도 여주군": "경기도 여주시",  # 2013
    "충청남도 당진군": "충청남도 당진시",  # 2012
    "충청북도 괴산군 증평읍": "충청북도 증평군 증평읍",  # 2003
    "경상남도 진해시": "경상남도 창원시 진해구",  # 2010
    "인천광역시 남구": "인천광역시 미추홀구",  # 2018
    "경상북도 군위군": "대구광역시 군위군",  # 2023
}
# What was divided or went into another: it keeps its name, behind everything that still exists.
FORMER = frozenset(
    {
        "경기도 고양시 일산구",  # 일산동구 and 일산서구 since 2005
        "경상남도 마산시",  # in 창원시 since 2010
        "충청북도 청원군",  # in 청주시 since 2014
        "충청남도 연기군",  # 세종 since 2012
        "제주특별자치도 북제주군",  # in 제주시 since 2006
        "제주특별자치도 남제주군",  # in 서귀포시 since 2006
    }
)
# What people go on calling the regions that a former one became; only before another name: 일산 백석동.
NICKNAMES = {"일산동구": "일산", "일산서구": "일산", "마산합포구": "마산", "마산회원구": "마산"}

# Short forms of 시군구 that are other words: in the middle of talk ("주말 동안 날씨") or of another place (일산동).
_NOT_ALONE = frozenset({"동안", "상당", "연기", "일산동", "일산서"})
# 면 that are what verbs end in: "어떻게 하면".
_VERBS = frozenset({"하면", "내면", "해보면", "상하면"})

# Towns whose weather people ask for without their 동, 읍 or 면. Each is known all over the country and no other word;
# islands by their own names. Others need a region before them: 안산 고잔.
WELL_KNOWN = {
    "판교": "경기도 성남시 분당구 판교동",
    "동탄": "경기도 화성시 동탄동",
    "광교": "경기도 수원시 영통구 광교동",
    "평촌": "경기도 안양시 동안구 평촌동",
    "산본": "경기도 군포시 산본동",
    "잠실": "서울특별시 송파구 잠실동",
    "이태원": "서울특별시 용산구 이태원동",
    "여의도": "서울특별시 영등포구 여의동",
    "여의도동": "서울특별시 영등포구 여의동",
    "압구정": "서울특별시 강남구 압구정동",
    "청담": "서울특별시 강남구 청담동",
    "신촌": "서울특별시 서대문구 신촌동",
    "송도": "인천광역시 연수구 송도동",
    "청라": "인천광역시 서구 청라동",
    "조치원": "세종특별자치시 조치원읍",
    "대관령": "강원특별자치도 평창군 대관령면",
    "애월": "제주특별자치도 제주시 애월읍",
    "중문": "제주특별자치도 서귀포시 중문동",
    "우도": "제주특별자치도 제주시 우도면",
    "추자도": "제주특별자치도 제주시 추자면",
    "강화도": "인천광역시 강화군",
    "백령도": "인천광역시 옹진군 백령면",
    "영종도": "인천광역시 중구 영종동",
    "거제도": "경상남도 거제시",
    "남해도": "경상남도 남해군",
    "울릉도": "경상북도 울릉군",
    "안면도": "충청남도 태안군 안면읍",
    "흑산도": "전라남도 신안군 흑산면",
    "가거도": "전라남도 신안군 흑산면가거도출장",
}

_JOINED = re.compile(r"[.,]")
_NUMBERED = re.compile(r"(.*?)제?(\d*)")
_NUMBERED_TOWN = re.compile(r"(.+?)(?:제?\d+(?:[.,]\d+)*가)?(?:제?\d+(?:[.,]\d+)*)?동")
_MAIN = re.compile(r"([^\d.,]{2,})본동")  # 잠실본동 is the oldest part of 잠실
_BRANCH = re.compile(r".+[읍면](..+?)(?:출장소?|지소)")  # an office for an island: 흑산면홍도출장소


def is_region(word: str) -> bool:
    """Whether towns lie in what the last word of a name says: 강남구, 경기도."""
    return word[-1] in "시군구도"


def province_names(word: str) -> Iterator[tuple[str, Kind]]:
    """What a 시도 is called. The 시 after the short form is FULL: 광주시 is also a city in 경기."""
    short = PROVINCES[word]
    yield word, Kind.PROVINCE
    yield short, Kind.PROVINCE
    yield from ((pair, Kind.PROVINCE) for pair, both in _PAIRS.items() if word in both)
    if word.endswith("시"):
        yield f"{short}시", Kind.FULL


def region_names(word: str, *, former: bool = False) -> Iterator[tuple[str, Kind]]:
    """What a 시군구 is called: 강남구, 강남. One syllable (중, 동) is no name."""
    yield word, Kind.FORMER if former else Kind.FULL
    short = word[:-1]
    if len(short) > 1:
        yield short, Kind.INSIDE if short in _NOT_ALONE else Kind.FORMER if former else Kind.SHORT


def town_names(word: str) -> Iterator[tuple[str, Kind]]:
    """What a 읍면동 is called."""
    full = Kind.INSIDE if word in _VERBS else Kind.FULL
    yield match_key(word), full
    yield plain(word), full
    yield from ((part, Kind.PART) for part in _joined(word))
    yield from ((part, Kind.COMPOUND) for part in _compound(word))
    if len(word) > 2 and word[-1] in "동읍면" and not re.search(r"\d", word):
        yield match_key(word[:-1]), Kind.INSIDE


def plain(word: str) -> str:
    """The key of a 동 however it writes its number: 잠실제1동 and 잠실1동 are one."""
    return match_key(re.sub(r"제(?=\d)", "", word))


def whole(word: str) -> str | None:
    """The 동 of which this one is a part: 역삼동 for 역삼1동, 잠실동 for 잠실본동; None for any other."""
    if main := _MAIN.fullmatch(word):
        return f"{main[1]}동"
    parted = _NUMBERED_TOWN.fullmatch(word)
    if not parted or _JOINED.search(parted[1]) or f"{parted[1]}동" == word:
        return None
    return f"{parted[1]}동"


def _joined(word: str) -> Iterator[str]:
    """The names that a 동 joins by dots: 봉명2.송정동 -> 봉명2동, 송정동; 종로5.6가동 -> 종로5가, 종로6가."""
    pieces = _JOINED.split(word.removesuffix("동"))
    if word.endswith("가동") and word[-3].isdigit():
        pieces, ending = [*pieces[:-1], pieces[-1].removesuffix("가")], "가"
    elif len(pieces) > 1:
        ending = "동"
    else:
        return
    stem = ""
    for piece in pieces:
        numbered = _NUMBERED.fullmatch(piece)
        assert numbered  # every piece is a stem and a number, either of them empty
        stem = numbered[1] or stem
        yield f"{stem}{numbered[2]}{ending}"


def _compound(word: str) -> Iterator[str]:
    """The names that may have made one word: 논현고잔동 -> 논현동, 고잔동; 흑산면홍도출장소 -> 홍도."""
    if office := _BRANCH.fullmatch(word):
        yield office[1]
    stem = word.removesuffix("동")
    if stem == word or not stem.isalpha():
        return
    for at in range(2, len(stem) - 1):
        yield f"{stem[:at]}동"
        yield f"{stem[at:]}동"
