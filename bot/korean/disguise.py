"""The ways one word gets typed so that it isn't recognised: folded letters, and patterns over them.

A spelling is written as in profanity.toml and becomes two regular expressions: `whole` finds it, `begun` finds what may
still become it at the end of a text that goes on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product

from bot.korean.jamo import composed, decomposed, latin

_Syllable = tuple[str, str, str]  # onset, nucleus and coda in compatibility jamo
_MUTE = "ㅇ"  # the onset of a syllable that begins with its vowel
_PLAIN = {"ㅑ": "ㅏ", "ㅕ": "ㅓ", "ㅛ": "ㅗ", "ㅠ": "ㅜ"}

UNSEEN = "\u200b"  # stands for everything that nobody sees
_BLANKS = " \t\u00a0\u3000"
_GAP = f"{UNSEEN}{{0,2}}"
_LOOSE = "[^a-z가-힣ㄱ-ㅣ\n]{0,3}"  # signs, digits, blanks, pictures


@cache
def _table() -> dict[int, str]:
    unseen = [0xAD, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x061C, 0x180E, 0xFEFF]
    for first, last in [(0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x300, 0x36F), (0x1AB0, 0x1AFF)]:
        unseen += range(first, last + 1)
    for first, last in [(0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xE0000, 0xE01EF)]:
        unseen += range(first, last + 1)
    latin = [(0x41, 0x5A), (0xC0, 0x24F), (0x1E00, 0x1EFF), (0x2070, 0x209C), (0x2460, 0x24FF), (0xFF01, 0xFF5E)]
    letters = {
        code: _plain(chr(code)) for first, last in [*latin, (0x1D400, 0x1D7FF)] for code in range(first, last + 1)
    }
    cyrillic = dict(zip(map(ord, "аеіокрстухѕАЕІОКРСТУХЅ"), "aeiokpctyxsaeiokpctyxs", strict=True))
    blanks = dict.fromkeys(map(ord, _BLANKS), " ")
    return letters | blanks | cyrillic | _jamo() | dict.fromkeys(unseen, UNSEEN)


def _plain(letter: str) -> str:
    first = unicodedata.normalize("NFKD", letter)[0].lower()
    return first if first.isascii() and first.isprintable() else letter


def _jamo() -> dict[int, str]:
    """Conjoining and half-width jamo as the ones that people type: ᄉ, ᆺ and ﾵ are ㅅ."""
    named = {}
    for code in (*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3), *range(0xFFA1, 0xFFDD)):
        kind, _, letter = (
            unicodedata.name(chr(code), "").removeprefix("HALFWIDTH ").removeprefix("HANGUL ").partition(" ")
        )
        if kind:
            named[code] = unicodedata.lookup(f"HANGUL LETTER {letter}")
    return named


def fold(text: str) -> str:
    """The text with look-alikes made alike, letter by letter: as long as before. Takes NFC."""
    return text.translate(_table())


def spellings(spec: str) -> list[tuple[str, ...]]:
    """Every stretch that a spelling allows, as places with the letters that may stand there.

    >>> spellings("[시씨]발(놈|)")
    [('시씨', '발', '놈'), ('시씨', '발')]
    """
    parts = re.findall(r"\[[^\]]+\]|\([^)]*\)|.", spec)
    choices = (_choice(part) for part in parts)
    return [tuple(place for stretch in chosen for place in stretch) for chosen in product(*choices)]


def _choice(part: str) -> list[tuple[str, ...]]:
    if part.startswith("("):
        return [stretch for word in part[1:-1].split("|") for stretch in spellings(word)]
    return [(part.strip("[]"),)]


def literal(word: str) -> list[tuple[str, ...]]:
    """An operator's word as it stands, no sign in it meaning anything."""
    meant = {"_": "__"}  # a class of one letter, where "_" alone would be a blank
    return [tuple(meant.get(letter, letter) for letter in fold(unicodedata.normalize("NFC", word.strip())))]


