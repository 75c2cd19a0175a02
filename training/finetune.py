"""One training from its settings to a model folder that the registry takes: `irang train CONFIG`."""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import EarlyStoppingCallback, GenerationConfig, TrainerCallback
from transformers.trainer_utils import get_last_checkpoint

from bot.errors import InUse
from bot.exclusive import Held, hold
from model import folder as folders
from model.repertoire import bring_along
from training import curves, processes, provenance, tasks
from training.bases import Start
from training.callbacks import Ending, Interrupt, Record, Shown
from training.config import Config
from training.embedded import Recipe
from training.rendering import TrainingRefused
from training.runs import Run, Runs
from training.tasks import Task

log = logging.getLogger(__name__)

_NEEDED = ("train", "valid")


@dataclass(frozen=True, slots=True)
class Place:
    """Where things lie under the data folder."""

    data: Path

    @property
    def runs(self) -> Runs:
        return Runs(self.data / "runs.db")

    def run(self, id: str) -> Path:
        return self.data / "runs" / id

    def set(self, name: str) -> Path:
        return self.data / "sets" / name

    def part(self, name: str, part: str) -> Path:
        return self.set(name) / f"{part}.jsonl"


def begin(config: Config, place: Place, now: datetime | None = None) -> Run:
    """A new run with its row and folder. Raises TrainingRefused when its data set isn't there."""
    for file in _files(config, place):
        if file.stem in _NEEDED and not file.is_file():
            raise TrainingRefused(
                f"{file}: no such data: make it with `irang data import` "
                "(songys-strict: `python -m training.held_out`, docs/leaderboard.md)"
            )
    at = now or datetime.now(UTC)
    run = Run(
        id=_free_id(f"{config.name}-{at:%Y%m%d-%H%M%S}", place),
        name=config.name,
        config=config.model_dump(mode="json"),
        seed=config.seed,
        data=config.data.set,
        data_hash=data_hash(config, place),
        revision=provenance.revision(),
        hardware=provenance.hardware(),
        scheme=config.scheme,
        base=(config.base.folder or config.base.hub) if config.base else "",
        at=at.isoformat(timespec="seconds"),
        comment=config.comment,
    )
    place.run(run.id).mkdir(parents=True)
    place.runs.save(run)
    return run


def _free_id(wanted: str, place: Place) -> str:
    """Two runs may begin in one second."""
    taken = (number for number in count(2) if not place.run(f"{wanted}-{number}").exists())
    return f"{wanted}-{next(taken)}" if place.run(wanted).exists() else wanted


def train(
    run: Run, place: Place, *, minutes: float | None = None, screen: Console | None = None, interrupt: Interrupt
) -> Run:
    """Train a run that was begun, from its last checkpoint if it has one. Returns it with its figures and its state.

    Raises TrainingRefused when it would learn nothing; the run is then kept as failed. And InUse, while another process
    trains it.
    """
    with _alone(run, place):
        return _begun(run, place, minutes, screen, interrupt)


@contextmanager
def _alone(run: Run, place: Place) -> Iterator[None]:
    """Of several processes that train together the first one holds the run."""
    if not processes.first():
        yield
        return
    folder = place.run(run.id)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        held = hold(folder / "run.lock")
    except Held as other:
        raise InUse(f"{run.id}: process {other.holder} is training it: wait for it, or stop it first") from None
    with held:
        yield


def _begun(run: Run, place: Place, minutes: float | None, screen: Console | None, interrupt: Interrupt) -> Run:
    config = Config.model_validate(run.config)
    if data_hash(config, place) != run.data_hash:
        raise TrainingRefused(f"{run.id}: data set {run.data!r} has changed since this run began: begin a new one")
    _keep(replace(run, state="running"), place)
    try:
        return _trained(config, run, place, minutes, screen or Console(quiet=True), interrupt)
    except BaseException:
        _keep(replace(place.runs.get(run.id), state="failed"), place)
        raise


def _keep(run: Run, place: Place) -> Run:
    """Of several processes the first one writes the row."""
    if processes.first():
        place.runs.save(run)
    return run


def _trained(
    config: Config, run: Run, place: Place, minutes: float | None, screen: Console, interrupt: Interrupt
) -> Run:
    task = tasks.made(config, place.set(config.data.set), place.run(run.id))
    for part, size in task.sizes.items():
        screen.print(f"{part}: {size}", markup=False)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=screen)
    with bar:
        learner = _Learning(task, run, place, interrupt, minutes, bar)
        done = learner.learn()
    return _ended(done, learner, task, place, screen, interrupt)


