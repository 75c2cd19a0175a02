"""What was read is found again by its tokens, and what was used longest ago goes first."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from model.kept import Kept
from model.memory import Layers

ONE = 2 * 2 * 16 * 4 * 4  # bytes of a block: keys and values, 2 heads, 16 tokens, 4 floats


def layers(length: int, value: float = 0.0) -> Layers:
    return {0: (torch.full((2, length, 4), value), torch.full((2, length, 4), -value))}


def test_the_longest_beginning_is_found_and_one_token_is_left_to_read() -> None:
    kept = Kept(1 << 20)
    kept.keep(range(40), layers(40, 3.0))
    found, there = kept.find(range(40))
    assert found == 32
    assert there[0][0].shape == (2, 32, 4)
    assert float(there[0][1].max()) == -3.0
    assert kept.find(range(32))[0] == 16
    assert kept.find([*range(16), *range(99, 120)])[0] == 16
    assert kept.find(range(1, 40))[0] == 0
    assert (kept.hits, kept.misses) == (3, 1)


def test_a_long_beginning_is_compared_once() -> None:
    compared = 0

    class Token(int):
        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return int(self) == other

        __hash__ = int.__hash__

    kept = Kept(1 << 30)
    kept.keep(range(640), layers(640))
    assert kept.find([Token(id) for id in range(641)])[0] == 640
    assert compared <= 640


def test_a_beginning_of_which_two_are_kept_is_found_to_its_end() -> None:
    kept = Kept(1 << 20)
    kept.keep(range(64), layers(64, 1.0))
    kept.keep([*range(32), *range(100, 132)], layers(64, 2.0))  # now the first two blocks are found in this one
    found, there = kept.find(range(65))
    assert (found, float(there[0][0].max())) == (64, 1.0)


def test_what_is_kept_is_not_copied_again() -> None:
    kept = Kept(1 << 20)
    kept.keep(range(64), layers(64, 1.0))
    kept.keep(range(64, 128), layers(64, 2.0))
    before = kept.find(range(65))[1][0][0].data_ptr()
    kept.keep(range(64), layers(64, 1.0))
    kept.keep(range(40), layers(40, 1.0))  # its beginning
    assert (kept.size, kept.find(range(65))[1][0][0].data_ptr()) == (8 * ONE, before)
    kept.keep(range(64), layers(64, 3.0), "another adapter")
    assert kept.size == 12 * ONE


def test_a_conversation_that_goes_on_is_kept_once() -> None:
    kept = Kept(1 << 20)
    kept.keep(range(32), layers(32))
    kept.keep(range(64), layers(64))
    assert kept.size == 4 * ONE


def test_the_one_used_longest_ago_goes_first() -> None:
    kept = Kept(3 * ONE)
    for start in (0, 100, 200):
        kept.keep(range(start, start + 16), layers(16))
    kept.find(range(17))
    kept.keep(range(300, 316), layers(16))
    assert [kept.find(range(start, start + 17))[0] for start in (0, 100, 200, 300)] == [16, 0, 16, 16]


def test_what_is_too_large_is_not_kept() -> None:
    kept = Kept(ONE)
    kept.keep(range(32), layers(32))
    assert kept.size == 0


@given(st.lists(st.lists(st.integers(0, 1), max_size=70), max_size=12), st.integers(0, 6))
def test_what_is_found_was_kept_and_the_budget_holds(sequences: list[list[int]], blocks: int) -> None:
    kept = Kept(blocks * ONE)
    before: list[list[int]] = []
    for ids in sequences:
        found, _ = kept.find(ids)
        assert found <= max(len(ids) - 1, 0)
        assert found == 0 or any(old[:found] == ids[:found] for old in before)
        kept.keep(ids, layers(len(ids)))
        before.append(ids)
        assert kept.size <= blocks * ONE
