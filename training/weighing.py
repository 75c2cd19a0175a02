"""The steps of an improvement that compare and decide: measured, judged blind, let through, tried on some chats."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training import contenders, contest, gate, rated, suite
from training.case import Case, ImproveRefused, NotBetter
from training.contenders import Contender
from training.gate import Thresholds
from training.liking import Judged, Pair
from training.suite import Measured

_HELD_OUT = ("valid", "test")


def evaluate(case: Case, _: dict[str, Any]) -> dict[str, Any]:
    """The new model and the live one on the same suite, one after the other."""
    folder = case.place.set(case.details("export")["set"])
    pairs = rated.pairs(folder, _HELD_OUT)
    judged = [one for name in _HELD_OUT for one in rated.judged(folder, name)]
    found = {
        name: _measured(case, one, pairs, judged)
        for name, one in (("new", candidate(case)), ("live", contenders.live(case.registry)))
    }
    if gained := suite.gain(found["new"], found["live"]):
        found["new"].figures["preference_gain"] = gained
    told: dict[str, Any] = {"suite": case.suite.digest, "model": case.details("prefer")["model"]}
    for name, one in found.items():
        told |= {name: one.figures, f"{name}_answers": list(one.answers)}
        case.screen.print(f"{name}: {figures(one.figures)}", markup=False)
    return told


def _measured(case: Case, one: Contender, pairs: Sequence[Pair], judged: Sequence[Judged]) -> Measured:
    opened = contenders.opened(one)
    return suite.measured(
        opened.model, opened.renderer, opened.window, case.suite, pairs, judged, case.recipe.seed, opened.repertoire
    )


def judge(case: Case, _: dict[str, Any]) -> dict[str, Any]:
    """Blind, one after the other; each verdict is kept at once."""
    seen = case.details("evaluate")
    if "new_answers" not in seen:
        raise ImproveRefused("words that were taught were deleted since: begin again with irang improve")
    asked = contest.matches(
        case.suite.prompts, seen["new_answers"], seen["live_answers"], case.settings.judged, case.recipe.seed
    )
    judged = case.rows.verdicts(case.id)
    for place, match in enumerate(asked, 1):
        if match.number not in judged:
            key = case.hands.judge(match, place, len(asked))
            case.rows.judge(case.id, match.number, match.verdict(key))
    tally = case.rows.tally(case.id)
    return {"asked": len(asked), "seed": case.recipe.seed, **tally}


def admit(case: Case, _: dict[str, Any]) -> dict[str, Any]:
    """Raises NotBetter with every reason against it."""
    seen = case.details("evaluate")
    limits = Thresholds(case.settings.bits, case.settings.faults)
    preferred = bool(case.details("prefer")["method"])
    against = gate.refusals(seen["new"], seen["live"], case.rows.tally(case.id), limits, preferred=preferred)
    if against:
        raise NotBetter("not better: " + "; ".join(against))
    return case.terms


def promote(case: Case, _: dict[str, Any]) -> dict[str, Any]:
    """The version is added if that has not happened yet, and tried on some of the chats."""
    if case.id not in {version.name for version in case.registry.versions()}:
        _add(case, candidate(case))
    case.screen.print(case.hands.promote(case.id), markup=False)
    return {"version": case.id, "share": case.settings.share}


def _add(case: Case, one: Contender) -> None:
    """With the figures that the list of models shows."""
    folder, ratings = one.adapter or one.folder, case.details("export")["ratings"]
    plain = {name: found["value"] for name, found in case.details("evaluate")["new"].items()}
    (folder / "metrics.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    base = one.base if one.adapter else ""
    case.registry.add(folder, case.id, origin=f"irang improve, {ratings} ratings", base=base)


def candidate(case: Case) -> Contender:
    """What was learnt."""
    folder = Path(case.details("prefer")["model"])
    if not case.recipe.lora:
        return Contender(case.id, folder)
    base = contenders.of(case.registry, case.details("export")["base"])
    return Contender(case.id, base.folder, folder, base.base)


def figures(found: Mapping[str, Any]) -> str:
    """A line of them."""
    both = ((name, one["value"], *one["interval"]) for name, one in found.items())
    return ", ".join(f"{name} {value:g} [{low:g}, {high:g}]" for name, value, low, high in both)
