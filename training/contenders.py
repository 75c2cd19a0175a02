"""A version of data/models/ as torch has it: to be taught further, or measured beside another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import packed, weights
from model.exchanges import FILE as EXCHANGES
from model.folder import EMBEDDED
from model.prompt import Renderer
from model.ranking import Ranking
from model.registry import Registry
from model.repertoire import Repertoire


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
    """A model in memory with its renderer; `window`: tokens that it can read.

    `repertoire`: what is said instead of its own words where it is served.
    """

    model: Any
    renderer: Renderer
    window: int
    repertoire: Repertoire | None = None


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
    renderer = Renderer.load(one.folder)
    return Opened(model.float(), renderer, window, repertoire(one, renderer))


def repertoire(one: Contender, renderer: Renderer) -> Repertoire | None:
    """As model.serving makes it; the model that judges there reads in another way than the one that learns."""
    if not (one.folder / EXCHANGES).is_file():
        return None
    judge = weights.load(one.folder)
    packed.prepare(judge)
    return Repertoire.load(one.folder, Ranking(judge, renderer, weights.window(judge)), one.adapter)
