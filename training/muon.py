"""Optimizers for models that start from nothing: Muon for the matrices, AdamW for the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer


def optimizers(model: nn.Module, *, matrix_rate: float, other_rate: float, decay: float) -> list[Optimizer]:
    """Muon takes the hidden matrices; the rest goes to AdamW, without decay where it is a vector."""
    matrices: list[Tensor] = []
    tables: list[Tensor] = []
    vectors: list[Tensor] = []
    outside = {id(one) for one in _tables(model)}
    for parameter in model.parameters():
        if not parameter.requires_grad:
            continue
        kind = vectors if parameter.ndim < 2 else tables if id(parameter) in outside else matrices
        kind.append(parameter)
    return [
        Muon(matrices, lr=matrix_rate, weight_decay=decay, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
        AdamW(
            [{"params": tables, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}],
            lr=other_rate,
            betas=(0.9, 0.98),
        ),
    ]


def _tables(model: nn.Module) -> list[Tensor]:
    """What is no hidden matrix: embeddings, heads (linear layers right under the model), and what has three sides."""
    heads = {id(one) for one in model.children() if isinstance(one, nn.Linear)}
    found = [one for one in model.modules() if isinstance(one, nn.Embedding) or id(one) in heads]
    weights = [parameter for one in found for parameter in one.parameters(recurse=False)]
    return [*weights, *(one for one in model.parameters() if one.ndim > 2)]


class Both(Optimizer):
    """Several optimizers as the one that transformers' Trainer steps, schedules, saves and loads."""

    def __init__(self, parts: list[Optimizer]) -> None:
        self.parts = parts
        super().__init__([group for one in parts for group in one.param_groups], {})
        self._share()

    def _share(self) -> None:
        """A rate set here is a rate set there: the groups are the parts' own."""
        self.param_groups = [group for one in self.parts for group in one.param_groups]

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        loss = None if closure is None else torch.enable_grad()(closure)()
        for one in self.parts:
            one.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        return {"parts": [one.state_dict() for one in self.parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        for one, state in zip(self.parts, state_dict["parts"], strict=True):
            one.load_state_dict(state)
        self._share()


def both(model: nn.Module, rate: float, decay: float) -> Both:
    """Muon's steps are scaled to the size of AdamW's, so that one rate does for both."""
    return Both(optimizers(model, matrix_rate=rate, other_rate=rate, decay=decay))


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
