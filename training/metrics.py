"""What a model's held-out answers are worth: bits per character, perplexity, chrF, variety, and how many are broken."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from training.corpora import letters
from training.measure import Told

ORDERS = 6  # Popović 2015: chrF: character n-gram F-score for automatic MT evaluation, WMT15: 1 to 6 characters
BETA = 2.0  # Popović 2016: chrF deconstructed, WMT16: recall counts twice as much as precision
ROUNDS = 1000  # resamples; Koehn 2004: Statistical significance tests for machine translation evaluation
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Written:
    """A model's own answer to `said`, beside the one that a person gave (`wanted`).

    `finished`: it ended by a stop token, not for want of room. `seconds` from question to last token.
    """

    said: str
    wanted: str
    answered: str
    finished: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """A figure and the interval that holds it in 95 of 100 resamples."""

    value: float
    low: float
    high: float

    def plain(self) -> dict[str, Any]:
        """As run records keep it."""
        return {"value": round(self.value, 4), "interval": [round(self.low, 4), round(self.high, 4)]}


def judged(told: Sequence[Told], written: Sequence[Written], seed: int) -> dict[str, Any]:
    """Every figure of a leaderboard row; those that need probabilities are left out where `told` is empty."""
    figures: dict[str, Any] = {}
    if told:
        figures["bits_per_character"] = bits_per_character(told, seed).plain()
        figures["perplexity"] = perplexity(told, seed).plain()
    if not written:
        return figures
    answers = [one.answered for one in written]
    figures["chrf"] = chrf(answers, [one.wanted for one in written], seed).plain()
    figures |= {f"distinct{size}": round(distinct(answers, size), 4) for size in (1, 2)}
    figures |= {name: share(fault, written, seed).plain() for name, fault in FAULTS.items()}
    figures["ms_per_reply"] = round(1000 * sum(one.seconds for one in written) / len(written), 2)
    return figures


# ---- what was predicted --------------------------------------------------------------------------


def bits_per_character(told: Sequence[Told], seed: int) -> Score:
    """Bits of all replies over their characters: the one figure that different tokenizers can be compared by."""
    return bootstrap([(one.bits, one.characters) for one in told], lambda sums: sums[0] / sums[1], seed)


def perplexity(told: Sequence[Told], seed: int) -> Score:
    """Of a reply's token, its stop token counted: comparable within one tokenizer only."""
    return bootstrap([(one.bits, one.tokens) for one in told], lambda sums: math.exp2(sums[0] / sums[1]), seed)


# ---- what was written ----------------------------------------------------------------------------


def chrf(answers: Sequence[str], wanted: Sequence[str], seed: int) -> Score:
    """chrF2 of the whole set, 0 to 100, white space left out, as its papers have it (ORDERS, BETA).

    Precision and recall are averaged over the lengths that both sides have n-grams of.
    """
    counts = [_matches(answer, want) for answer, want in zip(answers, wanted, strict=True)]
    return bootstrap(counts, _chrf, seed)


def _matches(answer: str, wanted: str) -> list[float]:
    """For each length: n-grams in common, in the answer, in what was wanted."""
    row: list[float] = []
    for size in range(1, ORDERS + 1):
        ours, theirs = _ngrams(answer, size), _ngrams(wanted, size)
        row += [(ours & theirs).total(), ours.total(), theirs.total()]
    return row


def _ngrams(text: str, size: int) -> Counter[str]:
    tight = "".join(text.split())
    return Counter(tight[at : at + size] for at in range(len(tight) - size + 1))


def _chrf(sums: Sequence[float]) -> float:
    triples = [sums[at : at + 3] for at in range(0, len(sums), 3)]
    both = [(common / ours, common / theirs) for common, ours, theirs in triples if ours and theirs]
    if not both:
        return 0.0
    precision = sum(one for one, _ in both) / len(both)
    recall = sum(other for _, other in both) / len(both)
    if not precision or not recall:
        return 0.0
    square = BETA * BETA
    return 100 * (1 + square) * precision * recall / (square * precision + recall)


def distinct(answers: Sequence[str], size: int) -> float:
    """Different word n-grams over all of them (Li et al. 2016: A Diversity-Promoting Objective, NAACL); 0 for none."""
    grams: Counter[tuple[str, ...]] = Counter()
    for answer in answers:
        words = answer.split()
        grams.update(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
    return len(grams) / grams.total() if grams else 0.0


# A group of words three times in a row, a few characters six times, or one of them twenty times ("ㅋㅋㅋㅋㅋ" is fine).
_LOOP = re.compile(r"(\S[^\n]{4,}?)(?:\s*\1){2}|(\S[^\n]{1,3}?)(?:\s*\2){5}|(\S)\3{19}")


def empty(one: Written) -> bool:
    """Nothing that can be read."""
    return not one.answered.strip()


def looping(one: Written) -> bool:
    """Something is said over and over."""
    return _LOOP.search(one.answered) is not None


def cut(one: Written) -> bool:
    """It stopped for want of room."""
    return not one.finished


def copied(one: Written) -> bool:
    """The question given back: only letter case, spaces and punctuation differ."""
    return bool(letters(one.answered)) and letters(one.answered) == letters(one.said)


FAULTS: dict[str, Callable[[Written], bool]] = {"empty": empty, "looping": looping, "cut": cut, "copied": copied}


def share(fault: Callable[[Written], bool], written: Sequence[Written], seed: int) -> Score:
    """How many of the answers have the fault, 0 to 1."""
    return bootstrap([(float(fault(one)), 1.0) for one in written], lambda sums: sums[0] / sums[1], seed)


# ---- how sure ------------------------------------------------------------------------------------


def bootstrap(rows: Sequence[Sequence[float]], figure: Callable[[Sequence[float]], float], seed: int) -> Score:
    """A figure of the rows' column sums, and its interval over `ROUNDS` samples of rows with replacement.

    The same rows and seed give the same interval. Raises ValueError without rows.
    """
    if not rows:
        raise ValueError("no rows to take a figure of")
    table = torch.tensor(rows, dtype=torch.float64)
    dice = torch.Generator().manual_seed(seed)
    drawn = [torch.randint(len(rows), (len(rows),), generator=dice) for _ in range(ROUNDS)]
    figures = sorted(figure(table[places].sum(0).tolist()) for places in drawn)
    edge = int(ROUNDS * (1 - LEVEL) / 2)
    return Score(figure(table.sum(0).tolist()), figures[edge], figures[-1 - edge])