def layout(words: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """The same words as keys of a keyboard left in English; those under five keys might be words themselves."""
    typed = {"".join(map(_typed, letters)) for word in words for letters in product(*word)}
    return [tuple(keys) for keys in sorted(typed) if len(keys) >= 5]


def _typed(letter: str) -> str:
    keys = latin(letter)
    return keys.lower() if keys != letter else ""  # nobody minds the shift


def first_letters(word: Sequence[str]) -> set[str]:
    """What a text may show where this word begins."""
    syllables = [decomposed(letter) for letter in word[0] if "가" <= letter <= "힣"]
    opened = {composed(onset, nucleus) for onset, nucleus, _ in syllables}
    return set(word[0]) | opened | {onset for onset, _, _ in syllables}


def whole(words: Iterable[Sequence[str]], *, loose: bool = False) -> re.Pattern[str]:
    """Any of the words, as long as may be. `loose`: with signs, digits or blanks between the letters."""
    return re.compile(_whole(words, _LOOSE if loose else _GAP))


def begun(words: Iterable[Sequence[str]], *, loose: bool = False) -> re.Pattern[str]:
    """The beginning of any of the words, up to the text's end."""
    return re.compile(_begun(words, _LOOSE if loose else _GAP))


def _whole(words: Iterable[Sequence[str]], gap: str) -> str:
    ways = []
    for place, rests in _by_first(words).items():
        longer = [rest for rest in rests if rest]
        goes_on = f"{gap}{_whole(longer, gap)}" if longer else ""
        ways.append(_place(place) + (goes_on if len(longer) == len(rests) else f"(?:{goes_on})?"))
    return f"(?:{'|'.join(ways)})"


def _begun(words: Iterable[Sequence[str]], gap: str) -> str:
    ways = []
    for place, rests in _by_first(words).items():
        ways.append(rf"{_place(place, done=False)}{gap}\Z")
        if longer := [rest for rest in rests if rest]:
            ways.append(f"{_place(place)}{gap}{_begun(longer, gap)}")
    return f"(?:{'|'.join(ways)})"


def _by_first(words: Iterable[Sequence[str]]) -> dict[str, list[Sequence[str]]]:
    """What may follow each first place, so that beginnings which words share are looked at once."""
    rests: dict[str, list[Sequence[str]]] = {}
    for word in words:
        rests.setdefault(word[0], []).append(word[1:])
    return rests


@lru_cache(maxsize=1024)
def _place(letters: str, *, done: bool = True) -> str:
    """One place of a word: its letters, stretched (씨이발), taken apart (ㅆㅣ), or run on into the next (시바ㄹ).

    Not `done`: whatever that begins with as well.
    """
    if letters in (" ", "_"):
        return f"[{_BLANKS}]{{{'0' if letters == ' ' or not done else '1'},2}}"
    syllables = [decomposed(letter) for letter in letters if "가" <= letter <= "힣"]
    signs = [letter for letter in letters if not "가" <= letter <= "힣"]
    ways = [f"{_any(signs)}{{1,4}}"] if signs else []
    for closed in (False, True):
        chosen = [syllable for syllable in syllables if bool(syllable[2]) == closed]
        ways += _closed(chosen, done) if closed and chosen else _open(chosen, done) if chosen else []
    return f"(?:{'|'.join(ways)})"


def _open(syllables: list[_Syllable], done: bool) -> list[str]:
    onsets, nuclei = _any(s[0] for s in syllables), _any(s[1] for s in syllables)
    written = _any(composed(*s) for s in syllables)
    return [f"{written}{_stretch(syllables)}", f"{onsets}{{1,2}}{_GAP}{nuclei}{{{1 if done else 0},3}}"]


def _closed(syllables: list[_Syllable], done: bool) -> list[str]:
    onsets, nuclei, codas = (_any(s[part] for s in syllables) for part in range(3))
    opened = _any(composed(onset, nucleus) for onset, nucleus, _ in syllables)
    again = (composed(_MUTE, nucleus, s[2]) for s in syllables for nucleus in _drawn([s]))
    ends = _any([*again, *(s[2] for s in syllables)])
    run_on = f"{opened}{_stretch(syllables)}{_GAP}{ends}{{{1 if done else 0},2}}"
    apart = f"{onsets}{{1,2}}{_GAP}{nuclei}{{{1 if done else 0},3}}{_GAP}{codas}{{{1 if done else 0},2}}"
    return [_any(composed(*s) for s in syllables), run_on, apart]


def _stretch(syllables: list[_Syllable]) -> str:
    again = [letter for nucleus in _drawn(syllables) for letter in (composed(_MUTE, nucleus), nucleus)]
    return f"(?:{_GAP}{_any(again)}){{0,4}}"


def _drawn(syllables: list[_Syllable]) -> set[str]:
    """The vowels that a stretched syllable goes on with: 벼 as 벼여 or 벼어."""
    nuclei = {nucleus for _, nucleus, _ in syllables}
    return nuclei | {_PLAIN[nucleus] for nucleus in nuclei if nucleus in _PLAIN}


def _any(letters: Iterable[str]) -> str:
    return f"[{''.join(re.escape(letter) for letter in sorted(set(letters)))}]"
