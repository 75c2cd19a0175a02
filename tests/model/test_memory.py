"""Rows hold what was put there wherever they move to, and no more of them are held than was said."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Sampling
from model.engine import Engine
from model.memory import LEAST, Aside, Layers, Memory, Seat, taken
from model.schedule import Limits, Request
from tests.model.tiny import CONTEXT, tiny_model

LONGEST = 300  # classes of 64, 128, 256 and 300 tokens


def layers(tokens: int, value: float) -> Layers:
    return {layer: (torch.full((1, tokens, 2), value), torch.full((1, tokens, 2), -value)) for layer in range(2)}


def allocated(memory: Memory) -> int:
    """Tokens for which the slabs' own tensors have a place."""
    return sum(keys.shape[0] * keys.shape[2] for slab in memory._slabs for keys, _ in list(slab.layers.values())[:1])


@dataclass
class Sequence:
    """One that writes its own number, over and over. `claim`: how long it may get."""

    claim: int
    number: float
    at: Seat | Aside
    tokens: int = 1

    def grow(self, memory: Memory) -> None:
        if isinstance(self.at, Seat):
            self.at, more = memory.room(self.at, self.claim), slice(self.tokens, self.claim)
            for keys, values in taken(self.at, self.claim).values():
                keys[:, more], values[:, more] = self.number, -self.number
            self.tokens = self.claim

    def pause_or_go_on(self, memory: Memory) -> None:
        match self.at:
            case Seat():
                self.at = memory.put_aside(self.at, self.tokens)
            case Aside():
                self.at = memory.take_back(self.at, self.tokens)

    def go(self, memory: Memory) -> None:
        match self.at:
            case Seat(slab):
                slab.give_back(self.at)
            case Aside():
                memory.forget(self.at)

    @property
    def whole(self) -> bool:
        contents = self.at.layers if isinstance(self.at, Aside) else taken(self.at, self.tokens)
        return all(
            bool((keys == self.number).all() & (values == -self.number).all()) for keys, values in contents.values()
        )


@given(st.lists(st.tuples(st.sampled_from(["comes", "grows", "pauses", "goes"]), st.integers(0, 1 << 20)), max_size=60))
def test_no_more_is_held_than_was_said_and_everybody_keeps_what_is_theirs(moves: list[tuple[str, int]]) -> None:
    budget = 3 * LONGEST
    memory, here = Memory(LONGEST, 2 * budget), list[Sequence]()
    for number, (move, chance) in enumerate(moves, start=1):
        claim = max(LEAST, chance % LONGEST)
        if move == "comes" and claim + sum(one.claim for one in here) <= budget:
            here.append(Sequence(claim, number, memory.seat(1, layers(1, number))))
        if not here:
            continue
        one = here[chance % len(here)]
        match move:
            case "grows":
                one.grow(memory)
            case "pauses":
                one.pause_or_go_on(memory)
            case "goes":
                here.remove(one)
                one.go(memory)
        assert allocated(memory) <= memory.held <= 2 * budget + LONGEST
        assert all(one.whole for one in here)


def test_rows_that_nobody_sits_in_make_way_for_longer_ones() -> None:
    memory = Memory(LONGEST, most=20 * 64)
    first, *others = [memory.seat(64, layers(64, 1.0)) for _ in range(16)]
    for seat in others:
        seat.slab.give_back(seat)
    assert memory.held == 16 * 64
    long = [memory.seat(256, layers(256, 2.0)) for _ in range(4)]
    assert memory.held <= 20 * 64
    assert {float(taken(seat, 64)[1][0].mean()) for seat in (first, *long)} == {1.0, 2.0}


def test_the_engine_holds_no_more_than_its_budget_though_chats_of_all_lengths_come_and_go() -> None:
    budget = 4 * CONTEXT
    limits = Limits(slots=16, waiting=64, context=CONTEXT, budget=budget)
    engine = Engine(tiny_model(), limits, stop_ids=[], defaults=Sampling(temperature=0))
    engine.add(Request("stays", (1,), Sampling(max_tokens=90)))
    for number in range(12):
        engine.add(Request(f"short{number}", (1, 2), Sampling(max_tokens=1)))
    for number in range(4):
        engine.add(Request(f"long{number}", tuple(range(70)), Sampling(max_tokens=3)))
    while engine.running or engine.waiting:
        engine.step()
        assert allocated(engine._memory) <= 2 * budget


def test_rows_stay_until_nobody_has_needed_them_for_a_while() -> None:
    memory = Memory(LONGEST)
    seats = [memory.seat(100, layers(100, float(number))) for number in range(4)]
    slab, where = seats[0].slab, seats[0].slab.layers[0][0].data_ptr()
    for seat in (seats[0], seats[2], seats[3]):
        slab.give_back(seat)
    memory.trim()
    assert memory.held == allocated(memory) == 4 * 128, "four were needed since the last time"
    again = memory.seat(100, layers(100, 4.0))
    assert slab.layers[0][0].data_ptr() == where
    memory.trim()
    assert memory.held == allocated(memory) == 2 * 128
    assert [float(taken(seat, 100)[0][0].max()) for seat in (seats[1], again)] == [1.0, 4.0]
    for seat in (seats[1], again):
        slab.give_back(seat)
    memory.trim()
    memory.trim()
    assert memory.held == allocated(memory) == 0


def test_rows_where_nobody_sits_can_be_asked_back() -> None:
    memory = Memory(LONGEST)
    idle, taken_one = memory.seat(40, layers(40, 1.0)), memory.seat(100, layers(100, 1.0))
    idle.slab.give_back(idle)
    assert memory.held == 64 + 128
    memory.clear_idle()
    assert memory.held == allocated(memory) == 128
    assert taken(taken_one, 100)[0][0].max() == 1.0
