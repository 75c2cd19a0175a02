"""The next token is chosen as transformers would, and the same seed chooses the same whoever else is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    MinLengthLogitsProcessor,
    NoBadWordsLogitsProcessor,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
)

from bot.messages import Sampling
from model.sampling import Draw, choose, restrict

VOCABULARY = 8


def draw(
    seen: Sequence[int] = (), *, prompt: int = 0, banned: tuple[tuple[int, ...], ...] = (), **rules: float
) -> Draw:
    return Draw(Sampling(**rules), list(seen), prompt, frozenset([7]), banned)  # type: ignore[arg-type]


def drawn(count: int, logits: torch.Tensor | None = None, **rules: Any) -> set[int]:
    logits = torch.tensor([1.0, 3.0, 2.0, 0.0]) if logits is None else logits
    one = draw(seed=0, **rules)
    return {choose(logits.clone()[None], [one])[0] for _ in range(count)}


def test_chance_reaches_every_token_unless_told_otherwise() -> None:
    assert drawn(300) == drawn(300, top_k=0, top_p=1.0) == {0, 1, 2, 3}
    assert drawn(300, top_k=2) == {1, 2}
    assert drawn(300, top_p=0.7) == {1, 2}
    assert drawn(300, top_k=3, top_p=0.6) == {1}
    assert drawn(300, top_p=0.0) == {1}
    assert drawn(300, temperature=0.01) == drawn(1, temperature=1e-30) == {1}


def test_top_p_reaches_beyond_the_likeliest_few_when_they_are_not_enough() -> None:
    flat = torch.zeros(2000)
    assert len(drawn(3000, flat, top_p=0.9)) > 1000


def test_one_row_that_chooses_among_many_sorts_no_more_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    sorted_: list[tuple[int, int]] = []
    topk = torch.Tensor.topk

    def watched(logits: torch.Tensor, count: int, *rest: Any) -> Any:
        sorted_.append((len(logits), count))
        return topk(logits, count, *rest)

    monkeypatch.setattr(torch.Tensor, "topk", watched)
    choose(torch.randn(5, 5000), [draw(top_k=count) for count in (40, 900, 60, 5000, 10**9)])
    assert sorted_ == [(2, 60), (1, 900)]


def test_more_candidates_than_tokens_are_all_of_them() -> None:
    assert drawn(300, top_k=10**9) == drawn(300) == {0, 1, 2, 3}
    assert drawn(300, top_k=10**9, top_p=0.7) == drawn(300, top_p=0.7)
    assert len(drawn(3000, torch.zeros(2000), top_k=900)) > 500


@given(st.lists(st.integers(0, 2), max_size=14), st.lists(st.integers(0, 2), max_size=8), st.integers(1, 4))
def test_a_fork_goes_its_own_way_and_knows_what_repeats_in_it(before: list[int], after: list[int], ngram: int) -> None:
    one = draw(before, no_repeat_ngram_size=ngram)
    other = one.forked()
    for token in after:
        other.take(token)
    for written, expected in ((one, before), (other, before + after)):
        assert written.seen == expected
        assert written.repeating() == draw(expected, no_repeat_ngram_size=ngram).repeating()


def test_what_repeats_is_noted_token_by_token() -> None:
    one = draw([1, 2, 3, 1], no_repeat_ngram_size=3)
    assert one.repeating() == set()
    one.take(2)
    assert one.repeating() == {3}
    assert one.followed == {(1, 2): {3}, (2, 3): {1}, (3, 1): {2}}


def test_chance_follows_the_models_odds() -> None:
    logits, one = torch.tensor([[0.0, 1.0]]), draw(temperature=0.5, seed=0)
    ones = sum(choose(logits.clone(), [one])[0] for _ in range(2000))
    assert ones / 2000 == pytest.approx(torch.tensor(2.0).sigmoid().item(), abs=0.03)


def test_a_seed_chooses_the_same_whatever_the_other_rows_want() -> None:
    torch.manual_seed(0)
    row = torch.randn(5000) * 3
    others = [draw(temperature=0), draw(top_k=900, seed=3), draw(top_p=0.5, seed=4), draw(seed=5)]
    alone = [choose(row.clone()[None], [draw(top_k=40, top_p=0.9, seed=n)])[0] for n in range(20)]
    beside = [choose(torch.stack([row] * 5), [*others, draw(top_k=40, top_p=0.9, seed=n)])[-1] for n in range(20)]
    assert alone == beside
    assert len(set(alone)) > 1


class _Waits(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts how often a number is asked for that a device has yet to work out."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func in (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default)
        return func(*args, **kwargs or {})


def test_a_device_is_waited_for_no_more_often_for_many_rows_than_for_one() -> None:
    rules: list[dict[str, Any]] = [
        {"temperature": 0, "repetition_penalty": 1.2}, {"top_k": 40}, {"top_k": 900}, {"top_p": 0.9}, {"min_tokens": 3},
    ]  # fmt: skip
    for count in (1, 20):
        with _Waits() as waits:  # type: ignore[no-untyped-call]
            choose(torch.randn(5 * count, 1000), [draw([1, 2], prompt=2, seed=0, **rule) for rule in rules * count])
        assert waits.count == 0, "all that is read is read at once"


@given(
    seen=st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=12),
    penalty=st.sampled_from([1.0, 1.25, 2.0]),
    ngram=st.integers(0, 4),
    shortest=st.integers(0, 6),
    banned=st.lists(st.lists(st.integers(0, VOCABULARY - 2), min_size=1, max_size=3).map(tuple), max_size=3),
    seed=st.integers(0, 100),
)
def test_the_rules_are_those_of_transformers(
    seen: list[int], penalty: float, ngram: int, shortest: int, banned: list[tuple[int, ...]], seed: int
) -> None:
    row = torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(seed))
    rules: list[LogitsProcessor] = [RepetitionPenaltyLogitsProcessor(penalty)]
    if ngram:
        rules.append(NoRepeatNGramLogitsProcessor(ngram))
    if banned:
        rules.append(NoBadWordsLogitsProcessor([list(word) for word in banned]))
    rules.append(MinLengthLogitsProcessor(len(seen) // 2 + shortest, 7))
    expected = LogitsProcessorList(rules)(torch.tensor([seen]), row.clone()[None])[0]  # type: ignore[arg-type]
    one = draw(
        seen, prompt=len(seen) // 2, banned=tuple(banned),
        repetition_penalty=penalty, no_repeat_ngram_size=ngram, min_tokens=shortest,
    )  # fmt: skip
    rows = torch.stack([row, row])
    restrict(rows, [draw(), one])
    assert torch.equal(rows[1], expected)
    assert torch.equal(rows[0], row)
