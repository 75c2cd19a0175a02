"""transformers' Trainer with our loss, our order of rows and our figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler
from torch.utils.data import RandomSampler, Sampler
from transformers import PreTrainedModel, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from training.bases import Start
from training.collating import Buckets, Collator, Rows
from training.config import Config
from training.labels import IGNORED
from training.measure import bits_per_character
from training.rendering import Rendered

FIGURE = "eval_bits_per_character"  # by which the best epoch is chosen: comparable between schemes and tokenizers
_MEASURED = 16  # rows at once when a model is measured


class DialogueTrainer(Trainer):
    """Learns `train`, and measures `valid` after each epoch: loss by the scheme, bits per character of the replies."""

    def __init__(
        self, model: PreTrainedModel, start: Start, arguments: TrainingArguments, train: Rendered, valid: Rendered
    ) -> None:
        self._start = start
        self._train = train
        self._valid = valid
        self._collate = Collator(start.renderer.pad_id, start.config.scheme)
        super().__init__(
            model=model,
            args=arguments,
            train_dataset=Rows(train.rows),
            eval_dataset=Rows(valid.rows),
            data_collator=self._collate,  # ours takes rows, not dicts
        )
        self.model_accepts_loss_kwargs = True  # makes Trainer count the labels of a whole step, which the loss needs
        self.loss_is_scaled_for_ga = True
        self.remove_callback(PrinterCallback)
        self.remove_callback(ProgressCallback)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Mean over the labelled tokens of the whole step, so that 1 x 32 and 4 x 8 rows learn the same."""
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False)
        loss = summed(outputs.logits, inputs["shift_labels"])
        count = (inputs["shift_labels"] != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
        loss = loss / count
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            loss = loss * self.accelerator.num_processes  # their gradients are averaged, the count is of all of them
        return (loss, outputs) if return_outputs else loss

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        rows = self._train.rows
        step = self.args.train_batch_size * self.args.gradient_accumulation_steps * self.args.world_size
        if self._start.config.learning.buckets:
            return Buckets([len(row.ids) for row in rows], step, self._start.config.seed)
        return RandomSampler(rows, generator=torch.Generator().manual_seed(self._start.config.seed))

    def create_scheduler(self, num_training_steps: int, optimizer: Optimizer | None = None) -> LRScheduler:
        """torch's ExponentialLR, stepped once an epoch, is not among Trainer's own."""
        if self._start.config.learning.schedule != "exponential":
            return super().create_scheduler(num_training_steps, optimizer)
        if self.lr_scheduler is None:
            gamma = self._start.config.learning.gamma
            epoch = max(1, num_training_steps // int(self.args.num_train_epochs))
            stepped: Any = optimizer or self.optimizer
            self.lr_scheduler = LambdaLR(stepped, lambda step: gamma ** (step // epoch))
        return self.lr_scheduler

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Held-out loss in nats a labelled token, and bits per character of the last replies."""
        model: Any = self.model
        bits = bits_per_character(model, self._start.renderer, self._valid.dialogues, _MEASURED)
        metrics = {FIGURE: bits, "eval_loss": self._held_out_loss(model)}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    @torch.no_grad()
    def _held_out_loss(self, model: Any) -> float:
        model.eval()
        lost, count = 0.0, 0
        rows = sorted(self._valid.rows, key=lambda row: len(row.ids))
        for at in range(0, len(rows), _MEASURED):
            batch = {name: value.to(model.device) for name, value in self._collate(rows[at : at + _MEASURED]).items()}
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
            lost += float(summed(logits, batch["shift_labels"]))
            count += int((batch["shift_labels"] != IGNORED).sum())
        return lost / max(1, count)


def summed(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross entropy in nats, summed over the labelled tokens. The targets are already one place to the left."""
    return cross_entropy(
        logits.float().flatten(0, 1), targets.to(logits.device).flatten(), ignore_index=IGNORED, reduction="sum"
    )


def arguments(config: Config, folder: Path, batch: int, accumulation: int) -> TrainingArguments:
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
        metric_for_best_model=FIGURE,
        greater_is_better=False,
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


def trainer(
    start: Start,
    train: Rendered,
    valid: Rendered,
    folder: Path,
    batch: int,
    accumulation: int,
    callbacks: Callable[[Any], Sequence[TrainerCallback]],
) -> DialogueTrainer:
    """A trainer with a fresh model; `callbacks` are made for that model."""
    model = start.open()
    made = DialogueTrainer(model, start, arguments(start.config, folder, batch, accumulation), train, valid)
    for one in callbacks(model):
        made.add_callback(one)
    return made
