"""Which token comes next: all rows of a step at once, each by its own rules.

Order and meaning are transformers': penalty, n-grams, banned words, shortest length, temperature, top_k, top_p, chance.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence, Set
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
    def penalty(self) -> float:
        return 1.0 if self.sampling.repetition_penalty is None else self.sampling.repetition_penalty

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
    """The next token of each row. `logits`: [rows, vocabulary] in float32, changed in place.

    All rows at once: a GPU is waited for no more often for many than for one.
    """
    restrict(logits, draws)
    tokens = logits.argmax(-1)
    by_chance = [number for number, draw in enumerate(draws) if draw.temperature >= _GREEDY]
    if by_chance:
        tokens[by_chance] = _drawn(_rows(logits, by_chance), [draws[number] for number in by_chance])
    return [int(token) for token in tokens.tolist()]


def restrict(logits: torch.Tensor, draws: Sequence[Draw]) -> None:
    """Apply what depends on the text so far to each row of logits, in place."""
    _penalise(logits, draws)
    forbidden = [(number, token) for number, draw in enumerate(draws) for token in _forbidden(draw)]
    if forbidden:
        rows, tokens = torch.tensor(forbidden, device=logits.device).T
        logits[rows, tokens] = _NEVER


def _penalise(logits: torch.Tensor, draws: Sequence[Draw]) -> None:
    """Every token of prompt and answer made less likely (Keskar et al. 2019, arXiv:1909.05858, section 4.1)."""
    penalised = [number for number, draw in enumerate(draws) if draw.penalty != 1 and draw.seen]
    if not penalised:
        return
    counts = torch.tensor([len(draws[number].distinct) for number in penalised])
    rows = torch.tensor(penalised).repeat_interleave(counts).to(logits.device)
    penalties = torch.tensor([draws[number].penalty for number in penalised]).repeat_interleave(counts).to(logits)
    tokens = torch.tensor([token for number in penalised for token in draws[number].distinct], device=logits.device)
    scores = logits[rows, tokens]
    logits[rows, tokens] = torch.where(scores < 0, scores * penalties, scores / penalties)


def _forbidden(draw: Draw) -> Set[int]:
    forbidden = {*_completing(draw.seen, draw.banned)}
    if draw.ngram:
        forbidden |= draw.repeating()
    if draw.written < (draw.sampling.min_tokens or 0):
        forbidden |= draw.stop_ids
    return forbidden


def _completing(seen: Sequence[int], banned: Iterable[Sequence[int]]) -> Iterable[int]:
    """The last tokens of banned words of which the rest is written."""
    for word in banned:
        *before, last = word
        if not before or list(seen[-len(before) :]) == before:
            yield last


def _drawn(logits: torch.Tensor, draws: Sequence[Draw]) -> torch.Tensor:
    """A token for each row by chance."""
    heat = logits.new_tensor([[draw.temperature] for draw in draws])
    # Differences to the maximum can't overflow upwards, whatever they are divided by.
    logits = (logits - logits.amax(-1, keepdim=True)) / heat
    points = logits.new_tensor([[draw.chance.random()] for draw in draws], dtype=torch.double)
    tokens = torch.empty(len(draws), dtype=torch.long, device=logits.device)
    for (way, _), numbers in _by_way(draws, logits.shape[-1]).items():
        chosen = way(_rows(logits, numbers), _rows(points, numbers), [draws[number] for number in numbers])
        tokens[numbers] = chosen[:, 0]
    return tokens


# Logits, points and draws of some rows to a token for each, [rows, 1].
_Way = Callable[[torch.Tensor, torch.Tensor, Sequence[Draw]], torch.Tensor]


def _by_way(draws: Sequence[Draw], vocabulary: int) -> dict[tuple[_Way, int], list[int]]:
    """The rows that choose in one way. Who chooses among many makes nobody else sort as many: it stands apart."""
    ways: dict[tuple[_Way, int], list[int]] = {}
    for number, draw in enumerate(draws):
        limit = _limit(draw, vocabulary)
        way = _among_the_likeliest if limit else _by_mass if _mass(draw) < 1 else _among_all
        ways.setdefault((way, limit if limit > _CANDIDATES else 0), []).append(number)
    return ways


def _among_all(logits: torch.Tensor, points: torch.Tensor, _: Sequence[Draw]) -> torch.Tensor:
    kept = torch.full_like(points[0], logits.shape[-1], dtype=torch.long)
    # Row by row, which is twice as fast on a CPU: what a row takes fits its cache. Nobody waits for a GPU meanwhile.
    rows = zip(logits, points, strict=True)
    return torch.stack([_places(row.softmax(-1).double().cumsum(-1), point, kept) for row, point in rows])


def _among_the_likeliest(logits: torch.Tensor, points: torch.Tensor, draws: Sequence[Draw]) -> torch.Tensor:
    limits = points.new_tensor([[_limit(draw, logits.shape[-1])] for draw in draws])
    width = max(_limit(draw, logits.shape[-1]) for draw in draws)
    values, tokens = logits.topk(width, -1)
    beyond = torch.arange(width, device=logits.device) >= limits
    return _spun(values.masked_fill_(beyond, _NEVER).softmax(-1), tokens, points, draws)


def _by_mass(logits: torch.Tensor, points: torch.Tensor, draws: Sequence[Draw]) -> torch.Tensor:
    values, tokens = logits.topk(min(_CANDIDATES, logits.shape[-1]), -1)
    chances = (values - logits.logsumexp(-1, keepdim=True)).exp()
    chosen = _spun(chances, tokens, points, draws)
    if values.shape[-1] < logits.shape[-1]:
        short = (chances.sum(-1, keepdim=True) < _masses(draws, points)).flatten().tolist()
        for number in (number for number, is_short in enumerate(short) if is_short):
            row = slice(number, number + 1)
            everything, order = logits[row].sort(dim=-1, descending=True, stable=True)
            chosen[row] = _spun(everything.softmax(-1), order, points[row], draws[row])
    return chosen


def _spun(chances: torch.Tensor, tokens: torch.Tensor, points: torch.Tensor, draws: Sequence[Draw]) -> torch.Tensor:
    """One of the tokens of each row, which come with their chances, the likeliest first."""
    sums = chances.double().cumsum(-1)
    # A token stays when those before it have not reached the mass yet; the first one always does.
    kept = (sums - chances < _masses(draws, points)).sum(-1, keepdim=True).clamp_(min=1)
    return tokens.gather(-1, _places(sums, points, kept))


def _places(sums: torch.Tensor, points: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """In each row a place among the first `kept`; `sums` are the running sums of what each is worth."""
    ends = sums.gather(-1, kept - 1)
    return torch.searchsorted(sums, points * ends, right=True).minimum(kept - 1)


def _rows(tensor: torch.Tensor, numbers: Sequence[int]) -> torch.Tensor:
    """Those rows, or the tensor itself where it is all of them."""
    if len(numbers) == len(tensor):
        return tensor
    return tensor.index_select(0, torch.tensor(numbers, device=tensor.device))


def _limit(draw: Draw, vocabulary: int) -> int:
    """Among so many of the likeliest tokens is chosen; 0: among all."""
    limit = draw.sampling.top_k or 0
    return limit if limit < vocabulary else 0


def _mass(draw: Draw) -> float:
    return 1.0 if draw.sampling.top_p is None else draw.sampling.top_p


def _masses(draws: Sequence[Draw], like: torch.Tensor) -> torch.Tensor:
    return like.new_tensor([[_mass(draw)] for draw in draws])
