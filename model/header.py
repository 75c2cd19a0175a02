"""What a safetensors file holds, from its header alone: read within bounds, before anything is loaded.

Format: https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from bot.errors import ModelRefused

_LONGEST = 16 << 20  # bytes of a header: a hundred thousand tensors; the format allows 100 MB
_BITS = {
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U8": 8, "BOOL": 8,
    "U16": 16, "U32": 32, "U64": 64, "F8_E4M3": 8, "F8_E5M2": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor's shape and place: bytes from `start` to `end` behind the header."""

    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def numbers(self) -> int:
        return prod(self.shape)


def tensors(file: Path) -> dict[str, Tensor]:
    """The tensors by name. Raises ModelRefused unless they fill the file exactly, as the format demands."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > min(_LONGEST, size - 8):
            raise ModelRefused(f"{file}: the header does not fit the file: it is cut off, or no safetensors file")
        header = _object(file, stream.read(length))
    found = {name: _tensor(file, entry) for name, entry in header.items() if name != "__metadata__"}
    at = 0
    for tensor in sorted(found.values(), key=lambda tensor: (tensor.start, tensor.end)):
        if tensor.start != at:
            raise ModelRefused(f"{file}: tensors overlap or leave gaps: copy the file again")
        at = tensor.end
    if at != size - 8 - length:
        raise ModelRefused(f"{file}: {size - 8 - length} bytes of tensors are there and {at} are named: copy it again")
    return found


def _tensor(file: Path, entry: Any) -> Tensor:
    match entry:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(start), int(end)]} if kind in _BITS:
            numbers = [size for size in shape if type(size) is int and 0 <= size < 1 << 40]
            if len(numbers) == len(shape) <= 8 and start >= 0 and end - start == prod(numbers) * _BITS[kind] // 8:
                return Tensor(tuple(numbers), start, end)
    raise ModelRefused(f"{file}: the header describes a tensor that can't be: kind, shape and place don't agree")


def _object(file: Path, header: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(header, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise ModelRefused(f"{file}: the header is not the JSON object that the format demands") from None
    if not isinstance(content, dict):
        raise ModelRefused(f"{file}: the header is not the JSON object that the format demands")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name occurs twice")
    return dict(pairs)
