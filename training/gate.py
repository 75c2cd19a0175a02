"""May a new model be tried on people? Every reason why not, in one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from training.metrics import FAULTS
from training.suite import PAIRS

_NEARLY_ALL = 0.95  # of the pairs: from there on one more or less is chance


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
        *(_preferences(new, live) if preferred else ()),
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


def _preferences(new: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[str]:
    """Learning surely favoured what is liked, and enough to turn some pair the right way round where many are not."""
    gained = new.get("preference_gain")
    if not gained:
        yield "no held-out answers show whether preferences were learnt: more ratings are needed"
    elif (low := gained["interval"][0]) <= 0.5:
        share = f"{gained['value']:.0%} of {gained['pairs']} held-out pairs, surely only in {low:.0%}"
        yield f"a liked answer gained more than a disliked one in {share}"
    after, before = (each.get("preference_accuracy") for each in (new, live))
    if after and before and after["pairs"] >= PAIRS and not _turned(after["value"], before["value"]):
        pairs = f"{after['value']:.0%} of {after['pairs']} held-out pairs, against {before['value']:.0%}"
        yield f"the preferred answer is likelier in {pairs}"


def _turned(after: float, before: float) -> bool:
    return after > before or after >= _NEARLY_ALL


def _side_by_side(verdicts: Counter[str]) -> Iterator[str]:
    if verdicts["new"] < verdicts["live"]:
        yield f"side by side it won {verdicts['new']} times and lost {verdicts['live']} times"
