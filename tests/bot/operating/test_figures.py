"""Answers are counted by kind and by how long they took, and nothing grows for ever."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from bot.errors import BackendDown
from bot.messages import Message, Piece, Prompt
from bot.operating.figures import BOUNDS, Figures, Spread, Witness
from tests.stage import Script

HELLO = Prompt((Message("user", "안녕 이랑"),))


def test_a_time_is_counted_under_the_first_bound_that_holds_it() -> None:
    spread = Spread()
    for seconds in (0.05, 0.06, 63.0, 1000.0):
        spread.note(seconds)
    assert spread.counts == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    assert (spread.count, spread.total) == (4, 1063.11)
    assert len(spread.counts) == len(BOUNDS) + 1


def test_the_quantiles_are_those_of_the_last_answers() -> None:
    spread = Spread()
    for _ in range(1000):
        spread.note(9.0)
    for hundredths in range(500):
        spread.note(hundredths / 100)
    latency = spread.latency()
    assert latency.median == pytest.approx(2.495)
    assert latency.p95 == pytest.approx(4.74, abs=0.01)


@pytest.mark.parametrize(("times", "median"), [([], None), ([0.5], 0.5)])
def test_few_answers_have_what_quantiles_they_can(times: list[float], median: float | None) -> None:
    spread = Spread()
    for seconds in times:
        spread.note(seconds)
    assert (spread.latency().median, spread.latency().p95) == (median, median)


def test_kinds_of_answers_are_told_from_the_start() -> None:
    figures = Figures()
    figures.answered("talk", 1.0)
    figures.answered("reminder")
    assert figures.answers == {"talk": 1, "command": 0, "excuse": 0, "apology": 0, "reminder": 1}
    assert set(figures.spreads) == {"talk"}


async def test_a_watched_model_gives_what_it_gave_before() -> None:
    witness = Witness(Script())
    pieces = [piece async for piece in witness.generate(HELLO)]
    assert "".join(piece.text for piece in pieces) == "답: 안녕 이랑"
    assert (witness.pieces, witness.first.count, witness.writing) == (4, 1, 0)
    assert witness.model == "script@1"
    assert witness.last is not None


async def test_a_failure_is_counted_by_its_name() -> None:
    model = Script()
    model.failures = [BackendDown("no connection")]
    witness = Witness(model)
    with pytest.raises(BackendDown):
        await anext(witness.generate(HELLO))
    assert witness.failures == {"BackendDown": 1}
    assert (witness.writing, witness.pieces, witness.last) == (0, 0, None)


async def test_closing_early_frees_the_model_at_once() -> None:
    model = Script()
    stream = Witness(model).generate(HELLO)
    await anext(stream)
    assert model.running == 1
    await stream.aclose()
    assert model.running == 0


async def test_a_proof_counts_as_no_answer() -> None:
    witness = Witness(Script())
    await witness.prove(HELLO)
    assert (witness.pieces, witness.first.count) == (0, 0)
    assert witness.last is not None


class _Silent:
    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        return
        yield  # an answer without a piece


async def test_an_answer_without_a_piece_proves_nothing() -> None:
    witness = Witness(_Silent())
    await witness.prove(HELLO)
    assert witness.last is None
