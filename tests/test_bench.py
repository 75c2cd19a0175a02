"""The bench measures what it says, on a model small enough for a test."""

from __future__ import annotations

from tests.bench import fairness, first_token, lag, throughput
from tests.bench.models import TINY
from tests.bench.report import page

ABOUT = dict.fromkeys(("cpu", "cores", "date", "torch", "transformers", "python", "load"), "?")


def test_every_part_measures_and_is_reported() -> None:
    measured = {
        "throughput2": throughput.measure(TINY, 2, rounds=1, chats=(1, 3)),
        "first_token": first_token.measure(TINY, 2, rounds=1, others=3),
        "lag": lag.measure(chats=2, rounds=1),
        "fairness": fairness.measure(),
    }
    assert all(row["ratio"] > 0 for row in measured["throughput2"]["rows"])
    assert measured["fairness"]["reused at once"]
    text = page(ABOUT, measured)
    assert text.count("## ") == 5
    assert "{" not in text


def test_who_asks_one_question_does_not_wait_for_twenty_of_another() -> None:
    waits = fairness.measure()
    assert waits["beside twenty"] <= waits["beside one"] + 4
