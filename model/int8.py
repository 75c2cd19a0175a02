"""Linear layers with 8-bit weights, for CPUs with integer dot products.

Weights have a scale per output channel. Activations are quantised as they come, each token by itself, so that a
token's result does not depend on whom it shares the batch with.
"""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import gelu, pad
from transformers.activations import NewGELUActivation
from transformers.pytorch_utils import Conv1D

_LEVELS = 127  # of a signed byte, on each side of zero
_MORE = 4  # columns, so that rows stay a multiple of four bytes
_ROWS = 256  # tokens of a step for which buffers stay
_CUBIC = 0.044715  # Hendrycks and Gimpel 2016, arXiv:1606.08415
_TINY = torch.finfo(torch.float32).tiny


class _Rows(NamedTuple):
    """Where so many rows are scaled: views of one buffer, [1, rows, in + _MORE] and without the columns at the end."""

    sizes: torch.Tensor
    sizes_in: torch.Tensor
    scaled: torch.Tensor
    scaled_in: torch.Tensor


class _Workspace(threading.local):
    """Each thread's buffers, one for each width, used by layer after layer.

    A step of one chat is hundreds of small operations between the products, whose weights drive their code out of the
    processor's caches: what is made once is not made again for every layer.
    """

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, _Rows]] = {}
        self._buffers: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def rows(self, count: int, width: int) -> _Rows:
        try:
            return self._rows[width][count]
        except KeyError:
            return self._made(count, width)

    def _made(self, count: int, width: int) -> _Rows:
        if count > _ROWS:  # a long text at once, which no step of the engine reads
            return _views(_buffers(count, width), count, width)
        if width not in self._buffers or self._buffers[width][0].shape[1] < count:
            self._buffers[width], self._rows[width] = _buffers(min(_ROWS, 2 * count), width), {}
        rows = _views(self._buffers[width], count, width)
        self._rows[width][count] = rows
        return rows


def _views(buffers: tuple[torch.Tensor, torch.Tensor], count: int, width: int) -> _Rows:
    sizes, scaled = (buffer[:, :count] for buffer in buffers)
    return _Rows(sizes, sizes[..., :width], scaled, scaled[..., :width])


@torch.inference_mode(mode=False)  # so that they can be written to in either mode
def _buffers(rows: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    """One whose last columns keep a row's size above nothing, one whose last columns hold both ends of -1 to 1."""
    sizes, scaled = torch.full((1, rows, width + _MORE), _TINY), torch.zeros(1, rows, width + _MORE)
    scaled[..., width], scaled[..., width + 1] = -1.0, 1.0
    return sizes, scaled


_workspace = _Workspace()


class Int8Linear(nn.Module):
    """x @ weight.T + bias with an 8-bit weight; `weight` is [out, in] in float32."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        super().__init__()
        scales = (weight.abs().amax(1) / _LEVELS).clamp_min(_TINY)
        zeros = torch.zeros(weight.shape[0], dtype=torch.long)
        with warnings.catch_warnings():
            # Said to go in some release after torch 2.13. torch._int_mm, which will stay, is a quarter slower here.
            warnings.simplefilter("ignore", UserWarning)
            quantised = torch.quantize_per_channel(pad(weight, (0, _MORE)), scales.double(), zeros, 0, torch.qint8)
        self._packed = torch.ops.quantized.linear_prepack(quantised, None)
        self._linear = torch.ops.quantized.linear_dynamic.default  # the overload by name, which is not looked for then
        self._bias = torch.zeros(weight.shape[0]) if bias is None else bias.detach().clone()
        self.out_features, self.in_features = weight.shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """float32 [..., in] to float32 [..., out]."""
        if x.dim() != 3 or x.shape[0] != 1:
            return self(x.reshape(1, -1, self.in_features)).view(*x.shape[:-1], self.out_features)  # type: ignore[no-any-return]
        rows = _workspace.rows(x.shape[1], self.in_features)
        torch.abs(x, out=rows.sizes_in)
        largest = rows.sizes.amax(2, keepdim=True)  # an infinity norm takes ten times as long
        # The kernel takes one range for all rows: with each row scaled to -1..1, and both ends standing in columns
        # whose weights are zero, that range is always the same.
        torch.div(x, largest, out=rows.scaled_in)
        out = self._linear(rows.scaled, self._packed)
        return torch.addcmul(self._bias, out, largest, out=out)


def quantise(model: nn.Module) -> Callable[[], None]:
    """Replace every linear layer of a float32 model; returns what takes it back. Embeddings stay as they are."""
    replaced = [
        (parent, name, layer, Int8Linear(weight, getattr(layer, "bias", None)))
        for parent in tuple(model.modules())
        for name, layer in tuple(parent.named_children())
        if (weight := _weight(layer)) is not None
    ]
    for parent, name, _, quantised in replaced:
        setattr(parent, name, quantised)

    def undo() -> None:
        for parent, name, layer, _ in replaced:
            setattr(parent, name, layer)

    return undo


def fuse(model: nn.Module) -> None:
    """Replace GPT-2's activation, written as seven operations, by fewer for the same formula.

    And take dropout out, which does nothing in a model that answers, three times in each layer.
    """
    for module in tuple(model.modules()):
        for name, child in tuple(module.named_children()):
            if type(child) is NewGELUActivation:
                setattr(module, name, Gelu())
            elif type(child) is nn.Dropout:
                setattr(module, name, _NoDropout())


class Gelu(nn.Module):
    """GPT-2's activation: x/2 (1 + tanh u) is x sigmoid(2u), and a CPU's sigmoid takes a sixth of its tanh's time."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.device.type != "cpu" or x.dtype != torch.float32:
            return gelu(x, approximate="tanh")
        out = x * x
        torch.addcmul(x, out, x, value=_CUBIC, out=out)  # x + 0.044715 x^3
        return out.mul_(2 * math.sqrt(2 / math.pi)).sigmoid_().mul_(x)


class _NoDropout(nn.Identity):
    p = 0.0


def _weight(module: nn.Module) -> torch.Tensor | None:
    """A linear layer's weight as [out, in]; None for anything else."""
    if type(module) is nn.Linear:
        return module.weight.detach()
    if type(module) is Conv1D:  # GPT-2's linear layer keeps its weight the other way round
        return module.weight.detach().t()
    return None
