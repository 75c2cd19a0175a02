"""Linear layers with 8-bit weights, for CPUs with integer dot products.

Weights have a scale per output channel. Activations are quantised as they come, each token by itself, so that a
token's result does not depend on whom it shares the batch with.
"""

from __future__ import annotations

import warnings

import torch
from torch import nn
from torch.nn.functional import pad
from transformers.activations import NewGELUActivation
from transformers.pytorch_utils import Conv1D

_LEVELS = 127  # of a signed byte, on each side of zero
_MORE = 4  # columns, so that rows stay a multiple of four bytes
_TINY = torch.finfo(torch.float32).tiny


class Int8Linear(nn.Module):
    """x @ weight.T + bias with an 8-bit weight; `weight` is [out, in] in float32."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        super().__init__()
        scales = (weight.abs().amax(1) / _LEVELS).clamp_min(_TINY)
        zeros = torch.zeros(weight.shape[0], dtype=torch.long)
        with warnings.catch_warnings():
            # Said to go in some release after torch 2.13. torch._int_mm, which will stay, was a quarter slower here.
            warnings.simplefilter("ignore", UserWarning)
            quantised = torch.quantize_per_channel(pad(weight, (0, _MORE)), scales.double(), zeros, 0, torch.qint8)
        self._packed = torch.ops.quantized.linear_prepack(quantised, None)
        self._bias = torch.zeros(weight.shape[0]) if bias is None else bias.detach().clone()
        self._ends = torch.tensor([[-1.0, 1.0] + [0.0] * (_MORE - 2)])
        self.out_features, self.in_features = weight.shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """float32 [..., in] to float32 [..., out]."""
        rows = x.reshape(-1, self.in_features)
        largest = rows.abs().amax(1, keepdim=True).clamp_min_(_TINY)  # an infinity norm took ten times as long
        # The kernel takes one range for all rows: with each row scaled to -1..1, and both ends standing in columns
        # whose weights are zero, that range is always the same.
        scaled = torch.cat((rows / largest, self._ends.expand(rows.shape[0], _MORE)), 1)
        out = torch.ops.quantized.linear_dynamic(scaled, self._packed)
        return torch.addcmul(self._bias, out, largest).view(*x.shape[:-1], self.out_features)


class Replaced:
    """The layers that were replaced by 8-bit ones."""

    def __init__(self, pairs: list[tuple[nn.Module, str, nn.Module, Int8Linear]]) -> None:
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def undo(self) -> None:
        for parent, name, original, _ in self._pairs:
            setattr(parent, name, original)

    def redo(self) -> None:
        for parent, name, _, quantised in self._pairs:
            setattr(parent, name, quantised)


def quantise(model: nn.Module) -> Replaced:
    """Replace every linear layer of a float32 model. Embeddings stay as they are."""
    pairs = []
    for parent in tuple(model.modules()):
        for name, child in tuple(parent.named_children()):
            if (weight := _weight(child)) is not None:
                bias = getattr(child, "bias", None)
                pairs.append((parent, name, child, Int8Linear(weight, bias)))
    replaced = Replaced(pairs)
    replaced.redo()
    return replaced


def fuse(model: nn.Module) -> None:
    """Replace GPT-2's activation, written as seven operations, by the kernel for the same formula."""
    for module in tuple(model.modules()):
        for name, child in tuple(module.named_children()):
            if type(child) is NewGELUActivation:
                setattr(module, name, nn.GELU(approximate="tanh"))


def _weight(module: nn.Module) -> torch.Tensor | None:
    """A linear layer's weight as [out, in]; None for anything else."""
    if type(module) is nn.Linear:
        return module.weight.detach()
    if type(module) is Conv1D:  # GPT-2's linear layer keeps its weight the other way round
        return module.weight.detach().t()
    return None
