"""LoRA adapters (Hu et al. 2021, arXiv:2106.09685): several small changes to one model, each for its own requests.

Reads what peft writes: adapter_config.json and adapter_model.safetensors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from bot.errors import ModelRefused
from model import folder as folders
from model import header
from model.packed import Packed

_FILES = re.compile(
    r"""
    adapter_config\.json | adapter_model\.safetensors | (manifest|training|metrics)\.json
    | [\w.-]+\.md | LICEN[CS]E(\.txt)? | NOTICE(\.txt)? | \.gitattributes
    | exchanges\.jsonl
    """,
    re.VERBOSE,
)
_KEY = re.compile(r"base_model\.model\.(?P<module>[\w.]+)\.lora_(?P<half>[AB])\.(default\.)?weight")
# What changes the result and isn't done here; each with the values that mean "not used".
_WITHOUT: dict[str, tuple[Any, ...]] = {
    "use_dora": (None, False),
    "bias": (None, "none"),
    "lora_bias": (None, False),
    "modules_to_save": (None, []),
    "rank_pattern": (None, {}),
    "alpha_pattern": (None, {}),
    "trainable_token_indices": (None,),
    "layer_replication": (None,),
}
_HIGHEST, _LARGEST = 1024, 1 << 20  # rank and alpha


@dataclass(frozen=True, slots=True)
class Adapter:
    """A change to some linear layers: x -> x @ down.T @ up.T, by the layer's name. `up` has the scale in it."""

    name: str
    layers: Mapping[str, tuple[torch.Tensor, torch.Tensor]]


def is_adapter(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def belongs(name: str) -> bool:
    """Whether an adapter's folder may hold a file of that name."""
    return bool(_FILES.fullmatch(name))


def check(folder: Path) -> int:
    """The number of parameters. Raises ModelRefused unless peft could have written the folder; nothing is loaded."""
    names = folders.regular_files(folder, _FILES)
    if "adapter_model.safetensors" not in names:
        raise ModelRefused(f"{folder}: adapter_model.safetensors is missing: other formats are not loaded")
    folders.check_keys(folder / "adapter_config.json")
    _scale(folder)
    weights = header.tensors(folder / "adapter_model.safetensors")
    strange = sorted(name for name in weights if not _KEY.fullmatch(name))
    if strange:
        raise ModelRefused(f"{folder}: {ascii(strange[0])[:80]} is no weight of a LoRA adapter: nothing else is taken")
    return sum(tensor.numbers for tensor in weights.values())


def load(folder: Path, name: str, model: nn.Module) -> Adapter:
    """Read an adapter for this very model. Raises ModelRefused when it was made for another."""
    check(folder)
    scale, weights = _scale(folder), load_file(folder / "adapter_model.safetensors")
    halves: dict[str, dict[str, torch.Tensor]] = {}
    for key, weight in weights.items():
        if found := _KEY.fullmatch(key):
            halves.setdefault(found["module"], {})[found["half"]] = weight.float()
    layers: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
    for module, pair in halves.items():
        if pair.keys() != {"A", "B"} or not _fits(model, module, pair["A"], pair["B"]):
            raise ModelRefused(f"{folder}: {module} does not fit the base model: the adapter belongs to another one")
        layers[module] = pair["A"], pair["B"] * scale
    return Adapter(name, layers)


def attach(model: nn.Module, adapters: Mapping[str, Adapter]) -> Adapting:
    """Put the adapters into a model. What is returned decides which tokens each of them changes."""
    adapting = Adapting()
    for path in sorted({path for adapter in adapters.values() for path in adapter.layers}):
        parent, _, name = path.rpartition(".")
        holder, base = model.get_submodule(parent), model.get_submodule(path)
        like = next(model.parameters())
        pairs = {
            one.name: tuple(half.to(like.device, like.dtype) for half in one.layers[path])
            for one in adapters.values()
            if path in one.layers
        }
        setattr(holder, name, _Adapted(base, pairs, adapting))  # type: ignore[arg-type]  # two halves each
    return adapting


class Adapting(local):
    """Which tokens of the step that is being read belong to which adapter: rows by name.

    Each thread has its own: who judges answers beside the engine (model/ranking.py) reads with the model as it is.
    """

    def __init__(self) -> None:
        self.rows: Mapping[str, torch.Tensor] = {}

    def of(self, packed: Packed) -> None:
        self.rows = packed.adapted


class _Adapted(nn.Module):
    """A linear layer with the changes that each token's own adapter makes."""

    def __init__(
        self, base: nn.Module, pairs: Mapping[str, tuple[torch.Tensor, torch.Tensor]], adapting: Adapting
    ) -> None:
        super().__init__()
        self.base = base
        self._pairs = pairs
        self._adapting = adapting

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.base(x)
        for name, rows in self._adapting.rows.items():
            if pair := self._pairs.get(name):
                down, up = pair
                out[0].index_add_(0, rows, (x[0, rows] @ down.T @ up.T).to(out.dtype))
        return out


def _scale(folder: Path) -> float:
    file = folder / "adapter_config.json"
    config = folders.read(file)
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if config.get("peft_type") != "LORA":
        raise ModelRefused(f"{file}: only LoRA adapters are taken (peft_type = LORA)")
    for key, unused in _WITHOUT.items():
        if config.get(key) not in unused:
            raise ModelRefused(f"{file}: {key} is not supported: train without it, or merge the adapter into its base")
    if type(rank) is not int or not 0 < rank <= _HIGHEST:
        raise ModelRefused(f"{file}: r must be 1 to {_HIGHEST}, as peft writes it")
    if not isinstance(alpha, int | float) or not abs(alpha) <= _LARGEST:
        raise ModelRefused(f"{file}: lora_alpha must be a number of at most {_LARGEST}, as peft writes it")
    return alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank


def _fits(model: nn.Module, path: str, down: torch.Tensor, up: torch.Tensor) -> bool:
    try:
        layer = model.get_submodule(path)
    except AttributeError:
        return False
    sizes = _sizes(layer)
    return (
        sizes is not None
        and down.dim() == up.dim() == 2
        and sizes == (down.shape[1], up.shape[0])
        and down.shape[0] == up.shape[1]
    )


def _sizes(layer: nn.Module) -> tuple[int, int] | None:
    """What goes in and what comes out."""
    if hasattr(layer, "in_features"):  # nn.Linear, and our 8-bit one
        return int(layer.in_features), int(layer.out_features)  # type: ignore[arg-type]
    if hasattr(layer, "nx") and hasattr(layer, "nf"):  # GPT-2's
        return int(layer.nx), int(layer.nf)  # type: ignore[arg-type]
    return None
