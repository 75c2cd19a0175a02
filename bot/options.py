"""What somebody lets us choose among: "짜장면, 짬뽕", "버스 탈까 지하철 탈까", "아아 vs 라떼"."""

from __future__ import annotations

import re

from bot.slots import Kind, brief

_MOST = 50
_VOWELS = "".join(map(chr, range(ord("가"), ord("힣"), 28)))  # syllables without a coda
# 와 follows a vowel and 과 a consonant: 사과 and 효과 end in none; 노랑 and 파랑 are colours.
_BY_PARTICLE = re.compile(
    rf"(?:(?<=[가-힣])(?:이랑|(?<![노파])랑|하고|이나|이냐|냐)|(?<=[{_VOWELS}])와|(?<=[가-힣])(?<![{_VOWELS}])과)\s+"
)
_COMMA = r"(?:(?<![0-9]),|,(?![0-9]{3}(?:,[0-9]{3})*[가-힣]))"  # not that of 10,000원
# What stands between two options, the surest first: a sign, a word, a particle, a verb's end, a blank.
_BETWEEN = (
    re.compile(rf"\s*(?:{_COMMA}|[/|·、\n]|\sor\s|\bvs\b\.?|(?<=\s)vs(?=\s)|\s대\s)\s*", re.IGNORECASE),
    re.compile(r"\s*(?:\s아니면\s|\s아님\s|\s또는\s|\s혹은\s|\s그냥\s)\s*|(?<=[가-힣])vs(?=[가-힣])", re.IGNORECASE),
    _BY_PARTICLE,
    re.compile(r"(?<=까)\s+"),
    re.compile(r"\s+"),
)
_ENDS = re.compile(r"\s*(?:이냐|냐|[.…,?!~]+)$")
# Only where particles stand between the options may the last one end in one: 바나나 and 노랑 are whole.
_PARTICLE = re.compile(r"\s*(?:(?<=.)(?:이랑|(?<![노파])랑|하고|이나|(?<!바나)나|이냐|냐)|[.…,?!~]+)$")

_VERSUS = re.compile(r"(?i)\bvs\b|[가-힣]vs[가-힣]|^\S+(?:\s\S+)?냐\s+\S+(?:\s\S+)?냐[?\s]*$")
# The same verb twice: "버스 탈까 지하철 탈까". Not "올까 말까", which asks nobody, nor "걸까".
_EITHER = re.compile(r"(?:\S+\s?){1,2}?(?P<verb>[가-힣]까)[\s?,.]+(?:\S+\s?){1,2}?(?P=verb)[?\s]*(?<!걸까)(?<!일까)")
_WHETHER = re.compile(r"[가-힣]까(?=[\s.,?!~]|$)")
_TWO_WORDS = re.compile(r"[가-힣]{1,5}(?:이랑|랑|하고)?\s(?:or\s)?[가-힣]{1,5}(?:\s[가-힣]{2,5})?")
_WORD_OR_WORD = re.compile(r"[가-힣]{1,6}\s(?:or|아니면)\s[가-힣]{1,6}")
# "슬픈 영화", "점심 메뉴": an adjective and what it describes are no two options.
_DESCRIBED = re.compile(r"(?:은|는|ᆫ|한|할|을|의|것|거|좀|중|에|번호|노래|영화|책|이름|선물|메뉴|곳|장소|하나)(?:\s|$)")

_OPEN = re.compile(r"(?:^|\s)(?:뭐|뭘|머|무엇|어디|누구|언제|어느|어떤|무슨)")  # "저녁 뭐 먹지"


def split(text: str) -> list[str]:
    """The options that a piece of text names, each once; fewer than two: it names none.

    >>> split("짜장면 짬뽕"), split("영화 볼까 게임 할까"), split("아아 vs 라떼")
    (['짜장면', '짬뽕'], ['영화 볼까', '게임 할까'], ['아아', '라떼'])
    """
    for between in _BETWEEN:
        ends = _PARTICLE if between is _BY_PARTICLE else _ENDS
        parts = [ends.sub("", part).strip() for part in between.split(text.strip())]
        options = list(dict.fromkeys(part for part in parts if part))[:_MOST]
        if len(options) > 1:
            return (between is _BETWEEN[-1] and _alike(parts)) or options
    return []


def _alike(words: list[str]) -> list[str]:
    """Two or more of a kind, each described by a word: "매운 떡볶이 순한 떡볶이"; [] for any others."""
    described, things = words[::2], words[1::2]
    if len(described) < 2 or len(set(described)) < len(described) or len(words) % 2 or len(set(things)) > 1:
        return []
    return [" ".join(pair) for pair in zip(described, things, strict=True)]


def _two(text: str) -> bool:
    said = text.strip()
    return _TWO_WORDS.fullmatch(said) is not None and not _DESCRIBED.search(said) and not _OPEN.search(said)


# From the plainest to what needs the clearest words around it.
OPTIONS = Kind("options", lambda text: len(split(text)) > 1)
LISTED = Kind("listed", lambda text: any(len(between.split(text.strip())) > 1 for between in _BETWEEN[:2]))
SIGNED = Kind("signed", brief(_VERSUS.search))
ORED = Kind("ored", brief(lambda text: _WORD_OR_WORD.fullmatch(text.strip())))
EITHER = Kind("either", brief(lambda text: _EITHER.fullmatch(text.strip()), longest=80))
WAVERING = Kind("wavering", lambda text: len(_WHETHER.findall(text)) > 1)
TWO = Kind("two", brief(_two))
KINDS = {kind.name: kind for kind in (OPTIONS, LISTED, SIGNED, ORED, EITHER, WAVERING, TWO)}
