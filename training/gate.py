"""May a new model be tried on people? Every reason why not, in one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from training.metrics import FAULTS

PAIRS = 20  # held-out pairs of answers to one question below which single answers are compared


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much worse a new model may be: `bits` per character as a share, `faults` of answers as a difference."""

    bits: float = 0.01
    faults: float = 0.01


def refusals(
    new: Mapping[str, Any], live: Mapping[str, Any], verdicts: Counter[str], limits: Thresholds, *, preferred: bool
) -> list[str]:
    """Figures of training.suite, and blind verdicts. `preferred`: it has learnt preferences, which then has to show."""
    return [
        *_bits(new["bits_per_character"]["value"], live["bits_per_character"]["value"], limits),
        *_faults(new, live, limits),
        *(_preferences(new) if preferred else ()),
        *_side_by_side(verdicts),
    ]


def _bits(new: float, live: float, limits: Thresholds) -> Iterator[str]:
    if new > live * (1 + limits.bits):
        yield f"bits per character of the references: {new:.4f} against {live:.4f} (at most {limits.bits:+.1%})"


def _faults(new: Mapping[str, Any], live: Mapping[str, Any], limits: Thresholds) -> Iterator[str]:
    for name in FAULTS:
        ours, theirs = new[name]["value"], live[name]["value"]
        if ours > theirs + limits.faults + 1e-9:  # a share of hundredths is no exact number
            yield f"{name} answers: {ours:.1%} against {theirs:.1%} (at most {100 * limits.faults:+.1f} points)"


def _preferences(new: Mapping[str, Any]) -> Iterator[str]:
    """By pairs of answers to one question where there are enough of them, else by single answers, matched."""
    accuracy, gained = new.get("preference_accuracy"), new.get("preference_gain")
    if accuracy and accuracy["pairs"] >= PAIRS:
        yield from _more_than_half("the preferred answer is likelier in", accuracy)
    elif gained:
        yield from _more_than_half("a liked answer gained more than a disliked one in", gained)
    else:
        yield "no held-out answers show whether preferences were learnt: more ratings are needed"


def _more_than_half(what: str, share: Mapping[str, Any]) -> Iterator[str]:
    low = share["interval"][0]
    if low <= 0.5:
        yield f"{what} {share['value']:.0%} of {share['pairs']} held-out pairs, surely only in {low:.0%}"


def _side_by_side(verdicts: Counter[str]) -> Iterator[str]:
    if verdicts["new"] < verdicts["live"]:
        yield f"side by side it won {verdicts['new']} times and lost {verdicts['live']} times"
