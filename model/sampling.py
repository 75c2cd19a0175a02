"""Which token comes next: all rows of a step at once, each by its own rules.

Order and meaning are transformers': penalty, n-grams, banned words, shortest length, temperature, top_k, top_p, chance.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence, Set
from copy import copy
from dataclasses import dataclass, field

import torch

from bot.messages import Sampling

_GREEDY = 1e-5  # below this, dividing by the temperature leaves the range of float32
_CANDIDATES = 256  # tokens among which a row nearly always finds its own; where it doesn't, all of it is sorted
_NEVER = float("-inf")


@dataclass(slots=True)
class Draw:
    """One sequence's rules and what they look at. `seen`: prompt and answer so far."""

    sampling: Sampling
    seen: list[int]
    prompt_length: int
    stop_ids: frozenset[int] = frozenset()
    banned: tuple[tuple[int, ...], ...] = ()
    chance: random.Random = field(default_factory=random.Random)
    distinct: set[int] = field(init=False)
    followed: dict[tuple[int, ...], frozenset[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.distinct = set(self.seen)
        self.followed = {}
        for end in range(self.ngram, len(self.seen) + 1) if self.ngram > 1 else ():
            self._follow(end)
        if self.sampling.seed is not None:
            self.chance.seed(self.sampling.seed)

    @property
    def written(self) -> int:
        return len(self.seen) - self.prompt_length

    @property
    def temperature(self) -> float:
        return 1.0 if self.sampling.temperature is None else self.sampling.temperature

    @property
    def ngram(self) -> int:
        """Of so many tokens none may come twice in the same order; 0: they may."""
        return self.sampling.no_repeat_ngram_size or 0

    def take(self, token: int) -> None:
        self.seen.append(token)
        self.distinct.add(token)
        if 1 < self.ngram <= len(self.seen):
            self._follow(len(self.seen))

    def forked(self) -> Draw:
        """The same, to go on in another direction; only chance is shared, to which beams leave nothing."""
        other = copy(self)
        other.seen, other.distinct, other.followed = self.seen.copy(), self.distinct.copy(), self.followed.copy()
        return other

    def repeating(self) -> Set[int]:
        """The tokens that would complete an n-gram that is there already."""
        if self.ngram == 1:
            return self.distinct
        return self.followed.get(tuple(self.seen[len(self.seen) - self.ngram + 1 :]), frozenset())

    def _follow(self, end: int) -> None:
        """Note what the n-gram that ends there ends with."""
        *before, last = self.seen[end - self.ngram : end]
        start = tuple(before)
        self.followed[start] = self.followed.get(start, frozenset()) | {last}  # a fork's own one stays as it is


def choose(logits: torch.Tensor, draws: Sequence[Draw]) -> list[int]:
    """The next token of each row. `logits`: [rows, vocabulary] in float32, changed in place."""
    for row, draw in zip(logits, draws, strict=True):
        restrict(row, draw)
    tokens = logits.argmax(-1).tolist()
    by_chance = [number for number, draw in enumerate(draws) if draw.temperature >= _GREEDY]
    if by_chance:
        chosen = _drawn(logits[by_chance], [draws[number] for number in by_chance])
        for number, token in zip(by_chance, chosen, strict=True):
            tokens[number] = token
    return [int(token) for token in tokens]


def restrict(row: torch.Tensor, draw: Draw) -> None:
    """Apply what depends on the text so far to one row of logits, in place."""
    sampling = draw.sampling
    if sampling.repetition_penalty not in (None, 1.0):
        _penalise(row, draw.distinct, sampling.repetition_penalty)
    forbidden: set[int] = set()
    if draw.ngram:
        forbidden |= draw.repeating()
    forbidden.update(_completing(draw.seen, draw.banned))
    if draw.written < (sampling.min_tokens or 0):
        forbidden |= draw.stop_ids
    if forbidden:
        row[list(forbidden)] = _NEVER


def _penalise(row: torch.Tensor, distinct: Iterable[int], penalty: float) -> None:
    """Every token of prompt and answer made less likely (Keskar et al. 2019, arXiv:1909.05858, section 4.1)."""
    ids = torch.tensor(list(distinct), device=row.device)
    scores = row[ids]
    row[ids] = torch.where(scores < 0, scores * penalty, scores / penalty)


def _completing(seen: Sequence[int], banned: Iterable[Sequence[int]]) -> Iterable[int]:
    """The last tokens of banned words of which the rest is written."""
    for word in banned:
        *before, last = word
        if not before or list(seen[-len(before) :]) == before:
            yield last


def _drawn(logits: torch.Tensor, draws: Sequence[Draw]) -> list[int]:
    heat = torch.tensor([[draw.temperature] for draw in draws], device=logits.device)
    # Differences to the maximum can't overflow upwards, whatever they are divided by.
    logits = (logits - logits.amax(-1, keepdim=True)) / heat
    limits = [_limit(draw, logits.shape[-1]) for draw in draws]
    whole = [not limit and _mass(draw) >= 1 for limit, draw in zip(limits, draws, strict=True)]
    if all(whole):
        return [_everything(row, draw) for row, draw in zip(logits, draws, strict=True)]
    # As wide as all need it, and no wider: one row alone may want to choose among all tokens.
    width = min(max(limit or _CANDIDATES for limit in limits), _CANDIDATES, logits.shape[-1])
    values, tokens = logits.topk(width, -1)
    totals = logits.logsumexp(-1)
    tokens_of, chances_of = tokens.cpu(), values.cpu()
    return [
        _everything(logits[number], draw)
        if whole[number]
        else _best(logits[number], chances_of[number], tokens_of[number], float(totals[number]), draw)
        for number, draw in enumerate(draws)
    ]


def _best(row: torch.Tensor, values: torch.Tensor, tokens: torch.Tensor, total: float, draw: Draw) -> int:
    """A token among the best: `values` and `tokens` are the likeliest ones, in their order."""
    limit, mass = _limit(draw, len(row)), _mass(draw)
    if limit:
        if limit > len(values):
            values, tokens = row.topk(limit)
        values = values[:limit]
        chances = values.softmax(-1)
    else:
        chances = (values - total).exp()
        if float(chances.sum()) < mass and len(values) < len(row):
            values, tokens = row.sort(descending=True, stable=True)
            chances = values.softmax(-1)
    sums = chances.double().cumsum(0)
    # A token stays when those before it have not reached the mass yet; the first one always does.
    kept = max(int((sums - chances < mass).sum()), 1)
    return int(tokens[_spin(sums[:kept], draw)])


def _everything(row: torch.Tensor, draw: Draw) -> int:
    return _spin(row.softmax(-1).double().cumsum(0), draw)


def _spin(sums: torch.Tensor, draw: Draw) -> int:
    """A place by chance; `sums` are the running sums of what each is worth."""
    point = sums.new_tensor(draw.chance.random()) * sums[-1]
    return min(int(torch.searchsorted(sums, point, right=True)), len(sums) - 1)


def _limit(draw: Draw, vocabulary: int) -> int:
    """Among so many of the likeliest tokens is chosen; 0: among all."""
    limit = draw.sampling.top_k or 0
    return limit if limit < vocabulary else 0


def _mass(draw: Draw) -> float:
    return 1.0 if draw.sampling.top_p is None else draw.sampling.top_p