class _Learning:
    """Trains, and goes on with half the batch where memory doesn't suffice."""

    def __init__(
        self, task: Task, run: Run, place: Place, interrupt: Interrupt, minutes: float | None, bar: Progress
    ) -> None:
        self._task, self._place, self._bar = task, place, bar
        self._folder = place.run(run.id)
        self._ending = Ending(interrupt, minutes)
        self._run = run
        self.model: Any = None
        self.best: float | None = None

    def learn(self) -> Run:
        learning = self._task.start.config.learning
        batch, accumulation = learning.batch, learning.accumulation
        while True:
            try:
                return self._attempt(batch, accumulation)
            except RuntimeError as error:  # torch.OutOfMemoryError is one; on a CPU it has no name of its own
                if not _out_of_memory(error) or processes.count() > 1:  # the others would wait for this one
                    raise
                if batch == 1:
                    raise TrainingRefused("not enough memory for a single row: lower window, or set bf16") from error
            batch, accumulation = batch // 2, -(-learning.batch * learning.accumulation // (batch // 2))
            self._bar.console.print(f"out of memory: going on with {accumulation} batches of {batch} a step")
            _freed()

    def _attempt(self, batch: int, accumulation: int) -> Run:
        checkpoints = self._folder / "checkpoints"
        last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None  # type: ignore[no-untyped-call]
        made = self._task.learner(checkpoints, batch, accumulation, self._beside)
        made.train(resume_from_checkpoint=last)
        self.model, self.best = made.model, made.state.best_metric
        return self._place.runs.get(self._run.id)

    def _beside(self, model: Any) -> Sequence[TrainerCallback]:
        task = self._task
        record = Record(
            self._place.runs.get(self._run.id),
            self._place.runs,
            self._folder / "log.jsonl",
            lambda: task.answers(model),
            task.tokens,
            task.figure,
        )
        patience = task.start.config.learning.patience
        early = [EarlyStoppingCallback(early_stopping_patience=patience)] if patience else []
        return [self._ending, record, Shown(self._bar, task.tokens, task.figure), *early]


def _ended(run: Run, learner: _Learning, task: Task, place: Place, screen: Console, interrupt: Interrupt) -> Run:
    if interrupt.asked:
        return _keep(replace(run, state="interrupted"), place)
    if not processes.first():
        return replace(run, state="done")  # the first process judges and saves
    chosen = {} if learner.best is None else {f"valid_{task.figure}": learner.best}
    judged = task.judged(learner.model)
    if not judged:
        screen.print("the data set has no test part: nothing is judged", markup=False)
    run = replace(run, state="done", metrics={**run.metrics, **chosen, **judged}, samples=task.answers(learner.model))
    save(learner.model, task.start, run, place.run(run.id) / "model")
    curves.draw(run, place.run(run.id) / "losses.png")
    return _keep(run, place)


def save(model: Any, start: Start, run: Run, out: Path) -> None:
    """A folder that `irang models add` takes: the model with its tokenizer, or a LoRA adapter alone.

    What learnt to chat says and hears what its base did; an adapter is served over that. One that marks spans is no
    chat model: its folder is for transformers.
    """
    out.mkdir(parents=True, exist_ok=True)
    if start.config.lora is None:
        start.tokenizer.save_pretrained(out)
    if start.config.lora is None and start.config.task != "spans":
        model.generation_config = _generation(model, start)
    model.save_pretrained(out)
    if start.folder and start.config.lora is None and start.config.task == "dialogues":
        bring_along(start.folder, out)
    figures = {name: one["value"] if isinstance(one, dict) else one for name, one in run.metrics.items()}
    (out / "metrics.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    record = {name: value for name, value in asdict(run).items() if name != "samples"}
    if start.folder and start.config.lora:
        record["base_weights"] = provenance.data_hash(folders.weight_files(start.folder))
    (out / "training.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _generation(model: Any, start: Start) -> GenerationConfig:
    """How it is served: a base's own habits, or those of the embedded model; and every stop token that it learnt."""
    chosen = model.generation_config
    if start.folder is None:
        chosen = GenerationConfig(do_sample=True, **Recipe().sampling)  # type: ignore[no-untyped-call]
    chosen.eos_token_id = sorted(start.renderer.stop_ids)
    chosen.pad_token_id = start.renderer.pad_id
    return chosen  # type: ignore[no-any-return]


def data_hash(config: Config, place: Place) -> str:
    """Of the parts that are learnt from, chosen by and, where there is one, measured on."""
    return provenance.data_hash(_files(config, place))


def _files(config: Config, place: Place) -> list[Path]:
    folder = place.set(config.data.set)
    return [folder / f"{part}{tasks.suffix(config)}" for part in (*_NEEDED, "test")]


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def _freed() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
