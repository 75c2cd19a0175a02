"""Two runs are compared figure by figure, with their intervals."""

from __future__ import annotations

from typing import Any

import pytest

from training.reproducing import compared, shown


def figure(value: float, low: float, high: float) -> dict[str, Any]:
    return {"value": value, "interval": [low, high]}


@pytest.mark.parametrize(
    ("then", "now", "verdict"),
    [
        (figure(2, 1.9, 2.1), figure(2, 1.9, 2.1), "same"),
        (figure(2, 1.9, 2.1), figure(2.05, 1.95, 2.15), "within"),
        (figure(2, 1.9, 2.1), figure(2.2, 2.0, 2.4), "apart"),
        (figure(2, 1.9, 2.3), figure(2.2, 2.1, 2.4), "apart"),
        (0.5, 0.5, "same"),
        (0.5, 0.6, "unknown"),
    ],
)
def test_each_figure_has_to_lie_in_the_others_interval(then: Any, now: Any, verdict: str) -> None:
    assert [one.verdict for one in compared({"chrf": then}, {"chrf": now})] == [verdict]


def test_how_fast_the_machine_was_is_no_result() -> None:
    assert [one.verdict for one in compared({"ms_per_reply": 3}, {"ms_per_reply": 3})] == ["unknown"]


def test_only_what_both_have_is_compared() -> None:
    assert [one.name for one in compared({"b": 1, "a": 1}, {"b": 1, "c": 2})] == ["b"]


def test_an_interval_is_shown_behind_its_figure() -> None:
    assert shown(figure(2.5, 2, 3)) == "2.5 (2 to 3)"
    assert (shown(0.25), shown(None)) == ("0.25", "None")
