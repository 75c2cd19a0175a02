"""Particles that depend on how the word before them ends: 이랑이에요, 철수예요."""

from __future__ import annotations

import re

_PAIRS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "아": ("아", "야"),
    "이에요": ("이에요", "예요"),
    "이라는": ("이라는", "라는"),
    "으로": ("으로", "로"),
}
# How the names of digits end: 영일이삼사오육칠팔구.
_DIGIT_ENDS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
RIEUL = 8  # the final ㄹ, after which 으로 is 로
# Latin words end as Korean writes them (model 모델, team 팀, chat 챗, but note 노트), abbreviations as their last
# letter is called: URL 유알엘.
_LATIN_END = re.compile(
    r"(?:\b[A-Z]*(?P<spelt>[LMNR])|(?P<heard>l|m|n|ng)|(?<![aeiou])[aeiou](?P<stopped>ck|pp|tt|[bckpt]))$"
)
# But a unit as its Korean name, and "hub" has a vowel at its end: 5km 킬로미터, GitHub 깃허브.
_READ_OPEN = re.compile(r"(?<![a-zA-Z])(?:[kcm]?m|[dm]?l|k?cal)$|[Hh]ub$")
_GRAMS = re.compile(r"(?<![a-zA-Z])[km]?g$")
_LATIN_FINALS = {"l": RIEUL, "r": RIEUL, "n": 4, "m": 16, "ng": 21}
_STOPPED = 1
# A syllable without a final consonant, for an expression.
OPEN_SYLLABLE = f"[{''.join(map(chr, range(ord('가'), ord('힣') + 1, 28)))}]"


def josa(word: str, particle: str) -> str:
    """The word with its particle, which is named by the form after a consonant: 은 이 을 과 아 이에요 이라는 으로.

    A word that ends in neither Hangul, a digit nor a Latin letter is taken to end in a vowel. Raises KeyError for
    another particle.

    >>> josa("이랑", "이에요"), josa("4시", "이에요"), josa("서울", "으로")
    ('이랑이에요', '4시예요', '서울로')
    """
    closed, open_ = _PAIRS[particle]
    final = final_consonant(word)
    return word + (open_ if not final or (particle == "으로" and final == RIEUL) else closed)


def final_consonant(word: str) -> int:
    """The number of the last syllable's final consonant; 0: it has none."""
    last = _DIGIT_ENDS.get(word[-1:], word[-1:])
    return (ord(last) - 0xAC00) % 28 if "가" <= last <= "힣" else _latin_final(word)


def _latin_final(word: str) -> int:
    if _GRAMS.search(word):
        return _LATIN_FINALS["m"]
    found = None if _READ_OPEN.search(word) else _LATIN_END.search(word)
    if not found:
        return 0
    return _LATIN_FINALS.get((found["spelt"] or found["heard"] or "").lower(), _STOPPED)


class Word(str):
    """A text that takes a particle in a format: f"{Word('이랑'):이에요}", in quotation marks f"{Word('이랑'):“이}".

    `aloud`: how it is read, where its letters don't say so: f"{Word('100g', '그램'):은}".
    """

    __slots__ = ("aloud",)
    aloud: str

    def __new__(cls, text: str, aloud: str = "") -> Word:
        word = super().__new__(cls, text)
        word.aloud = aloud or text
        return word

    def __format__(self, particle: str) -> str:
        shown = f"“{self}”" if particle.startswith("“") else str(self)
        particle = particle.removeprefix("“")
        return shown + josa(self.aloud, particle)[len(self.aloud) :] if particle else shown
