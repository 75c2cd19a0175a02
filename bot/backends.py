"""What writes the answers: our own model's process or somebody's endpoint, as config.toml and the registry say."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import control
from bot.canary import Trials
from bot.config import Settings, secret
from bot.operating.elsewhere import Elsewhere
from bot.ports import Backend, Models

if TYPE_CHECKING:
    from model.lives import Choice

log = logging.getLogger(__name__)

_LOADING = 120  # seconds to wait for the model before people are let in


@asynccontextmanager
async def model(
    settings: Settings, root: Path, deeds: dict[str, control.Deed] | None = None
) -> AsyncIterator[tuple[Backend, Callable[[], Awaitable[None]]]]:
    """The configured backend, and a wait until it can answer: our own process, or somebody's endpoint.

    What `irang …` may ask it for goes into `deeds`.
    """
    from model.client import OpenAIBackend
    from model.failover import Failover

    if settings.model.hosts:
        tags = tuple(settings.model.think_tags)
        hosts = [OpenAIBackend(host.url, host.name, secret(host.key_env), tags=tags) for host in settings.model.hosts]
        remote = hosts[0] if len(hosts) == 1 else Failover(hosts)
        try:
            yield remote, _at_once
        finally:
            await remote.close()
        return
    async with _own_model(settings, root, {} if deeds is None else deeds) as own:
        yield own


@asynccontextmanager
async def _own_model(
    settings: Settings, root: Path, deeds: dict[str, control.Deed]
) -> AsyncIterator[tuple[Backend, Callable[[], Awaitable[None]]]]:
    """A model in a process of its own, which `irang models use` can change while the bot runs."""
    from model.swap import Swapping

    asked = settings.model
    options = asked.model_dump(include={"threads", "slots", "precision", "graphs", "memory"})
    data = root / settings.bot.data
    data.mkdir(parents=True, exist_ok=True, mode=0o700)  # the store makes it too, but later
    models = Swapping(_configured(settings, root), data, options, asked.think_tags)

    async def ready() -> None:
        process = models.process
        if not await process.loads(_LOADING):
            why = process.last_words or "it is still loading"
            log.warning("the model is not ready, questions wait for it: %s", why)

    async def use(wish: Mapping[str, Any]) -> Mapping[str, Any]:
        await models.use(_chosen(settings, root, str(wish["version"])))
        return {}

    try:
        deeds["use"] = use
        yield models, ready
    finally:
        await models.close()


def oversight(settings: Settings, root: Path, backend: Backend) -> Models:
    """The models that can answer, as an operator sees and changes them."""
    from model.client import OpenAIBackend
    from model.failover import Failover
    from model.oversight import Own
    from model.registry import Registry
    from model.swap import Swapping

    match backend:
        case Swapping():
            registry = Registry(root / settings.bot.data / "models")
            return Own(backend, registry, partial(_chosen, settings, root), fixed=bool(settings.model.folder))
        case OpenAIBackend():
            return Elsewhere(backend.expositions)
        case Failover():
            return Elsewhere(backend.expositions)
    return Elsewhere()


def trial(settings: Settings, root: Path, backend: Backend) -> Trials | None:
    """A second model beside the first one; None where the models are somebody else's."""
    from model.registry import Registry
    from model.swap import Swapping
    from model.trials import Trials as OwnTrials

    if not isinstance(backend, Swapping):
        return None
    registry = Registry(root / settings.bot.data / "models")
    return OwnTrials(backend, registry, partial(_chosen, settings, root), fixed=bool(settings.model.folder))


def model_folder(settings: Settings, root: Path) -> Path:
    """The folder of what answers: configured, chosen by `irang models use`, or what comes along."""
    return _configured(settings, root).folder


def follows_instructions(settings: Settings, root: Path) -> bool:
    """Whether the model that answers now is more than a small talker that looks its answers up."""
    from model.exchanges import FILE

    return bool(settings.model.hosts) or not (model_folder(settings, root) / FILE).is_file()


def _configured(settings: Settings, root: Path) -> Choice:
    from model.lives import Choice
    from model.registry import Registry

    if settings.model.folder:
        return Choice(root / settings.model.folder)
    current = Registry(root / settings.bot.data / "models").current()
    return _chosen(settings, root, current.name if current else "")


def _chosen(settings: Settings, root: Path, version: str) -> Choice:
    """A version with every adapter that sits on the same base; "": the model that comes along."""
    from model.folder import EMBEDDED
    from model.lives import Choice
    from model.registry import Registry

    registry = Registry(root / settings.bot.data / "models")
    chosen = registry.get(version) if version else None
    base = chosen.manifest.base or chosen.name if chosen else ""
    adapters = {one.name: one.folder for one in registry.versions() if base and one.manifest.base == base}
    folder = registry.get(base).folder if base else EMBEDDED
    return Choice(folder, adapters, chosen.name if chosen and chosen.manifest.base else "")


async def _at_once() -> None:
    return None
