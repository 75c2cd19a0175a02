"""Does a model's configuration describe the weights that are there? Asked before any memory is taken for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import ModelRefused
from model import folder as folders
from model.header import Tensor

_TABLES = 64 << 20  # bytes; causal masks of GPT-2's kind and sines of positions take less in any small model
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_SIZES = (
    "vocab_size", "hidden_size", "n_embd", "num_attention_heads", "n_head", "n_positions", "max_position_embeddings",
    "n_inner", "intermediate_size",
)  # fmt: skip


def check(folder: Path, weights: Mapping[str, Tensor]) -> int:
    """The number of parameters. Raises ModelRefused when the architecture is none that writes text, or when it wants
    more numbers than the files hold: what is missing would be taken from the air, and may be terabytes. The same goes
    for what it computes for itself at load, a row for each position it claims to have."""
    file = folder / "config.json"
    config = folders.read(file)
    _few_layers(file, config, len(weights))
    there = sum(tensor.numbers for tensor in weights.values())
    wanted, tables = _described(file, folder)
    if wanted > there * 1.01 + 4096:
        raise ModelRefused(
            f"{file}: describes {wanted:,} parameters and the weights hold {there:,}: not the same model"
        )
    if tables > there * 4 + _TABLES:  # no more than the weights themselves take in single precision
        raise ModelRefused(f"{file}: wants tables of {tables:,} bytes beside {there:,} parameters: check its positions")
    return there


def _few_layers(file: Path, config: Any, tensors: int) -> None:
    """Even a model without memory takes a while when it has a billion layers."""
    for key, value in _integers(config):
        if key in (*_LAYERS, *_SIZES) and value < 1:
            raise ModelRefused(f"{file}: {key} = {value}: expected a positive number")
        if key in _LAYERS and value > tensors:
            raise ModelRefused(f"{file}: {key} = {value}, and the weights hold {tensors} tensors: not the same model")
        if not -(1 << 40) < value < 1 << 40:
            raise ModelRefused(f"{file}: {key} = {str(value)[:20]}: no model has such a number")


def _integers(content: Any, key: str = "") -> list[tuple[str, int]]:
    match content:
        case dict():
            return [found for name, value in content.items() for found in _integers(value, str(name))]
        case list():
            return [found for value in content for found in _integers(value, key)]
        case bool():
            return []
        case int():
            return [(key, content)]
        case _:
            return []


def _described(file: Path, folder: Path) -> tuple[int, int]:
    """The model of config.json, built without memory: its parameters, and the bytes of what is in no file of it.

    GPT-J, CodeGen, CTRL and XGLM compute sines for each position, GPT-Neo and its like a mask of positions by
    positions.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        if type(config) not in AutoModelForCausalLM._model_mapping:
            raise ModelRefused(
                f"{file}: models of the kind {config.model_type!r} don't write text: another one is needed"
            )
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)  # type: ignore[no-untyped-call]
    except ModelRefused:
        raise
    except Exception as error:  # noqa: BLE001 a stranger's file: transformers raises what it likes
        raise ModelRefused(f"{file}: no model can be made of it ({type(error).__name__})") from None
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return parameters, sum(buffer.numel() * buffer.element_size() for buffer in model.buffers())
