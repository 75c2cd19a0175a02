"""Learning which answers people prefer: KTO and DPO. The only module that imports trl.

trl carries the losses and the loop; ids are made by the renderer that serves, so trl's own tokenisation is left out,
and so are its telemetry and its model cards.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from datasets import Dataset  # type: ignore[import-untyped]
from rich.console import Console
from transformers import PreTrainedModel, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DataCollatorForPreference, DPOTrainer
from trl.trainer.kto_config import KTOConfig
from trl.trainer.kto_trainer import DataCollatorForUnpairedPreference, KTOTrainer

from model.prompt import Renderer
from training.bases import Start
from training.callbacks import Ending, Interrupt
from training.liking import Judged, Pair, Prompt, talk
from training.recipe import Preferring
from training.rendering import TrainingRefused, fit

Method = Literal["kto", "dpo"]
Row = dict[str, Any]


def paired(pairs: Sequence[Pair], renderer: Renderer, window: int) -> list[Row]:
    """As trl's DPO takes them: ids of the prompt, of the preferred answer and of the other; too long ones left out."""
    rows: list[Row] = []
    for one in pairs:
        longer, other = sorted((one.better, one.worse), key=lambda text: -len(renderer.encode(text)))
        kept = fit(talk(one.prompt, longer), renderer, window)[0][:-1]
        ids = {text: split(kept, text, renderer, window) for text in (longer, other)}
        if (better := ids[one.better]) and (worse := ids[one.worse]):
            rows.append({"prompt_ids": better[0], "chosen_ids": better[1], "rejected_ids": worse[1]})
    return rows


def unpaired(judged: Sequence[Judged], renderer: Renderer, window: int, batch: int) -> list[Row]:
    """As trl's KTO takes them. The answer by which it estimates KL is that of the row before, within its batch."""
    rows: list[Row] = []
    for one in judged:
        kept = fit(talk(one.prompt, one.answer), renderer, window)[0][:-1]
        if ids := split(kept, one.answer, renderer, window):
            rows.append({"prompt_ids": ids[0], "completion_ids": ids[1], "label": one.good})
    for at in range(0, len(rows), batch):
        some = rows[at : at + batch]
        for row, before in zip(some, [some[-1], *some[:-1]], strict=True):
            row["KL_completion_ids"] = before["completion_ids"]
    return rows


def split(prompt: Prompt, answer: str, renderer: Renderer, window: int) -> tuple[list[int], list[int]] | None:
    """Ids of the prompt, and of the answer with its stop token; None when they don't fit the window.

    What a template puts behind the stop token is left out: nothing is written there any more.
    """
    example = renderer.example(talk(prompt, answer))
    marks = list(example.reply)
    if len(marks) > window or not any(marks):
        return None
    end = len(marks) - marks[::-1].index(True)
    start = next((at + 1 for at in range(end - 1, -1, -1) if not marks[at]), 0)
    return list(example.ids[:start]), list(example.ids[start:end])


def learn(
    model: PreTrainedModel,
    start: Start,
    rows: Sequence[Row],
    how: Preferring,
    folder: Path,
    interrupt: Interrupt,
    screen: Console | None = None,
) -> list[dict[str, float]]:
    """Teach the model in place; what trl logged, step by step (loss, rewards/margins …).

    The model as it comes in is what the answers may not stray from; one with LoRA adapters learns in those alone.
    Raises TrainingRefused without rows.
    """
    if not rows:
        raise TrainingRefused("no preferences are left to learn: there are none, or all are longer than the window")
    adapted = hasattr(model, "peft_config")
    given: dict[str, Any] = {
        "model": model,
        "ref_model": None if adapted else _frozen(model),  # of adapters trl keeps a copy beside them
        "train_dataset": Dataset.from_list(list(rows)),
        "processing_class": start.tokenizer,
    }
    with warnings.catch_warnings():
        # trl 1.16 asks transformers 5.23 by names that it is about to drop.
        warnings.filterwarnings("ignore", message=".*gradient_checkpointing", category=FutureWarning)
        made = _trainer(given, rows, _arguments(how, folder, start.config.seed), start.renderer.pad_id)
        for one in (PrinterCallback, ProgressCallback):
            made.remove_callback(one)
        made.add_callback(Ending(interrupt, None))
        made.add_callback(_Told(screen or Console(quiet=True)))
        made.train()
    _as_before(model, adapted)
    return [entry for entry in made.state.log_history if "loss" in entry]


def _trainer(given: dict[str, Any], rows: Sequence[Row], arguments: dict[str, Any], pad: int) -> Any:
    """DPO for pairs, else KTO."""
    if "chosen_ids" in rows[0]:
        return _Paired(**given, args=DPOConfig(**arguments), data_collator=DataCollatorForPreference(pad_token_id=pad))
    arguments |= _weights(rows)
    collator = DataCollatorForUnpairedPreference(pad_token_id=pad)
    return _Unpaired(**given, args=KTOConfig(**arguments), data_collator=collator)


class _Quiet:
    """Rows as they are given, nothing sent anywhere, no card."""

    def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
        return dataset

    def _send_telemetry(self) -> None:
        return None

    def create_model_card(self, *_: Any, **__: Any) -> None:
        return None


class _Paired(_Quiet, DPOTrainer):
    """DPO (Rafailov et al. 2023, arXiv:2305.18290)."""


class _Unpaired(_Quiet, KTOTrainer):
    """KTO (Ethayarajh et al. 2024, arXiv:2402.01306)."""


class _Told(TrainerCallback):
    """A line for each tenth of the way."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._next = 0

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        if logs and "loss" in logs and state.global_step >= self._next:
            self._next = state.global_step + max(1, state.max_steps // 10)
            self._screen.print(f"step {state.global_step} of {state.max_steps}: loss {logs['loss']:.4f}", markup=False)


def _arguments(how: Preferring, folder: Path, seed: int) -> dict[str, Any]:
    return {
        "output_dir": str(folder),
        "num_train_epochs": how.epochs,
        "per_device_train_batch_size": how.batch,
        "gradient_accumulation_steps": how.accumulation,
        "learning_rate": how.rate,
        "warmup_steps": how.warmup,
        "max_grad_norm": how.clip,
        "beta": how.beta,
        "bf16": how.bf16,
        "activation_checkpointing": how.checkpointing,
        "max_length": None,  # what is too long was left out, nothing is cut
        "save_strategy": "no",
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": torch.cuda.is_available(),
        "seed": seed,
        "use_cpu": not torch.cuda.is_available(),
    }


def _weights(rows: Sequence[Row]) -> dict[str, float]:
    """Liked and disliked answers count the same however many there are of each: equation 8 of the KTO paper."""
    good = sum(bool(row["label"]) for row in rows)
    bad = len(rows) - good
    return {
        "desirable_weight": max(1.0, bad / max(1, good)),
        "undesirable_weight": max(1.0, good / max(1, bad)),
    }


def _frozen(model: PreTrainedModel) -> Any:
    """A copy that stays as it is."""
    reference: Any = copy.deepcopy(model)
    return reference.eval().requires_grad_(False)


def _as_before(model: Any, adapted: bool) -> None:
    """Without what trl put into it: its own forward, and a copy of the adapters."""
    (model.get_base_model() if adapted else model).__dict__.pop("forward", None)
    if adapted and "ref" in model.peft_config:
        model.delete_adapter("ref")
