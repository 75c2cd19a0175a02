"""Hangul taken apart and put together, and the keys it lies on: dubeolsik (KS X 5002) against QWERTY."""

from __future__ import annotations

import re

# Unicode 3.12, "Conjoining Jamo Behavior": syllable = 0xAC00 + (onset * 21 + nucleus) * 28 + coda.
ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
NUCLEI = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

# What is written with two keys, one after the other.
_COMPOUND = "ㅘㅙㅚㅝㅞㅟㅢㄳㄵㄶㅄㄺㄻㄼㄽㄾㄿㅀ"
_FIRST, _SECOND = "ㅗㅗㅗㅜㅜㅜㅡㄱㄴㄴㅂㄹㄹㄹㄹㄹㄹㄹ", "ㅏㅐㅣㅓㅔㅣㅣㅅㅈㅎㅅㄱㅁㅂㅅㅌㅍㅎ"
PAIRS = {both: one + two for both, one, two in zip(_COMPOUND, _FIRST, _SECOND, strict=True)}
SHIFTED = "QWERTOP"  # the only letters whose Shift gives another jamo

_KEYS = dict(zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm", strict=True))
_KEYS |= dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", SHIFTED, strict=True))
_JAMO = {key: jamo for jamo, key in _KEYS.items()}
_JAMO |= {key.upper(): jamo for key, jamo in _JAMO.items() if key.islower() and key.upper() not in SHIFTED}
_KEYS |= {both: "".join(_KEYS[one] for one in two) for both, two in PAIRS.items()}
_TO_JAMO = str.maketrans(_JAMO)

_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
_NUCLEUS = "|".join([*(two for two in PAIRS.values() if two[0] in _VOWELS), f"[{_VOWELS}]"])
_CODA = "|".join([*(two for two in PAIRS.values() if two[0] not in _VOWELS), "[ㄱㄲㄴㄷㄹㅁㅂㅅㅆㅇㅈㅊㅋㅌㅍㅎ]"])
# A consonant belongs to the next syllable as soon as a vowel follows it.
_TYPED = re.compile(f"(?:([{ONSETS}])({_NUCLEUS})((?:{_CODA})(?![{_VOWELS}]))?)|({_NUCLEUS})")
_JOINED = {two: both for both, two in PAIRS.items()}
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]")


def composed(onset: str, nucleus: str, coda: str = "") -> str:
    """The syllable of three compatibility jamo: ㄷ, ㅏ, ㄺ -> 닭. ValueError where they make none."""
    return chr(0xAC00 + (ONSETS.index(onset) * len(NUCLEI) + NUCLEI.index(nucleus)) * len(CODAS) + CODAS.index(coda))


def decomposed(syllable: str) -> tuple[str, str, str]:
    """Onset, nucleus and coda of a syllable in compatibility jamo: 닭 -> ㄷ, ㅏ, ㄺ; no coda is ""."""
    block, coda = divmod(ord(syllable) - 0xAC00, len(CODAS))
    onset, nucleus = divmod(block, len(NUCLEI))
    return ONSETS[onset], NUCLEI[nucleus], CODAS[coda]


def coda(word: str) -> str:
    """The consonant that a word ends in; "": a vowel, or what is no Hangul."""
    return decomposed(word[-1])[2] if "가" <= word[-1:] <= "힣" else ""


def with_coda(word: str, coda: str) -> str:
    """The word with another consonant under its last syllable: 가, ㅆ -> 갔."""
    onset, nucleus, _ = decomposed(word[-1])
    return word[:-1] + composed(onset, nucleus, coda)


def hangul(text: str) -> str:
    """What the keys of a Latin text write on the Korean layout: "dkssud" -> "안녕". Other signs stay."""
    return _TYPED.sub(_block, text.translate(_TO_JAMO))


def latin(text: str) -> str:
    """What the keys of a Korean text write on the English layout: "ㅗ디ㅣㅐ" -> "hello". Other signs stay."""
    return _HANGUL.sub(_keys, text)


def _block(typed: re.Match[str]) -> str:
    onset, nucleus, coda, alone = (_JOINED.get(part, part) for part in typed.groups(default=""))
    return composed(onset, nucleus, coda) if onset else alone


def _keys(sign: re.Match[str]) -> str:
    letter = sign.group()
    return "".join(_KEYS[jamo] for jamo in (decomposed(letter) if letter >= "가" else (letter,)) if jamo)
