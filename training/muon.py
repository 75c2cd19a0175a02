"""Optimizers for models that start from nothing: Muon for the matrices, AdamW for the rest."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer


def optimizers(model: nn.Module, *, matrix_rate: float, other_rate: float, decay: float) -> list[Optimizer]:
    """Muon takes the hidden matrices; the rest goes to AdamW, without decay where it is a vector."""
    matrices: list[Tensor] = []
    tables: list[Tensor] = []
    vectors: list[Tensor] = []
    for name, parameter in model.named_parameters():
        kind = vectors if parameter.ndim < 2 else tables if "wte" in name or "wpe" in name else matrices
        kind.append(parameter)
    return [
        Muon(matrices, lr=matrix_rate, weight_decay=decay, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
        AdamW(
            [{"params": tables, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}],
            lr=other_rate,
            betas=(0.9, 0.98),
        ),
    ]


def trapezoid(progress: float, *, rise: float = 0.03, fall: float = 0.5) -> float:
    """The learning rate's factor: up in the first `rise` of the run, down to nothing over the last `fall`."""
    if progress < rise:
        return progress / rise
    return min(1.0, max(0.0, (1 - progress) / fall))


class Rates:
    """Sets every optimizer's rates to a factor of what they started with."""

    def __init__(self, some: list[Optimizer], shape: Callable[[float], float] = trapezoid) -> None:
        self._groups = [(group, float(group["lr"])) for one in some for group in one.param_groups]
        self._shape = shape

    def at(self, progress: float) -> None:
        for group, rate in self._groups:
            group["lr"] = rate * self._shape(progress)


def clip(model: nn.Module, norm: float) -> float:
    return float(torch.nn.utils.clip_grad_norm_(model.parameters(), norm))
