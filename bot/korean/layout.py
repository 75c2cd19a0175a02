"""Text typed on the wrong keyboard layout, both ways: "dkssud" was to be 안녕, "ㅗ디ㅣㅐ" was to be hello."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.korean.jamo import SHIFTED, hangul, latin
from bot.korean.likeness import english, korean

__all__ = ["Repair", "hangul", "latin", "repaired"]

# Nobody types more than this without looking up; it is a paste.
_LONGEST = 500
# Evidence, in natural logarithms of odds (python -m tests.layout_rates measures what it is worth).
_SURE = {2: 1.7, 3: -0.5}  # a run of two syllables, or of more, that is Korean whatever stands beside it
_AMID = 9.0  # the same amid English
_ENOUGH = 1.7  # what all runs together need, where one is sure
_LINE = 3.0  # what all runs together need, where no single one is sure
_MOST = {2: 1.4, 3: 4.0}  # the most that a run of so many keys and one syllable says for Korean: SK, DJ
_LISTED = 0.5  # the most that an English word says for it
_WORST = -4.0  # the most that a run that may be Korean says against it
_SPOILT = 2.5  # against it: each letter of a run that writes no syllables
_COMPANY = 12.0  # the most that the other runs lend one that is in doubt
_COMPANY_OF_WORDS = 9.0  # and one that is an English word as well
_CAPS = 4.0  # against it: everything in capitals

# Answers of one syllable that stand alone; each takes three keys or more, and none is an English word.
_ALONE = frozenset("왜응뭐헐넵넹옙엥잉헉헿흠굿쩝땡뿅")
# Jamo that people write by themselves, as keys: ㅋㅋ ㅎㅎ ㅠㅜ ㅡㅡ ㅇㅇ ㄱㄱ ㄴㄴ ㄷㄷ ㅂㅂ ㅇㅋ ㅎㅇ ㄱㅅ ㅈㅅ …
_CHAT = re.compile(r"z+|g+|[bn]+|mm+|d+|rr+|ss+|ee+|qq+|dz|gd|rt|wt|cz|dw")
_TAIL = re.compile(r"(?:z+|g+|[bn]+)$")
_SEVERAL, _ONE_MORE = -2.5, -5.0  # how likely a word ends in such jamo, as a logarithm
_SINGLE = {"z": -8.0, "g": -8.0, "b": -13.0, "n": -20.0}  # or in a single one
# Koreans write sns in small letters, and its keys are those of 눈; but 를, 는 and 랑 never follow a consonant.
_SNS = re.compile("눈(?=[를는랑])")

_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_CHUNK = re.compile(r"\S+")
_LATIN = re.compile(r"[A-Za-z]+")
# Addresses, paths, tags, flags, code, emoji codes.
_FOREIGN = re.compile(r"[@#`\\/=<>{}\[\]|$&*+]|\w[\^:;(]\w|^\W?:\w+:|\w\(|^-+[A-Za-z]")
_CONTRACTED = re.compile(r"[A-Za-z]'(?:s|t|re|ve|ll|d|m)\b")
_SYLLABLES = re.compile("[가-힣]+(?:[ㅠㅜ]*|ㅡ{2,})")
_INITIALS = re.compile("(?=[A-Z]*[ASDFGHJKLZXCVBNMYUI])[A-Z]{2,4}(?=[a-zQWERTOP])")
_STRAY = re.compile("[ㄱ-ㅣ]+(?=[가-힣]+$)")


@dataclass(frozen=True, slots=True)
class Repair:
    """What a text was meant to be, to be shown before it is believed; `language` is what it was meant in."""

    text: str
    language: Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Run:
    """Latin letters in a row, from `start` to `end`, and what they may have been.

    `reading` is "" where the keys write no syllables. `likely`: log odds of Korean against English; `says`: what of
    them counts for the message. `tied`: digits, dots or other letters touch it, so that it decides nothing by itself.
    `listed`: it is an English word as well.
    """

    start: int
    end: int
    reading: str
    likely: float
    says: float
    syllables: int
    tied: bool
    listed: bool = False

    @property
    def company(self) -> float:
        return _COMPANY_OF_WORDS if self.listed else _COMPANY

    def sure(self, against: float) -> bool:
        return (
            self.syllables > 1
            and not self.tied
            and not self.listed
            and self.likely + against >= _SURE[min(3, self.syllables)]
        )


def repaired(text: str) -> Repair | None:
    """What the text was meant to be; None: leave it as it is.

    Decides run by run with the whole message as evidence, and keeps spaces, signs, digits, correct Korean and
    whatever is no mistake. Never to be applied without showing it.
    """
    if len(text) > _LONGEST:
        return None
    return _meant_korean(text) or _meant_english(text)


# ---- Latin letters that were to be Korean --------------------------------------------------------


def _meant_korean(text: str) -> Repair | None:
    if not _LATIN.search(text):
        return None
    caps = _caps_lock(text)
    runs = _runs(text.swapcase() if caps else text)
    chosen = _chosen(runs, -_CAPS if caps else 0.0)
    answers = not caps and len(runs) == 1 and runs[0].reading in _ALONE and runs[0].says > _LISTED
    if sum(run.syllables for run in chosen) < 2 and not answers:
        return None
    return Repair(_replaced(text, chosen or runs), "ko")


def _caps_lock(text: str) -> bool:
    """Whether every letter whose case tells (Shift changes nothing on the Korean layout) is a capital."""
    telling = [letter for letter in "".join(_LATIN.findall(text)) if letter.upper() not in SHIFTED]
    return len(telling) > 1 and all(map(str.isupper, telling))


def _runs(text: str) -> list[Run]:
    code = [span.span() for span in _CODE.finditer(text)]
    chunks = [
        chunk for chunk in _CHUNK.finditer(text) if not any(a < chunk.end() and chunk.start() < b for a, b in code)
    ]
    return [run for chunk in chunks for run in _chunk(chunk.group(), chunk.start())]


def _chunk(chunk: str, at: int) -> list[Run]:
    """The runs of a stretch without spaces. One that spells no Korean spoils those tied to it: foo.dkssud.com"""
    if _FOREIGN.search(chunk):
        return []
    found = list(_LATIN.finditer(chunk))
    tied = len(found) > 1 or any(sign.isalnum() for sign in _LATIN.sub("", chunk)) or "_" in chunk
    runs = [_run(run.group(), at + run.start(), tied) for run in found]
    if _CONTRACTED.search(chunk) or (tied and any(not run.reading for run in runs)):
        return [_spoilt(run.start, run.end) for run in runs]
    return runs


def _run(typed: str, at: int, tied: bool) -> Run:
    end = at + len(typed)
    kept = _foreign_head(typed)
    keys = typed[len(kept) :]
    if at == 0 and not kept and keys[0] not in SHIFTED:
        keys = keys[0].lower() + keys[1:]  # phones begin a message with a capital
    if not kept and _CHAT.fullmatch(keys):
        return Run(at, end, _apart(keys), 0.0, 0.0, 0, tied)
    reading, likely = _reading(keys) if _koreans_case(keys) else ("", 0.0)
    if not reading or (kept and (likely <= 0 or english().knows(typed.lower()))):
        return _spoilt(at, end)
    syllables = len(re.findall("[가-힣]", reading))
    if kept:
        return Run(at, end, kept + reading, 0.0, 0.0, syllables, tied=True)
    listed = english().knows(keys.lower())
    most = _LISTED if listed else _MOST.get(len(keys), _COMPANY) if syllables == 1 else _COMPANY
    return Run(at, end, reading, likely, max(_WORST, min(likely, most)), syllables, tied, listed)


def _spoilt(start: int, end: int) -> Run:
    against = -_SPOILT * (end - start)
    return Run(start, end, "", against, against, 0, tied=True)


def _koreans_case(keys: str) -> bool:
    return all(key.islower() or key in SHIFTED for key in keys)


def _foreign_head(keys: str) -> str:
    """Initials that were typed on the right layout before a Korean word was not: SD in SDzkem (SD카드), jk in jkrla."""
    if initials := _INITIALS.match(keys):
        return initials.group()
    stray = _STRAY.match(hangul(keys))
    return keys[: len(latin(stray.group()))] if stray else ""


def _reading(keys: str) -> tuple[str, float]:
    """The most likely reading, with the jamo of laughing and crying at its end taken apart, and its log odds."""
    tail = _TAIL.search(keys)
    cuts = range(tail.start() if tail else len(keys), len(keys) + 1)
    parted = [(hangul(keys[:cut]), keys[cut:]) for cut in cuts if cut]
    formed = [(word, rest) for word, rest in parted if _SYLLABLES.fullmatch(word)]
    if not formed:
        return "", 0.0
    likely, word = max((_korean(word) + _ending(rest), word + _apart(rest)) for word, rest in formed)
    return _SNS.sub("sns", word), likely - english()(keys)


def _korean(word: str) -> float:
    bare = word.rstrip("ㅠㅜㅡ")
    return korean()(bare) + (0.0, _ONE_MORE, _SEVERAL)[min(2, len(word) - len(bare))]


def _ending(rest: str) -> float:
    return 0.0 if not rest else _SINGLE[rest] if len(rest) == 1 else _SEVERAL


def _apart(keys: str) -> str:
    """Key by key: nn is ㅜㅜ."""
    return "".join(map(hangul, keys))


def _chosen(runs: Sequence[Run], against: float) -> list[Run]:
    """The runs that were to be Korean: all that may be if the line is Korean, else those that are sure."""
    total = sum(run.says for run in runs) + against
    sure = [run for run in runs if run.sure(against)]
    if total < (_ENOUGH if sure else _LINE):
        return [run for run in sure if run.likely >= _AMID or len(runs) == 1]
    return [run for run in runs if run.reading and run.likely + min(run.company, total - run.says) > 0]


def _replaced(text: str, runs: Sequence[Run]) -> str:
    pieces, at = [], 0
    for run in runs:
        pieces += [text[at : run.start], run.reading]
        at = run.end
    return "".join([*pieces, text[at:]])


# ---- Hangul that was to be English ---------------------------------------------------------------

_HANGUL = re.compile("[가-힣ㄱ-ㅣ]+")
# A vowel without a consonant, other than the crying and squinting ones: nobody writes that in Korean.
_BROKEN = re.compile("[ㅏ-ㅟㅢㅣ]")
_CRYING = re.compile("[ㅠㅜㅡ]+")
_SHORT = re.compile("a|i|am|an|as|at|be|by|do|go|he|hi|if|in|is|it|me|my|no|of|oh|ok|on|or|so|to|up|us|we|yo")


def _meant_english(text: str) -> Repair | None:
    """All or nothing: each Hangul run must be an English word, and most letters must be no Korean."""
    runs = _HANGUL.findall(text)
    if not any(map(_impossible, runs)):
        return None
    words = [latin(run) for run in runs]
    if not all(map(_is_english, words)):
        return None
    broken = sum(len(word) for run, word in zip(runs, words, strict=True) if _impossible(run))
    if 2 * broken < sum(map(len, words)):
        return None
    return Repair(_HANGUL.sub(lambda run: latin(run.group()), text), "en")


def _impossible(run: str) -> bool:
    return len(run) > 1 and _BROKEN.search(run) is not None and not _CRYING.fullmatch(run)


def _is_english(word: str) -> bool:
    small = word.lower()
    return _SHORT.fullmatch(small) is not None if len(small) < 3 else english().knows(small)
