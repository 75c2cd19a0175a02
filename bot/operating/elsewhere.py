"""Models that somebody else runs: what they tell is known, what answers is not ours to change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.errors import ModelRefused
from bot.overview import ModelVersion


class Elsewhere:
    """Models, for endpoints named in config.toml. `ask` gives what each of them tells Prometheus."""

    def __init__(self, ask: Callable[[], Awaitable[Sequence[str]]] | None = None) -> None:
        self._ask = ask

    async def expositions(self) -> Sequence[str]:
        told = await self._ask() if self._ask else ()
        return [text for text in told if text]

    def changes(self) -> tuple[int, int]:
        return 0, 0

    def versions(self) -> Sequence[ModelVersion]:
        return ()

    async def use(self, name: str) -> None:
        raise ModelRefused(f"{name}: config.toml names the endpoints that answer: change the model there")
