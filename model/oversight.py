"""Our own models as an operator sees and changes them: what the process tells, which versions there are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence

from bot.errors import ModelRefused
from bot.overview import ModelVersion
from model.folder import EMBEDDED as EMBEDDED_FOLDER
from model.lives import Choice
from model.registry import Registry, Version
from model.swap import Swapping

EMBEDDED = "embedded"  # the name by which the model that comes along is used again


class Own:
    """Models, for a process of ours.

    choice  what to serve for a version's name; "": the model that comes along
    fixed   config.toml names the folder that answers, so nothing can be chosen
    """

    def __init__(
        self, models: Swapping, registry: Registry, choice: Callable[[str], Choice], *, fixed: bool = False
    ) -> None:
        self._models = models
        self._registry = registry
        self._choice = choice
        self._fixed = fixed

    async def expositions(self) -> Sequence[str]:
        text = await self._models.exposition()
        return (text,) if text else ()

    def changes(self) -> tuple[int, int]:
        return self._models.swaps, self._models.failed

    def versions(self) -> Sequence[ModelVersion]:
        if self._fixed:
            return (ModelVersion(self._models.name, current=True),)
        current = self._registry.current()
        name = current.name if current else ""
        others = [_seen(version, current=version.name == name) for version in self._registry.versions()]
        return (_embedded(current=not name), *others)

    async def use(self, name: str) -> None:
        if self._fixed:
            raise ModelRefused(f"{name}: config.toml: [model] folder says what answers: empty it first")
        version = "" if name == EMBEDDED else name
        if version and (faults := await asyncio.to_thread(self._registry.verify, version)):
            raise ModelRefused(f"{name}: {faults[0]}: remove it and add it again")
        await self._models.use(self._choice(version))
        self._registry.use(version)


def _embedded(*, current: bool) -> ModelVersion:
    """The one that comes along, with what its training has left beside it."""
    figures = json.loads((EMBEDDED_FOLDER / "training.json").read_text(encoding="utf-8")).get("figures", {})
    scores = {name: value for name, value in figures.items() if isinstance(value, float) and name != "minutes"}
    size = (EMBEDDED_FOLDER / "model.safetensors").stat().st_size
    parameters = int(figures.get("parameters", 0))
    return ModelVersion(EMBEDDED, current, parameters, size, licence="CC0-1.0", scores=scores)


def _seen(version: Version, *, current: bool) -> ModelVersion:
    manifest = version.manifest
    return ModelVersion(
        name=version.name,
        current=current,
        parameters=manifest.parameters,
        bytes=version.size,
        base=manifest.base,
        licence=manifest.licence,
        created=manifest.created,
        scores=manifest.scores,
    )
