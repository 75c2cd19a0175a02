"""A version of data/models/ as torch has it: to be taught further, or measured beside another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import weights
from model.folder import EMBEDDED
from model.prompt import Renderer
from model.registry import Registry


@dataclass(frozen=True, slots=True)
class Contender:
    """`name`: the version's, "" for the model that comes along. `adapter`: the LoRA folder over `folder`, if it is one.

    `base`: the version that `folder` is.
    """

    name: str
    folder: Path
    adapter: Path | None = None
    base: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A model in memory with its renderer; `window`: tokens that it can read."""

    model: Any
    renderer: Renderer
    window: int


def of(registry: Registry, name: str) -> Contender:
    """A version by its name; "": the model that comes along. Raises ModelRefused."""
    if not name:
        return Contender("", EMBEDDED)
    version = registry.get(name)
    if not version.manifest.base:
        return Contender(name, version.folder, base=name)
    base = registry.get(version.manifest.base)
    return Contender(name, base.folder, version.folder, base.name)


def live(registry: Registry) -> Contender:
    """The one that answers now."""
    current = registry.current()
    return of(registry, current.name if current else "")


def opened(one: Contender) -> Opened:
    """In 32 bits, whatever it was saved in and runs on: two models are weighed alike. Raises ModelRefused."""
    model: Any = weights.load(one.folder, "float32")
    window = weights.window(model)
    if one.adapter:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, one.adapter).eval()
    return Opened(model.float(), Renderer.load(one.folder), window)
