"""Beam search inside the continuous batch: several continuations of one prompt, the likeliest of which is handed out.

The same search as transformers' `generate(num_beams=n, do_sample=False, early_stopping=False, length_penalty=1)`:
scores are sums of log-probabilities, a finished answer counts by its score per written token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from model.memory import rearrange
from model.packed import Stretch
from model.sampling import Draw, restrict
from model.writer import Finish, Produced, Writer


@dataclass(frozen=True, slots=True)
class _Ended:
    """A finished answer and its score per token."""

    score: float
    tokens: tuple[int, ...]


class Beams:
    """A request that is written in `count` continuations at once; its tokens come with the end."""

    def __init__(self, writer: Writer, count: int) -> None:
        self.id = writer.id
        self._count = count
        self._writers = [writer]
        self._scores = [0.0]
        self._ended: list[_Ended] = []
        self._longest = writer.longest - writer.draw.prompt_length

    def plan(self, chunk: int) -> list[Stretch]:
        return [stretch for writer in self._writers for stretch in writer.plan(chunk)]

    def advance(self, stretches: list[Stretch], logits: torch.Tensor) -> list[Produced]:
        """Go on from what the model says behind each stretch, [stretches, vocabulary]. It is heard of at its end."""
        read = [writer.has_read(stretch) for writer, stretch in zip(self._writers, stretches, strict=True)]
        if not all(read):
            return []  # the prompt is not read to its end
        chances = logits.log_softmax(-1)
        restrict(chances, [writer.draw for writer in self._writers])
        self._branch(chances + torch.tensor(self._scores, device=chances.device)[:, None])
        return [self._result()] if self._over() else []

    def close(self, finish: Finish = "") -> None:
        for writer in self._writers:
            writer.give_back(finish)

    def _branch(self, totals: torch.Tensor) -> None:
        """Keep the best continuations; those that reached their end are put aside."""
        stops = self._writers[0].draw.stop_ids
        wide = max(2, 1 + len(stops)) * self._count
        best = totals.flatten().topk(min(wide, totals.numel()))
        going: list[tuple[float, int, int]] = []
        for rank, (score, place) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
            source, token = divmod(place, totals.shape[1])
            if token not in stops:
                going.append((score, source, token))
            elif rank < self._count:
                self._end(source, score, self._written + 1)
        self._go_on(going[: self._count])

    def _end(self, source: int, score: float, length: int) -> None:
        draw = self._writers[source].draw
        self._ended.append(_Ended(score / length, tuple(draw.seen[draw.prompt_length :])))
        self._ended.sort(key=lambda ended: ended.score, reverse=True)
        del self._ended[self._count :]

    def _go_on(self, going: list[tuple[float, int, int]]) -> None:
        before = list(self._writers)
        drafts = self._drafts([source for _, source, _ in going])
        while len(self._writers) < len(going):  # after the prompt there is one; the others begin as its copies
            self._writers.append(before[0].twin(drafts[len(self._writers)]))
        writers = self._writers[: len(going)]
        if len(before) > 1:
            rearrange([writer.seat for writer in writers], [before[source].seat for _, source, _ in going])
        for surplus in before[len(going) :]:
            surplus.give_back()
        for writer, draw, (_, _, token) in zip(writers, drafts, going, strict=True):
            writer.draw = draw
            draw.take(token)
        self._writers, self._scores = writers, [score for score, _, _ in going]

    def _drafts(self, sources: Sequence[int]) -> list[Draw]:
        """What each continuation goes on from; only a source's second one needs a copy."""
        drafts: list[Draw] = []
        for number, source in enumerate(sources):
            draw = self._writers[source].draw
            drafts.append(draw.forked() if source in sources[:number] else draw)
        return drafts

    @property
    def _written(self) -> int:
        return self._writers[0].draw.written

    def _over(self) -> bool:
        """Whether no continuation can still beat the finished ones, or there is no room for more."""
        if self._written >= self._longest:
            return True
        if len(self._ended) < self._count:
            return False
        return self._scores[0] / self._written <= self._ended[-1].score

    def _result(self) -> Produced:
        full = self._written >= self._longest
        for number, score in enumerate(self._scores if full else ()):
            self._end(number, score, self._written)
        best = self._ended[0]
        return Produced(self.id, best.tokens, "length" if len(best.tokens) >= self._longest else "stop")
