"""What happens beside the learning: the clock, a signal, figures, samples, progress, and refusing what is broken."""

from __future__ import annotations

import json
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from rich.progress import Progress
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from training import processes
from training.rendering import TrainingRefused
from training.runs import Run, Runs


class Interrupt:
    """Whether somebody wants the training to end: SIGTERM, or Ctrl-C."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def heard(self) -> Iterator[Interrupt]:
        """While it lasts a signal asks for a checkpoint instead of killing; off the main thread none can be heard."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


class Ending(TrainerCallback):
    """Ends at a signal, with a checkpoint where it stands; or when the minutes are used up, with an evaluation."""

    def __init__(self, interrupt: Interrupt, minutes: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._interrupt = interrupt
        self._now = now
        self._end = math.inf if minutes is None else now() + minutes * 60
        self.late = False

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        self._interrupt.asked = processes.anywhere(self._interrupt.asked)
        if self._interrupt.asked:
            control.should_save = control.should_training_stop = True
        elif processes.anywhere(self._now() >= self._end):
            self.late = control.should_training_stop = True
        return control

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        if self._interrupt.asked and state.epoch is not None and not float(state.epoch).is_integer():
            # The checkpoint of the last step is the one to go on from: an epoch cut short is not evaluated as whole.
            control.should_evaluate = control.should_save = False
        return control


class Record(TrainerCallback):
    """Writes each epoch's losses, figures and sample replies into the run's row and log.jsonl; refuses a dead loss.

    `figure`: the name of the held-out figure beside the loss. Of several processes the first one writes.
    """

    def __init__(
        self, run: Run, runs: Runs, log: Path, answered: Callable[[], list[dict[str, str]]], tokens: int, figure: str
    ) -> None:
        self._figure = figure
        self.run = run
        self._runs = runs
        self._log = log
        self._answered = answered
        self._tokens = tokens  # labelled tokens of an epoch
        self._lost = 0.0
        self._steps = 0
        self._seen = 0
        self._began = time.monotonic()

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self._seen = state.global_step
        self._began = time.monotonic()
        reached = float(state.epoch or 0)
        self._put(replace(self.run, epochs=[one for one in self.run.epochs if one["epoch"] <= reached]))

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        control.should_log = True  # so that the epoch's mean loss counts every step
        return control

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        logs = logs or {}
        if processes.first():
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": state.global_step, "epoch": state.epoch, **logs}) + "\n")
        if "loss" not in logs:
            return
        if not 0 < logs["loss"] < math.inf:
            raise TrainingRefused(
                f"the loss is {logs['loss']:g} at step {state.global_step}: nothing is learnt;"
                " look at the labels with `irang data show`, or lower [learning] rate"
            )
        steps = state.global_step - self._seen
        self._lost, self._steps, self._seen = self._lost + logs["loss"] * steps, self._steps + steps, state.global_step

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        figures = metrics or {}
        now = time.monotonic()
        epoch = {
            "epoch": round(float(state.epoch or 0), 4),
            "train_loss": self._lost / max(1, self._steps),
            "valid_loss": figures["eval_loss"],
            self._figure: figures[f"eval_{self._figure}"],
            "seconds": round(now - self._began, 3),
            "tokens": self._tokens,
        }
        self._lost, self._steps, self._began = 0.0, 0, now
        samples = self._answered() if processes.first() else []
        self._put(replace(self.run, epochs=[*self.run.epochs, epoch], samples=samples))

    def _put(self, run: Run) -> None:
        self.run = run
        if processes.first():
            self._runs.save(run)


class Shown(TrainerCallback):
    """Loss, tokens a second and the time left, in the terminal."""

    def __init__(self, bar: Progress, tokens: int, figure: str) -> None:
        self._bar = bar
        self._figure = figure
        self._task = bar.add_task("…", total=None)
        self._tokens = tokens  # labelled tokens of an epoch
        self._from = 0
        self._began = time.monotonic()
        self._loss = math.nan

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self._from, self._began = state.global_step, time.monotonic()
        self._bar.update(self._task, total=state.max_steps, completed=state.global_step)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        steps = state.global_step - self._from
        share = steps / max(1, state.max_steps) * args.num_train_epochs
        speed = share * self._tokens / max(1e-9, time.monotonic() - self._began)
        told = f"epoch {float(state.epoch or 0):.2f}  loss {self._loss:.3f}  {speed:,.0f} tokens/s"
        self._bar.update(self._task, completed=state.global_step, description=told)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        self._loss = (logs or {}).get("loss", self._loss)

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        figures = metrics or {}
        self._bar.console.print(
            f"epoch {float(state.epoch or 0):.2f}: loss {self._loss:.3f}, held out {figures['eval_loss']:.3f},"
            f" {self._figure} {figures[f'eval_{self._figure}']:.3f}"
        )
