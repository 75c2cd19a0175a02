"""The terms by which passages are found: pairs of syllables, words of other scripts, stems when kiwipiepy is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from bot.korean.folding import match_key

_SCHEME = "pairs-1"  # a new number whenever other terms come out, so that indexes are made anew

# Scripts whose words are not told apart by blanks: Hangul syllables (particles cling to words), Han, kana.
_RUN = re.compile(r"(?P<dense>[가-힣ぁ-ヿ㐀-鿿]+)|(?P<word>[^\W가-힣ぁ-ヿ㐀-鿿]+)")
_PLURAL = re.compile(r"(?<=[a-z]{2}[^s\d])s$")

# Kiwi's tags of what carries meaning: nouns, verbs, adjectives, roots. https://github.com/bab2min/kiwipiepy
_STEMS = frozenset({"NNG", "NNP", "XR", "VV", "VA", "VV-I", "VA-I", "VV-R", "VA-R"})


@dataclass(frozen=True, slots=True)
class Term:
    """`word` stands for the characters from `start` to `end` of a folded text.

    `firm`: it may be a word by itself. A pair that begins with a word's second syllable seldom is (가습기: 습기), nor
    one that reaches over a blank.
    """

    word: str
    start: int
    end: int
    firm: bool = True


def folded(text: str) -> str:
    """The words of a text in the form that is compared, one blank between two of them."""
    return " ".join(filter(None, map(match_key, text.split())))


def terms(text: str) -> list[str]:
    """What a text is found by, with repeats.

    >>> terms("환불 규정 FAQ")
    ['환불', '불규', '규정', 'faq']
    """
    return [term.word for term in located(folded(text))]


def tokenizer() -> str:
    """Names what `terms` does here; an index that another one made has to be made anew."""
    return f"{_SCHEME}+kiwi-{version('kiwipiepy')}" if _kiwi_is_there() else _SCHEME


def located(text: str) -> Iterator[Term]:
    """The terms of a folded text. Pairs reach over a blank as well, since people differ about spacing."""
    before: re.Match[str] | None = None
    for run in _RUN.finditer(text):
        if run["word"]:
            yield Term(_PLURAL.sub("", run["word"]), run.start(), run.end())
            before = None
            continue
        if before:
            yield Term(text[before.end() - 1] + run[0][0], before.end() - 1, run.start() + 1, firm=False)
        for at in range(run.start(), run.end() - 1):
            yield Term(text[at : at + 2], at, at + 2, firm=at != run.start() + 1)
        before = run
    if _kiwi_is_there():
        yield from _stems(text)


def _stems(text: str) -> Iterator[Term]:
    for token in _kiwi().tokenize(text):
        plain = text[token.start : token.start + token.len] == token.form and len(token.form) == 2  # a pair already
        if token.tag in _STEMS and len(token.form) > 1 and not plain:
            yield Term(token.form, token.start, token.start + token.len)


@cache
def _kiwi_is_there() -> bool:
    return find_spec("kiwipiepy") is not None


@cache
def _kiwi() -> Any:
    """Loaded once, when it is first needed: that takes a second and some hundred megabytes."""
    return import_module("kiwipiepy").Kiwi()
