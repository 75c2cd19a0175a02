"""Whether a run made once more came out as the first one did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["same", "within", "apart", "unknown"]

_OF_THE_MACHINE = ("ms_per_reply",)  # says how fast it was, not what was learnt


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of both runs. within: each lies in the other's interval; unknown: it has none, or is of the machine."""

    name: str
    then: Any
    now: Any
    verdict: Verdict


def compared(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Compared]:
    """Every figure that both have, by name."""
    for name in sorted(then.keys() & now.keys()):
        yield Compared(name, then[name], now[name], _verdict(name, then[name], now[name]))


def _verdict(name: str, then: Any, now: Any) -> Verdict:
    if name in _OF_THE_MACHINE:
        return "unknown"
    if then == now:
        return "same"
    if not (isinstance(then, dict) and isinstance(now, dict)):
        return "unknown"
    return "within" if _inside(now["value"], then) and _inside(then["value"], now) else "apart"


def _inside(value: float, figure: Mapping[str, Any]) -> bool:
    low, high = figure["interval"]
    return bool(low <= value <= high)


def shown(figure: Any) -> str:
    if not isinstance(figure, dict):
        return f"{figure:g}" if isinstance(figure, int | float) else str(figure)
    low, high = figure["interval"]
    return f"{figure['value']:g} ({low:g} to {high:g})"
