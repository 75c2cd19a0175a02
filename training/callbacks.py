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

import torch
from rich.progress import Progress
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bot.messages import Message
from model.prompt import Renderer
from training.rendering import TrainingRefused
from training.runs import Run, Runs
from training.trainer import FIGURE


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
        if self._interrupt.asked:
            control.should_save = control.should_training_stop = True
        elif self._now() >= self._end:
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
    """Writes each epoch's losses, figures and sample replies into the run's row and log.jsonl; refuses a dead loss."""

    def __init__(
        self, run: Run, runs: Runs, log: Path, answered: Callable[[], list[dict[str, str]]], tokens: int
    ) -> None:
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
            "bits_per_character": figures[FIGURE],
            "seconds": round(now - self._began, 3),
            "tokens": self._tokens,
        }
        self._lost, self._steps, self._began = 0.0, 0, now
        self._put(replace(self.run, epochs=[*self.run.epochs, epoch], samples=self._answered()))

    def _put(self, run: Run) -> None:
        self.run = run
        self._runs.save(run)


class Shown(TrainerCallback):
    """Loss, tokens a second and the time left, in the terminal."""

    def __init__(self, bar: Progress, tokens: int) -> None:
        self._bar = bar
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
            f" {figures[FIGURE]:.3f} bits/character"
        )


@torch.no_grad()
def reply(model: Any, renderer: Renderer, said: str, window: int, longest: int) -> str:
    """The likeliest answer, token after token, until a stop token or `longest` of them."""
    model.eval()
    longest = min(longest, window // 2)
    ids = list(renderer.render([Message("user", said)], window - longest).ids)
    asked = len(ids)
    while len(ids) < asked + longest:
        logits = model(input_ids=torch.tensor([ids], device=model.device)).logits
        chosen = int(logits[0, -1].argmax())
        if chosen in renderer.stop_ids:
            break
        ids.append(chosen)
    return renderer.settled(ids[asked:])
