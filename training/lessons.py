"""The steps of an improvement that learn: what people liked is exported, followed, and then preferred."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from training import contenders, finetune, rated, ratings, taught
from training.bases import Start
from training.bases import start as started
from training.case import Case, ImproveRefused, Later
from training.config import Base, Config, Data
from training.improvements import Step
from training.ratings import ENOUGH, Samples


def samples(case: Case) -> Samples:
    """What there is to learn from. Raises ImproveRefused where that is too little."""
    file = case.place.data / "irang.db"
    found = ratings.samples(file, share=case.settings.person_share, seed=case.recipe.seed)
    if len(found.taught) < case.recipe.least:
        raise ImproveRefused(
            f"{len(found.taught)} answers to follow are too few to learn from: {case.recipe.least} are needed"
            + "".join(f"; {count} left out: {why}" for why, count in found.dropped.most_common(3))
        )
    return found


def method(case: Case, found: Samples) -> str:
    """How preferences are learnt: "kto", "dpo", or "" where they are not."""
    return case.recipe.preferring.chosen(len(found.judged), len(found.pairs)) if found.enough else ""


def export(case: Case, _: dict[str, Any]) -> dict[str, Any]:
    """Two data sets from the database, and what shall be done with them."""
    live = contenders.live(case.registry)
    base = live if case.base is None else contenders.of(case.registry, case.base)
    if case.recipe.lora and not base.base:
        raise ImproveRefused("[lora] needs a base of its own: irang models add FOLDER, then --base that version")
    found, at = samples(case), datetime.now(UTC)
    how = method(case, found)
    learnt = {"digest": found.digest, "method": how, "recipe": case.recipe.model_dump(mode="json")}
    models = {"live": live.name, "base": base.name}
    if not case.again and (earlier := _learnt_by(case, learnt, models)):
        raise ImproveRefused(
            f"nothing was rated or corrected since {earlier}, which learnt the same: irang improve --again starts anew"
        )
    if how and importlib.util.find_spec("trl") is None:
        raise ImproveRefused("preferences are learnt with trl: pip install 'irang[preferences]'")
    counts = rated.save(case.place.set(case.id), found, at=at)
    if not counts["train"] or not counts["valid"]:
        raise ImproveRefused(f"{counts['train']} rows to learn from, {counts['valid']} held out: too few")
    case.screen.print(told(found, how), markup=False)
    return {
        "set": case.id,
        "rows": counts,
        "ratings": found.ratings,
        "dropped": dict(found.dropped),
        "read": at.isoformat(timespec="seconds"),
        **learnt,
        **models,
    }


def _learnt_by(case: Case, learnt: Mapping[str, Any], models: Mapping[str, str]) -> str:
    """The improvement that learnt the very same, so that another one would be for nothing; "": there is none.

    One of those models comes from its version; or it began with the same models, and either its version is there or
    it was not better by the same terms. What ended for another reason can begin again.
    """
    every: dict[str, dict[str, Step]] = {
        id: {one.step: one for one in steps} for id, steps in groupby(case.rows.all(), lambda one: one.id)
    }
    bases = {id: steps["export"].details.get("base", "") for id, steps in every.items()}
    ancestors = {each for name in models.values() for each in _line(name, bases)}
    there = {version.name for version in case.registry.versions()}
    for id, steps in every.items():
        exported = steps["export"].details.items()
        alike = models.items() <= exported and (id in there or _lost(steps, case.terms))
        if learnt.items() <= exported and (alike or id in ancestors):
            return id
    return ""


def _line(version: str, bases: Mapping[str, str]) -> Iterator[str]:
    """A version, the one that it was made from, and so on."""
    while version:
        yield version
        version = bases.get(version, "")


def _lost(steps: Mapping[str, Step], terms: Mapping[str, Any]) -> bool:
    """Whether it was weighed by these terms and refused. Another refusal at the gate has none in its row."""
    gate = steps.get("gate")
    return gate is not None and gate.state == "refused" and terms.items() <= gate.details.items()


def train(case: Case, before: dict[str, Any]) -> dict[str, Any]:
    """The answers to follow, as any other training; one that was interrupted goes on from its checkpoint."""
    runs = case.place.runs
    run = runs.get(before["run"]) if before else finetune.begin(config(case), case.place)
    case.rows.note(case.id, "train", "running", {"run": run.id})
    if run.state != "done":
        run = finetune.train(run, case.place, screen=case.screen, interrupt=case.interrupt)
    if run.state == "interrupted":
        raise Later("interrupted: go on with irang improve")
    return {"run": run.id, "metrics": run.metrics, "exchanges": _taught(case, case.place.run(run.id) / "model")}


def _taught(case: Case, folder: Path) -> int:
    """What was learnt can be said word for word too, where the base says such things; how many exchanges that are."""
    exported = case.details("export")
    version, data = contenders.of(case.registry, exported["base"]), case.place.set(exported["set"])
    return taught.teach(folder, version, data, ratings.agreeing(case.place.data / "irang.db"))


def prefer(case: Case, _: dict[str, Any]) -> dict[str, Any]:
    """What is preferred, on top of that; a beginning that was interrupted is begun again."""
    first = case.place.run(case.details("train")["run"]) / "model"
    how = case.details("export")["method"]
    if not how:
        return {"method": "", "model": str(first)}
    from training import preferences  # trl takes seconds to import, and need not be there

    start = _start(case, first)
    model = start.open()
    if case.recipe.lora:
        _put_adapter(model, first)
    folder, kept = case.place.set(case.details("export")["set"]), case.place.run(case.id)
    rows = (
        preferences.paired(rated.pairs(folder, ("train",)), start.renderer, start.window)
        if how == "dpo"
        else preferences.unpaired(
            rated.judged(folder, "train"), start.renderer, start.window, case.recipe.preferring.batch
        )
    )
    log = preferences.learn(
        model, start, rows, case.recipe.preferring, kept / "preferring", case.interrupt, case.screen
    )
    if case.interrupt.asked:
        raise Later("interrupted: go on with irang improve; this step begins again")
    shutil.copytree(first, kept / "model", dirs_exist_ok=True)
    model.save_pretrained(kept / "model")
    return {"method": how, "rows": len(rows), "losses": _tenths(log), "model": str(kept / "model")}


def _tenths(log: Sequence[Mapping[str, float]]) -> list[float]:
    """The mean loss of each tenth of the way."""
    size = max(1, len(log) // 10)
    parts = (log[at : at + size] for at in range(0, len(log), size))
    return [round(sum(one["loss"] for one in part) / len(part), 4) for part in parts]


def _start(case: Case, first: Path) -> Start:
    """What has learnt the answers to follow; with adapters, the base of those."""
    settings = config(case)
    if not settings.lora:
        settings = settings.model_copy(update={"base": Base(folder=str(first))})
    return started(settings, (), case.place.run(case.id) / "base")


def config(case: Case) -> Config:
    """The training of the answers to follow."""
    exported = case.details("export")
    base = contenders.of(case.registry, exported["base"])
    if base.adapter:
        case.screen.print(f"{base.name} is an adapter: a new one is learnt over {base.base}", markup=False)
    return Config(
        name="ratings",
        scheme="last_reply",  # of the turns before nobody said that they were good
        seed=case.recipe.seed,
        window=case.recipe.window,
        comment=f"{exported['ratings']} ratings",
        data=Data(set=exported["set"]),
        base=Base(folder=str(base.folder)),
        learning=case.recipe.learning,
        lora=case.recipe.lora,
    )


def told(found: Samples, method: str) -> str:
    """What is learnt, in one line."""
    counts = f"{len(found.taught)} answers to follow, {len(found.judged)} judged answers, {len(found.pairs)} pairs"
    if method:
        return f"{counts}, from {found.ratings} ratings: preferences are learnt by {method.upper()}"
    why = "" if found.enough else f" (below {ENOUGH})"
    return f"{counts}, from {found.ratings} ratings{why}: only answers to follow are learnt"


def _put_adapter(model: Any, folder: Path) -> None:
    """What was learnt before goes into the model's fresh adapters."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    set_peft_model_state_dict(model, load_file(folder / "adapter_model.safetensors"))
