"""A linear classifier of short texts: multinomial logistic regression over hashed pieces of words.

Hashing needs no vocabulary (Weinberger et al. 2009, arXiv:0902.2206); n-grams forgive the spacing, the endings and the
slips of the keyboard that Korean chats vary most. What words have to do with (bot/korean/senses.py) makes up for those
that no example had. training/linear.py makes the files.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from zlib import crc32

from bot.korean.senses import senses

SYLLABLES = (1, 2, 3, 4)  # sizes of the n-grams
LETTERS = (3, 4)  # the same of single letters (ㄴㅏㄹ)
BEFORE = (2, 3)  # sizes of the n-grams of what was said before

_LARGEST = 8 << 20  # bytes of a file
_MOST_SENSES = 8
_ZERO = 128
_UNSIGNED = bytes(byte ^ _ZERO for byte in range(256))  # of a signed byte: the same and _ZERO more
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Linear:
    """`weights`: a row for each piece with a byte for each label, in steps of `step` above or below _ZERO: bytes add up
    three times as fast as signed ones.

    `senses`: how many pieces each sense of a word counts for; 0 in files that know of none.
    """

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    step: float
    weights: bytes
    senses: int = 0

    @classmethod
    def load(cls, file: Path) -> Linear:
        """Raises OSError, or ValueError for a file that is none of these."""
        if file.stat().st_size > _LARGEST:
            raise ValueError(f"{file}: larger than {_LARGEST} bytes")
        head, _, body = file.read_bytes().partition(b"\n")
        weights = body.translate(_UNSIGNED)
        match json.loads(head):
            case {"labels": [*labels], "bias": [*bias], "step": float(step), **more} if len(labels) == len(
                bias
            ) > 0 and all(isinstance(one, int | float) for one in bias):
                if not weights or len(weights) % len(labels):
                    raise ValueError(f"{file}: cut short")
                counting = more.get("senses", 0)
                if not isinstance(counting, int) or not 0 <= counting <= _MOST_SENSES:
                    raise ValueError(f"{file}: a classifier of another version")
                return cls(tuple(map(str, labels)), tuple(map(float, bias)), step, weights, counting)
        raise ValueError(f"{file}: no classifier")

    def chances(self, text: str, context: str = "") -> dict[str, float]:
        """How likely each label is; together 1. `context`: what was said before, where it learnt from that."""
        many = len(self.labels)
        found = pieces(text, len(self.weights) // many, context, self.senses)
        rows = [self.weights[at * many : at * many + many] for at in found]
        scale = self.step / math.sqrt(len(rows))
        zero = _ZERO * len(rows)
        sums = [sum(one) - zero for one in zip(*rows, strict=True)]
        scores = [one * scale + bias for one, bias in zip(sums, self.bias, strict=True)]
        highest = max(scores)
        raised = [math.exp(score - highest) for score in scores]
        whole = sum(raised)
        return {label: each / whole for label, each in zip(self.labels, raised, strict=True)}


def pieces(text: str, buckets: int, context: str = "", counting: int = 0) -> set[int]:
    """The pieces of a text, and of what was said before it, as places below `buckets`; never none.

    `counting`: how many pieces each sense of a word is.
    """
    before = _pieces_before(context) if context else ()
    known = _pieces_known(text, context, counting) if counting else ()
    found = chain(_pieces(text), before, known)
    return {crc32(piece.encode(errors="surrogatepass")) % buckets for piece in found}


def _pieces(text: str) -> Iterator[str]:
    folded = _folded(text)
    joined = _joined(folded)
    yield from (joined[at : at + size] for size in SYLLABLES for at in range(len(joined) - size + 1))
    letters = unicodedata.normalize("NFD", joined)
    yield from (f"j{letters[at : at + size]}" for size in LETTERS for at in range(len(letters) - size + 1))
    yield from (f"w{word}" for word in folded.split())


def _pieces_before(context: str) -> Iterator[str]:
    """Fewer, so that they don't drown what is said now."""
    joined = _joined(_folded(context))
    yield from (f"before{joined[at : at + size]}" for size in BEFORE for at in range(len(joined) - size + 1))


def _pieces_known(text: str, context: str, counting: int) -> Iterator[str]:
    yield from (f"sense{nth}{sense}" for sense in senses(text) for nth in range(counting))
    yield from (f"told{nth}{sense}" for sense in senses(context) for nth in range(counting))


def _folded(text: str) -> str:
    return _NUMBER.sub("0", unicodedata.normalize("NFC", text).casefold())


def _joined(folded: str) -> str:
    return f"^{''.join(folded.split())}$"  # Korean spacing is anybody's guess
