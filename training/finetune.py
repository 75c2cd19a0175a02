"""One training from its settings to a model folder that the registry takes: `irang train CONFIG`."""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
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

from bot.messages import Message
from training import bases, curves
from training.bases import Start
from training.callbacks import Ending, Interrupt, Record, Shown, reply
from training.config import Config
from training.embedded import Recipe
from training.labels import IGNORED, targets
from training.rendering import Rendered, TrainingRefused, render
from training.runs import Run, Runs
from training.trainer import trainer

log = logging.getLogger(__name__)

_PARTS = ("train", "valid")


@dataclass(frozen=True, slots=True)
class Place:
    """Where things lie under the data folder."""

    data: Path

    @property
    def runs(self) -> Runs:
        return Runs(self.data / "runs.db")

    def run(self, id: str) -> Path:
        return self.data / "runs" / id

    def part(self, name: str, part: str) -> Path:
        return self.data / "sets" / name / f"{part}.jsonl"


def begin(config: Config, place: Place, now: datetime | None = None) -> Run:
    """A new run with its row and folder. Raises TrainingRefused when its data set isn't there."""
    for part in _PARTS:
        if not place.part(config.data.set, part).is_file():
            raise TrainingRefused(
                f"{place.part(config.data.set, part)}: no such data: make it with `irang data import` and `split`"
            )
    at = now or datetime.now(UTC)
    run = Run(
        id=_free_id(f"{config.name}-{at:%Y%m%d-%H%M%S}", place),
        name=config.name,
        config=config.model_dump(mode="json"),
        seed=config.seed,
        data=config.data.set,
        data_hash=data_hash(config, place),
        revision=_revision(),
        hardware=_hardware(),
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

    Raises TrainingRefused when it would learn nothing; the run is then kept as failed.
    """
    config = Config.model_validate(run.config)
    if data_hash(config, place) != run.data_hash:
        raise TrainingRefused(f"{run.id}: data set {run.data!r} has changed since this run began: begin a new one")
    place.runs.save(replace(run, state="running"))
    try:
        return _trained(config, run, place, minutes, screen or Console(quiet=True), interrupt)
    except BaseException:
        place.runs.save(replace(place.runs.get(run.id), state="failed"))
        raise


def _trained(
    config: Config, run: Run, place: Place, minutes: float | None, screen: Console, interrupt: Interrupt
) -> Run:
    folder = place.run(run.id)
    start = bases.start(config, _lines(config, place), folder / "base")
    train, valid = (_rendered(config, place, part, start) for part in _PARTS)
    for name, part in zip(_PARTS, (train, valid), strict=True):
        dropped = "".join(f", {number} dropped: {reason}" for reason, number in part.dropped.items())
        screen.print(f"{name}: {len(part.rows)} rows{dropped}", markup=False)
        if not part.rows:
            raise TrainingRefused(f"{place.part(run.data, name)}: no row is left to use")
    tokens = sum(one != IGNORED for row in train.rows for one in targets(row.labels, config.scheme))
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=screen)
    with bar:
        learner = _Learner(start, run, place, train, valid, tokens, interrupt, minutes, bar)
        done = learner.learn()
    return _ended(done, learner, start, place, interrupt)


class _Learner:
    """Trains, and goes on with half the batch where memory doesn't suffice."""

    def __init__(
        self, start: Start, run: Run, place: Place, train: Rendered, valid: Rendered, tokens: int,
        interrupt: Interrupt, minutes: float | None, bar: Progress,
    ) -> None:  # fmt: skip
        self._start, self._place, self._train, self._valid = start, place, train, valid
        self._tokens, self._bar, self._interrupt = tokens, bar, interrupt
        self._folder = place.run(run.id)
        self._ending = Ending(interrupt, minutes)
        self._run = run
        self.model: Any = None
        self.best: float | None = None

    def learn(self) -> Run:
        learning = self._start.config.learning
        batch, accumulation = learning.batch, learning.accumulation
        while True:
            try:
                return self._attempt(batch, accumulation)
            except RuntimeError as error:  # torch.OutOfMemoryError is one; on a CPU it has no name of its own
                if not _out_of_memory(error):
                    raise
                if batch == 1:
                    raise TrainingRefused("not enough memory for a single row: lower window, or set bf16") from error
            batch, accumulation = batch // 2, -(-learning.batch * learning.accumulation // (batch // 2))
            self._bar.console.print(f"out of memory: going on with {accumulation} batches of {batch} a step")
            _freed()

    def _attempt(self, batch: int, accumulation: int) -> Run:
        checkpoints = self._folder / "checkpoints"
        last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None  # type: ignore[no-untyped-call]
        made = trainer(
            self._start, self._train, self._valid, checkpoints, batch, accumulation, lambda model: self._beside(model)
        )
        made.train(resume_from_checkpoint=last)
        self.model, self.best = made.model, made.state.best_metric
        return self._place.runs.get(self._run.id)

    def _beside(self, model: Any) -> Sequence[TrainerCallback]:
        config = self._start.config
        record = Record(
            self._place.runs.get(self._run.id),
            self._place.runs,
            self._folder / "log.jsonl",
            lambda: self._answers(model),
            self._tokens,
        )
        patience = config.learning.patience
        early = [EarlyStoppingCallback(early_stopping_patience=patience)] if patience else []
        return [self._ending, record, Shown(self._bar, self._tokens), *early]

    def _answers(self, model: Any) -> list[dict[str, str]]:
        samples, start = self._start.config.samples, self._start
        return [
            {"said": said, "answered": reply(model, start.renderer, said, start.window, samples.tokens)}
            for said in samples.said
        ]


def _ended(run: Run, learner: _Learner, start: Start, place: Place, interrupt: Interrupt) -> Run:
    if interrupt.asked:
        run = replace(run, state="interrupted")
        place.runs.save(run)
        return run
    metrics = {} if learner.best is None else {"bits_per_character": learner.best}
    run = replace(run, state="done", metrics={**run.metrics, **metrics})
    save(learner.model, start, run, place.run(run.id) / "model")
    curves.draw(run, place.run(run.id) / "losses.png")
    place.runs.save(run)
    return run


def save(model: Any, start: Start, run: Run, out: Path) -> None:
    """A folder that `irang models add` takes: the model with its tokenizer, or a LoRA adapter alone."""
    out.mkdir(parents=True, exist_ok=True)
    if start.config.lora is None:
        model.generation_config = _generation(model, start)
        start.tokenizer.save_pretrained(out)
    model.save_pretrained(out)
    (out / "metrics.json").write_text(json.dumps(run.metrics, indent=1) + "\n", encoding="utf-8")
    record = {name: value for name, value in asdict(run).items() if name != "samples"}
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
    """SHA-256 over the parts that are learnt from and measured on."""
    whole = hashlib.sha256()
    for part in _PARTS:
        with place.part(config.data.set, part).open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _rendered(config: Config, place: Place, part: str, start: Start) -> Rendered:
    return render(
        _dialogues(config, place, part),
        start.renderer,
        config.scheme,
        start.window,
        drop_unlabelled=config.data.drop_unlabelled,
    )


def _dialogues(config: Config, place: Place, part: str) -> Iterator[tuple[Message, ...]]:
    from training import records

    most = config.data.rows if part == "train" else 0
    for number, record in enumerate(records.read(place.part(config.data.set, part))):
        if most and number >= most:
            return
        yield record.messages


def _lines(config: Config, place: Place) -> Iterator[str]:
    """What a new tokenizer learns from: never what the model is measured on."""
    for messages in _dialogues(config, place, "train"):
        yield from (message.content for message in messages)


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def _freed() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _revision() -> str:
    """The commit that is trained with, marked where the tree differs from it; "" outside a checkout."""
    root = Path(__file__).resolve().parent
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=root, capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def _hardware() -> str:
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name()}"
    return f"{os.cpu_count()} CPU cores, {platform.machine()}, torch {torch.__version__}"
