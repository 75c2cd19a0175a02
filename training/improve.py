"""`irang improve`: from what people liked to a model that some of them try.

export -> train -> prefer -> evaluate -> judge -> gate -> promote. Each step is a row that says what it found; the
next one reads it there, so that nothing but rows and files is needed to go on after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.errors import InUse, ModelRefused
from bot.exclusive import Held, hold
from training import contenders, improvements, lessons, rated, ratings, weighing
from training.case import Case, ImproveRefused, NotBetter
from training.importers.lines import ImportRefused
from training.improvements import Improvements, Step
from training.recipe import Recipe
from training.records import BadRecord
from training.rendering import TrainingRefused

_AGAINST = (ImproveRefused, TrainingRefused, ModelRefused, BadRecord)  # what no second attempt would change
Work = Callable[[Case, dict[str, Any]], dict[str, Any]]
_WORKS: tuple[Work, ...] = (
    lessons.export,
    lessons.train,
    lessons.prefer,
    weighing.evaluate,
    weighing.judge,
    weighing.admit,
    weighing.promote,
)
STEPS: Mapping[str, Work] = dict(zip(improvements.STEPS, _WORKS, strict=True))


def run(case: Case) -> str:
    """Go on with the newest improvement that has not ended, or begin one; its id.

    Raises ImproveRefused when it ends without a model, Later or another IrangError when it can be gone on with, InUse
    while another process does.
    """
    case.place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        held = hold(case.place.data / "improve.lock")
    except Held as other:
        raise InUse(f"process {other.holder} is improving already: wait for it, or stop it first") from None
    with held:
        return _gone_on(case)


def _gone_on(case: Case) -> str:
    rows = case.rows
    case = replace(case, id=rows.unfinished() or _new_id(rows))
    done = rows.steps(case.id)
    for name, work in STEPS.items():
        step = done.get(name)
        if step and step.state == "done":
            continue
        case.screen.print(f"{case.id}: {name}", markup=False)
        rows.note(case.id, name, "done", _attempt(_as_begun(case), name, work, dict(step.details) if step else {}))
    return case.id


def _as_begun(case: Case) -> Case:
    """With the recipe that it began with: another one is for the next improvement."""
    exported = case.rows.steps(case.id).get("export")
    known = exported.details.get("recipe") if exported else None
    return replace(case, recipe=Recipe.model_validate(known)) if known else case


def _new_id(rows: Improvements) -> str:
    known = {one.id for one in rows.all()}
    wanted = f"improve-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    return next(id for id in (wanted, *(f"{wanted}-{n}" for n in range(2, 100))) if id not in known)


def _attempt(case: Case, name: str, work: Work, before: dict[str, Any]) -> dict[str, Any]:
    """One step. A reason against it is kept in its row and ends this improvement; another fault leaves it undone."""
    try:
        if name != "export":
            _check_unchanged(case)
        return work(case, before)
    except _AGAINST as error:
        terms = case.terms if isinstance(error, NotBetter) else {}
        case.rows.note(case.id, name, "refused", {**before, **terms, "reason": str(error)})
        raise


def _check_unchanged(case: Case) -> None:
    """What was exported may still be learnt from, and the model to be better than is still the same one."""
    exported = case.details("export")
    folder = case.place.set(exported["set"])
    try:
        known = rated.noted(folder)
    except ImportRefused:
        raise ImproveRefused(f"{folder}: its data sets are gone: begin again with irang improve") from None
    if any(one.stale for one in known):
        raise ImproveRefused(f"{exported['set']}: words in it were deleted since: begin again with irang improve")
    if gone := ratings.withdrawn(case.place.data / "irang.db", known[0].more["agreed"]):
        raise ImproveRefused(
            f"{exported['set']}: {gone} consents were taken back since: begin again with irang improve"
        )
    if contenders.live(case.registry).name != exported["live"]:
        raise ImproveRefused("another model is live since this improvement began: begin again with irang improve")


def shown(step: Step) -> str:
    """What a step says of itself in a list: numbers and the reason, no answers."""
    plain = {name: value for name, value in step.details.items() if not name.endswith("_answers")}
    return json.dumps(plain, ensure_ascii=False)
