"""Like lengths together, in mixed order, the same rows in a step however it is accumulated."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from training.collating import Buckets

LENGTHS = Random(3).choices(range(5, 90), k=403)


@given(st.lists(st.integers(1, 50), max_size=200), st.integers(1, 40), st.integers(0, 5))
def test_every_row_comes_once_an_epoch(lengths: list[int], step: int, epoch: int) -> None:
    order = Buckets(lengths, step, 1)
    order.set_epoch(epoch)
    assert sorted(order) == list(range(len(lengths)))
    assert len(order) == len(lengths)


def test_a_step_holds_rows_of_like_length_and_steps_are_not_in_order_of_length() -> None:
    order = list(Buckets(LENGTHS, 16, 1))
    steps = [[LENGTHS[row] for row in order[at : at + 16]] for at in range(0, 400, 16)]
    assert sum(max(step) - min(step) for step in steps) / len(steps) < 12
    shortest = [min(step) for step in steps]
    assert shortest != sorted(shortest)
    assert shortest != sorted(shortest, reverse=True)


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    first, second, other = Buckets(LENGTHS, 8, 1), Buckets(LENGTHS, 8, 1), Buckets(LENGTHS, 8, 2)
    assert list(first) == list(first) == list(second) != list(other)
    second.set_epoch(1)
    assert list(first) != list(second)
