"""A version of data/models/ on trial beside the one that answers everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.errors import ModelRefused
from model.lives import Choice
from model.registry import Registry
from model.swap import Swapping


class Trials:
    """bot.canary.Trials, for processes of ours.

    choice  what to serve for a version's name; "": the model that comes along
    fixed   config.toml names the folder that answers, so nothing can be tried beside it
    """

    def __init__(
        self, models: Swapping, registry: Registry, choice: Callable[[str], Choice], *, fixed: bool = False
    ) -> None:
        self._models = models
        self._registry = registry
        self._choice = choice
        self._fixed = fixed

    def live(self) -> str:
        current = self._registry.current()
        return current.name if current else ""

    async def begin(self, version: str, share: int) -> tuple[str, str]:
        if self._fixed:
            raise ModelRefused(f"{version}: config.toml: [model] folder says what answers: empty it first")
        if version == self.live():
            raise ModelRefused(f"{version} answers everybody already")
        if faults := await asyncio.to_thread(self._registry.verify, version):
            raise ModelRefused(f"{version}: {faults[0]}: remove it and add it again")
        wanted, others = self._choice(version), self._choice(self.live())
        signs = await asyncio.to_thread(lambda: (wanted.signs(), others.signs()))
        await self._models.share(wanted, share)
        return signs

    async def end(self) -> None:
        await self._models.unshare()

    async def use(self, version: str) -> None:
        await self._models.use(self._choice(version))
        self._registry.use(version)
