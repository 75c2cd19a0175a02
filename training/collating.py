"""Rows -> batches: filled at the end, like lengths together, in mixed order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from training.labels import IGNORED, Scheme, targets
from training.rendering import Row

_CHUNK = 50  # steps whose rows are sorted together: enough for like lengths, few enough to stay mixed


class Rows(Dataset[Any]):
    """What torch's loader reads."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> Any:
        return self.rows[at]


class Collator:
    """Rows of any length as one batch.

    `shift_labels` is what the model is asked behind each token: Trainer counts them, and the loss is theirs.
    """

    def __init__(self, pad_id: int, scheme: Scheme) -> None:
        self._pad = pad_id
        self._scheme = scheme

    def __call__(self, rows: Sequence[Row]) -> dict[str, Tensor]:
        length = max(len(row.ids) for row in rows)
        asked = [targets(row.labels, self._scheme) for row in rows]
        return {
            "input_ids": torch.tensor([_filled(row.ids, length, self._pad) for row in rows]),
            "attention_mask": torch.tensor([_filled([1] * len(row.ids), length, 0) for row in rows]),
            "labels": torch.tensor([_filled(row.labels, length, IGNORED) for row in rows]),
            "shift_labels": torch.tensor([_filled(one, length, IGNORED) for one in asked]),
        }


class Buckets(Sampler[int]):
    """An epoch's order: rows of like length fall into one step of `step` rows, and the steps are shuffled.

    In order of length learning suffers: plain grouping cost 0.7 nats. The order depends on seed and epoch alone, so a
    resumed run goes on with the rows it had not seen, and one step holds the same rows however it is accumulated.
    """

    def __init__(self, lengths: Sequence[int], step: int, seed: int) -> None:
        self._lengths = lengths
        self._step = step
        self._seed = seed
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        random = torch.Generator().manual_seed(self._seed * 1_000_003 + self._epoch)
        order = torch.randperm(len(self._lengths), generator=random).tolist()
        steps: list[list[int]] = []
        for at in range(0, len(order), self._step * _CHUNK):
            chunk = sorted(order[at : at + self._step * _CHUNK], key=lambda row: self._lengths[row])
            steps.extend(chunk[start : start + self._step] for start in range(0, len(chunk), self._step))
        # A step that isn't full stays last: before others it would move their rows into other steps.
        full = len(steps) - (len(steps[-1]) < self._step) if steps else 0
        mixed = torch.randperm(full, generator=random).tolist()
        for at in (*mixed, *range(full, len(steps))):
            yield from steps[at]


def _filled(values: Sequence[int], length: int, filler: int) -> list[int]:
    return [*values, *[filler] * (length - len(values))]
