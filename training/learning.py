"""transformers' Trainer with our order of rows, our optimizers and schedules; what is learnt is for its children."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler
from torch.utils.data import RandomSampler, Sampler
from transformers import PreTrainedModel, Trainer, TrainingArguments
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from training.collating import Buckets, Rows
from training.config import Config
from training.muon import both


class Sized(Protocol):
    """A row to learn from, as far as its length is concerned."""

    @property
    def ids(self) -> tuple[int, ...]: ...


class Learner(Trainer):
    """Learns `rows`, and says after each epoch what `measured` says.

    `arguments.metric_for_best_model` has to be among it, and "eval_loss".
    """

    def __init__(
        self,
        model: PreTrainedModel,
        config: Config,
        arguments: TrainingArguments,
        rows: Sequence[Sized],
        collate: Callable[[Any], dict[str, torch.Tensor]],
    ) -> None:
        self._config = config
        self._rows = rows
        super().__init__(
            model=model,
            args=arguments,
            train_dataset=Rows(rows),
            eval_dataset=Rows(()),  # Trainer wants one; `measured` has its own
            data_collator=collate,  # ours takes rows, not dicts
        )
        self.model_accepts_loss_kwargs = True  # makes Trainer count the labels of a whole step, which the loss needs
        self.loss_is_scaled_for_ga = True
        self.remove_callback(PrinterCallback)
        self.remove_callback(ProgressCallback)

    def measured(self, model: Any) -> dict[str, float]:
        """Figures of the held-out rows, by name."""
        raise NotImplementedError

    def shared(self, loss: torch.Tensor, step: torch.Tensor | int | None, here: torch.Tensor | int) -> torch.Tensor:
        """A summed loss as the mean over all labels of the step, over all processes; if unknown, those `here`."""
        loss = loss / (here if step is None else step)
        if step is not None and self.args.average_tokens_across_devices:
            loss = loss * self.accelerator.num_processes  # their gradients are averaged, the count is of all of them
        return loss

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        step = self.args.train_batch_size * self.args.gradient_accumulation_steps * self.args.world_size
        if self._config.learning.buckets:
            return Buckets([len(row.ids) for row in self._rows], step, self._config.seed)
        return RandomSampler(self._rows, generator=torch.Generator().manual_seed(self._config.seed))

    def create_optimizer(self, model: Any = None) -> Optimizer:
        if self._config.learning.optimizer == "muon" and self.optimizer is None:
            learning = self._config.learning
            whole: Any = self.model if model is None else model
            self.optimizer = both(whole, learning.rate, learning.decay)
        return super().create_optimizer(model)

    def create_scheduler(self, num_training_steps: int, optimizer: Optimizer | None = None) -> LRScheduler:
        """torch's ExponentialLR, stepped once an epoch, is not among Trainer's own; it is warmed up as those are."""
        if self._config.learning.schedule != "exponential":
            return super().create_scheduler(num_training_steps, optimizer)
        if self.lr_scheduler is None:
            gamma = self._config.learning.gamma
            epoch = max(1, num_training_steps // int(self.args.num_train_epochs))
            warmup = self.args.get_warmup_steps(num_training_steps)
            stepped: Any = optimizer or self.optimizer

            def factor(step: int) -> float:
                risen = step / warmup if step < warmup else 1.0
                return float(risen * gamma ** (step // epoch))

            self.lr_scheduler = LambdaLR(stepped, factor)
        return self.lr_scheduler

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        metrics = self.measured(self.model)
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def arguments(
    config: Config, folder: Path, batch: int, accumulation: int, figure: str, *, greater_is_better: bool
) -> TrainingArguments:
    """Trainer's own settings for ours. NaN is shown as it is: hidden, a broken run looks like a good one."""
    learning = config.learning
    schedule: str = "constant" if learning.schedule == "exponential" else learning.schedule
    if learning.warmup and schedule == "constant":
        schedule = "constant_with_warmup"
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=learning.epochs,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        learning_rate=learning.rate,
        weight_decay=learning.decay,
        warmup_steps=learning.warmup,
        lr_scheduler_type=schedule,
        max_grad_norm=learning.clip,
        bf16=learning.bf16,
        activation_checkpointing=learning.checkpointing,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        restore_callback_states_from_checkpoint=True,  # how long there was nothing better
        metric_for_best_model=f"eval_{figure}",
        greater_is_better=greater_is_better,
        logging_steps=10,
        logging_first_step=True,
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
        seed=config.seed,
        use_cpu=not torch.cuda.is_available(),
    )
