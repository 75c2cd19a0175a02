"""Where a text may be cut without breaking what people see as one letter: Unicode UAX #29 but for rare scripts."""

from __future__ import annotations

import unicodedata
from itertools import dropwhile, takewhile

_JOINER = "\u200d"
_VIRAMA = 9  # the combining class of the marks that join two Indic consonants
# Marks and joiners that Unicode's categories don't name as such: ZWJ, ZWNJ, halfwidth kana marks, Thai and Lao AM.
_ALSO_EXTEND = frozenset("\u200d\u200c\uff9e\uff9f\u0e33\u0eb3")


def boundary(text: str, at: int, floor: int = 0) -> bool:
    """May the text be cut before position `at`? `floor` is a known boundary further left.

    A space is always a letter of its own, even below a combining mark: what is cut loses its outer spaces.
    """
    if at <= floor or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if (before < "\u0300" and after < "\u0300") or before.isspace() or after.isspace():
        return True
    if _extends(after) or _joined(text, at, floor) or _one_syllable(before, after):
        return False
    return not (_regional(before) and _regional(after)) or _even_flags(text, at, floor)


def _extends(letter: str) -> bool:
    return (
        unicodedata.category(letter) in ("Mn", "Mc", "Me")
        or letter in _ALSO_EXTEND
        or "\U0001f3fb" <= letter <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= letter <= "\U000e007f"  # tags of the flags of regions
    )


def _joined(text: str, at: int, floor: int) -> bool:
    """An emoji that a joiner ties to another one, or a consonant that a virama among the marks before it does."""
    left = (text[position] for position in range(at - 1, floor - 1, -1))
    if unicodedata.category(text[at]) == "Lo":
        return any(unicodedata.combining(mark) == _VIRAMA for mark in takewhile(_extends, left))
    if next(left) != _JOINER or not _pictured(text[at]):
        return False
    return _pictured(next(dropwhile(lambda letter: letter != _JOINER and _extends(letter), left), ""))


def _pictured(letter: str) -> bool:
    """An emoji, as far as Unicode's categories tell: a sign, or a place kept free for new ones."""
    if letter == "" or _regional(letter):
        return False
    return unicodedata.category(letter) in ("So", "Sm", "Cn") or letter in "‼⁉〰〽"


def _regional(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _even_flags(text: str, at: int, floor: int) -> bool:
    """Two regional letters make a flag: between flags the number of those on the left is even."""
    left = (text[position] for position in range(at - 1, floor - 1, -1))
    return sum(1 for _ in takewhile(_regional, left)) % 2 == 0


def _one_syllable(before: str, after: str) -> bool:
    """Conjoining Hangul: an initial takes initials, vowels, syllables; a vowel vowels and finals; a final finals."""
    match _hangul(before):
        case "L":
            return _hangul(after) in ("L", "V", "LV", "LVT")
        case "V" | "LV":
            return _hangul(after) in ("V", "T")
        case "T" | "LVT":
            return _hangul(after) == "T"
        case _:
            return False


def _hangul(letter: str) -> str:
    if "\uac00" <= letter <= "\ud7a3":
        return "LVT" if (ord(letter) - 0xAC00) % 28 else "LV"
    if "\u1100" <= letter <= "\u115f" or "\ua960" <= letter <= "\ua97c":
        return "L"
    if "\u1160" <= letter <= "\u11a7" or "\ud7b0" <= letter <= "\ud7c6":
        return "V"
    if "\u11a8" <= letter <= "\u11ff" or "\ud7cb" <= letter <= "\ud7fb":
        return "T"
    return ""
