"""Learns a linear classifier of short texts (bot/linear.py)."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, embedding_bag

from bot.linear import pieces

BUCKETS = 1 << 15

_SEED = 7

_BATCH = 256
_RATE = 0.05
_DECAY = 1e-6
_SHARP = 3.0  # scores are so many times what is learnt, which makes Adam's first steps large enough
_CLIPPED = 1e-4  # share of the weights that are too large for a byte


@dataclass(frozen=True, slots=True)
class Example:
    """Something that was said, and what it is; `context` as in bot/linear.py."""

    said: str
    label: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Learnt:
    """`weights`: (buckets, labels), `bias`: (labels,), `senses`: how many pieces each sense of a word counts for."""

    labels: tuple[str, ...]
    weights: Tensor
    bias: Tensor
    senses: int

    def save(self, file: Path) -> None:
        """With weights as signed bytes."""
        kept = int(self.weights.numel() * (1 - _CLIPPED))
        step = float(self.weights.abs().flatten().kthvalue(kept).values) / 127 or 1.0
        rows = (self.weights / step).round().clamp(-127, 127).to(torch.int8)
        head = {
            "labels": self.labels,
            "senses": self.senses,
            "step": step,
            "bias": [round(one, 4) for one in self.bias.tolist()],
        }
        file.write_bytes(json.dumps(head, ensure_ascii=False).encode() + b"\n" + rows.numpy().tobytes())


@dataclass(frozen=True, slots=True)
class How:
    """How to learn.

    forgotten  share of an example's pieces that a step leaves out, so that no few of them decide alone: the more, the
               better other writers are understood, and the less what differs by a word or two
    senses     how many pieces each sense of a word counts for (bot/korean/senses.py); 0: senses are not looked at
    tempered   what scores are multiplied by in the end, so that chances are right as often as they say: on writers who
               were left out, since of its own examples a classifier is too sure (Guo et al. 2017, arXiv:1706.04599)
    runs       so many are learnt, and their mean kept: what only one took for a sign of something averages out
    """

    forgotten: float = 0.2
    senses: int = 0
    tempered: float = 1.0
    epochs: int = 12
    buckets: int = BUCKETS
    runs: int = 1


def learn(examples: Sequence[Example], how: How = How()) -> Learnt:
    """The same examples give the same weights, on the same machine."""
    learnt = [_learn(examples, how, seed) for seed in range(_SEED, _SEED + how.runs)]
    weights = torch.stack([one.weights for one in learnt]).mean(0)
    bias = torch.stack([one.bias for one in learnt]).mean(0)
    return Learnt(learnt[0].labels, how.tempered * weights, how.tempered * bias, how.senses)


def _learn(examples: Sequence[Example], how: How, seed: int) -> Learnt:
    """Minimise cross-entropy by Adam."""
    chance = random.Random(seed)
    torch.manual_seed(seed)
    labels = tuple(sorted({one.label for one in examples}))
    places = {label: place for place, label in enumerate(labels)}
    bags = [torch.tensor(sorted(pieces(one.said, how.buckets, one.context, how.senses))) for one in examples]
    wanted = torch.tensor([places[one.label] for one in examples])
    weights = torch.zeros(how.buckets, len(labels), requires_grad=True)
    bias = torch.zeros(len(labels), requires_grad=True)
    optimizer = torch.optim.Adam([weights, bias], lr=_RATE)
    order = list(range(len(examples)))
    for _ in range(how.epochs):
        chance.shuffle(order)
        for at in range(0, len(order), _BATCH):
            some = order[at : at + _BATCH]
            scores = _scores([_some_of(bags[one], how.forgotten) for one in some], weights, bias)
            loss = cross_entropy(scores, wanted[some]) + _DECAY * weights.square().sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return Learnt(labels, _SHARP * weights.detach(), _SHARP * bias.detach(), how.senses)


def _some_of(bag: Tensor, forgotten: float) -> Tensor:
    kept = bag[torch.rand(len(bag)) >= forgotten]
    return kept if len(kept) else bag


def _scores(bags: Sequence[Tensor], weights: Tensor, bias: Tensor) -> Tensor:
    """(texts, labels): the sum of a text's rows over the square root of their number."""
    starts = torch.tensor([0, *(len(bag) for bag in bags[:-1])]).cumsum(0)
    share = torch.cat([torch.full((len(bag),), len(bag) ** -0.5) for bag in bags])
    return _SHARP * (embedding_bag(torch.cat(list(bags)), weights, starts, mode="sum", per_sample_weights=share) + bias)
