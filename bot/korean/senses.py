"""What words have to do with: 앵무새 is a pet like 고양이, 부서지다 is a mishap like 깨지다.

senses.txt has 20,700 everyday words by sense, "animal.pet: 강아지 고양이 …"; a verb or adjective stands there with 다
and is known in its usual forms. What a classifier (bot/linear.py) learns of one word of a sense it knows of the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from bot.korean.conjugation import adnominal, infinitive, noun, past

_WORD = re.compile(r"[가-힣a-z0-9ㄱ-ㅎㅏ-ㅣ]+")
_NO_PREDICATES = {"바다", "사이다", "소다", "판다", "캐나다", "수다", "마다"}
# What a stem of one syllable must go on with: 가 begins too many other words.
_ENDINGS = ("고", "는", "지", "네", "니", "게", "던", "기", "다", "자", "거", "길")
_ALONE = 3  # letters of the longest word that one of a single letter may begin


@lru_cache(maxsize=64)  # several classifiers ask about the same text
def senses(text: str) -> tuple[str, ...]:
    """The senses of a text's words, and their areas ("animal.pet", "animal"), each once, in their order."""
    found = [sense for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()) for sense in _senses(word)]
    return tuple(dict.fromkeys([*found, *(sense.partition(".")[0] for sense in found)]))


def _senses(word: str) -> Iterator[str]:
    """Of the longest forms from the left on; inside a word, where no form has just ended, of two letters at least."""
    forms, longest = _forms()
    at, begins = 0, True
    while at < len(word):
        least = 1 if begins and len(word) - at <= _ALONE else 2
        sizes = range(min(longest, len(word) - at), least - 1, -1)
        size = next((size for size in sizes if word[at : at + size] in forms), 0)
        yield from forms.get(word[at : at + size], ())
        at, begins = at + (size or 1), size > 0


@cache
def _forms() -> tuple[dict[str, tuple[str, ...]], int]:
    """Each form of each word with its senses, and how long the longest is."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for line in files(__package__).joinpath("senses.txt").read_text(encoding="utf-8").splitlines():
        sense, _, words = line.partition(": ")
        for word in words.split():
            for form in _forms_of(word):
                found[form][sense] = None
    return {form: tuple(named) for form, named in found.items()}, max(map(len, found))


def _forms_of(word: str) -> list[str]:
    if not word.endswith("다") or len(word) == 1 or word in _NO_PREDICATES:
        return [word]
    stem = word[:-1]
    changed = [infinitive(stem), adnominal(stem), noun(stem), past(stem)]
    if len(stem) == 1:
        return [*(stem + ending for ending in _ENDINGS), *(form for form in changed[:3] if len(form) > 1), changed[3]]
    bare = [stem[:-1]] if stem.endswith(("하", "되")) and len(stem) > 2 else []
    return [stem, *changed, *bare]
