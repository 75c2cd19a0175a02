"""Learning dialogues: the loss by the scheme, and bits per character of what is held out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, TrainingArguments

from training.bases import Start
from training.collating import Collator
from training.labels import IGNORED
from training.learning import Learner
from training.measure import bits_per_character
from training.rendering import Rendered, Row

FIGURE = "bits_per_character"  # by which the best epoch is chosen: comparable between schemes and tokenizers
_MEASURED = 16  # rows at once when a model is measured


class DialogueTrainer(Learner):
    """Learns `train`, and measures `valid` after each epoch: loss by the scheme, bits per character of the replies."""

    def __init__(
        self, model: PreTrainedModel, start: Start, arguments: TrainingArguments, train: Rendered, valid: Rendered
    ) -> None:
        self._start = start
        self._valid = valid
        self._collate = Collator(start.renderer.pad_id, start.config.scheme)
        super().__init__(model, start.config, arguments, train.rows, self._collate)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Mean over the labelled tokens of the whole step, so that 1 x 32 and 4 x 8 rows learn the same."""
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False)
        here = (inputs["shift_labels"] != IGNORED).sum()
        loss = self.shared(summed(outputs.logits, inputs["shift_labels"]), num_items_in_batch, here)
        return (loss, outputs) if return_outputs else loss

    def measured(self, model: Any) -> dict[str, float]:
        """Held-out loss in nats a labelled token, and bits per character of the last replies."""
        bits = bits_per_character(model, self._start.renderer, self._valid.dialogues, _MEASURED)
        return {f"eval_{FIGURE}": bits, "eval_loss": self._held_out_loss(model)}

    @torch.no_grad()
    def _held_out_loss(self, model: Any) -> float:
        model.eval()
        lost, count = 0.0, 0
        rows: Sequence[Row] = sorted(self._valid.rows, key=lambda row: len(row.ids))
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
