"""`irang models`: the versions that can answer; add, use, verify, remove."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Screen
from rich.table import Table

from bot import canaries, control
from bot.config import Settings
from bot.errors import IrangError, ModelRefused
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.store import Store
from bot.where import ConfigPath, settings_of

if TYPE_CHECKING:
    from model.registry import Registry

models = typer.Typer(no_args_is_help=True, help="The models that can answer: list, add, use, verify, remove.")
_screen = Screen(highlight=False, soft_wrap=True)

EMBEDDED = "embedded"  # the name by which the model that comes along is used again

Name = Annotated[str, typer.Argument(help="A version's name, as `irang models list` shows it.")]


@models.command("list")
def list_versions(config: ConfigPath = None) -> None:
    """Every version, with the one that answers marked."""
    registry, _, locale = _registry(config)
    current = registry.current()
    columns = ("name", "base", "parameters", "size", "licence", "scores")
    table = Table("", *(locale(f"models_{column}") for column in columns))
    table.add_row("" if current else "●", EMBEDDED, "", "", "", "CC0-1.0", "")
    for version in registry.versions():
        about = version.manifest
        scores = ", ".join(f"{name} {value:g}" for name, value in about.scores.items())
        mark = "●" if current and current.name == version.name else ""
        size = f"{version.size / 1e6:,.0f} MB"
        table.add_row(mark, version.name, about.base, f"{about.parameters:,}", size, about.licence or "?", scores)
    _screen.print(table)


@models.command()
def add(
    source: Annotated[str, typer.Argument(help="A model folder here, or owner/name on the Hugging Face hub.")],
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    revision: Annotated[str | None, typer.Option(help="A branch, tag or commit on the hub.")] = None,
    licence: Annotated[str, typer.Option(help="Its licence, for the list.")] = "",
    base: Annotated[str, typer.Option(help="For a LoRA adapter: the version that it was trained on.")] = "",
    config: ConfigPath = None,
) -> None:
    """Check a model and keep a copy that never changes. Only safetensors; nothing of it is run."""
    from model import hub

    registry, _, locale = _registry(config)
    if base == EMBEDDED:
        raise ModelRefused(f"{base} has no version here: irang models add model/assets --name NAME, then --base NAME")
    if Path(source).is_dir():
        version = registry.add(Path(source), name, licence=licence, base=base)
    elif hub.ID.fullmatch(source):
        with tempfile.TemporaryDirectory(prefix="irang-hub-") as folder:
            commit = hub.fetch(source, revision, Path(folder))
            version = registry.add(
                Path(folder),
                name or source.rpartition("/")[2],
                origin=source,
                revision=commit,
                licence=licence,
                base=base,
            )
    else:
        raise ModelRefused(f"{source}: no such folder, and no owner/name of the hub")
    _screen.print(locale("models_added", name=version.name), markup=False)


@models.command()
def use(
    name: Annotated[str, typer.Argument(help=f"A version's name, or {EMBEDDED!r}.")] = "",
    back: Annotated[bool, typer.Option("--back", help="Return to the one before.")] = False,
    share: Annotated[
        int | None,
        typer.Option(min=0, max=50, help="On trial in so many percent of the chats; 0: end the trial."),
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Answer with this version: from the next message on if the bot runs, otherwise from its next start."""
    registry, settings, locale = _registry(config)
    if share is not None:
        _screen.print(asyncio.run(try_out(registry, name, share, settings, config, locale)), markup=False)
        return
    if back == bool(name):
        raise ModelRefused("expected either a version's name or --back")
    if back and registry.current() is None and registry.previous() is None:
        raise ModelRefused("there is no model to go back to: none was chosen yet")
    before = registry.previous()
    wanted = (before.name if before else "") if back else "" if name == EMBEDDED else name
    asyncio.run(_use(registry, wanted, settings, config, locale))


@models.command()
def verify(
    name: Annotated[str, typer.Argument(help="A version's name; all of them if none.")] = "", config: ConfigPath = None
) -> None:
    """Compare every file with its checksum from the day it was added."""
    registry, _, locale = _registry(config)
    damaged = False
    for version in [registry.get(name)] if name else registry.versions():
        faults = registry.verify(version.name)
        damaged = damaged or bool(faults)
        for line in faults or [locale("models_whole")]:
            _screen.print(f"{version.name}: {line}", markup=False)
    raise typer.Exit(int(damaged))


@models.command()
def remove(name: Name, config: ConfigPath = None) -> None:
    """Delete a version that does not answer now."""
    registry, _, locale = _registry(config)
    registry.remove(name)
    _screen.print(locale("models_removed", name=name), markup=False)


async def _use(registry: Registry, name: str, settings: Settings, config: Path | None, locale: Locale) -> None:
    """The running bot tries it first: what it refuses changes nothing."""
    root = settings_of(config)[1]
    if settings.model.hosts or settings.model.folder:
        raise IrangError(locale("models_elsewhere"))
    if faults := registry.verify(name) if name else []:
        raise ModelRefused(f"{name}: {faults[0]}: remove it and add it again")
    answered = await control.ask(root / settings.bot.data / "control.sock", "use", version=name)
    registry.use(name)
    _screen.print(locale("models_answers" if answered else "models_next_start", name=name or EMBEDDED), markup=False)


async def try_out(
    registry: Registry, name: str, share: int, settings: Settings, config: Path | None, locale: Locale
) -> str:
    """Let a version answer some of the chats, now or from the next start on; what became of it, as a sentence."""
    data = settings_of(config)[1] / settings.bot.data
    if settings.model.hosts or settings.model.folder:
        raise IrangError(locale("models_elsewhere"))
    live = registry.current()
    if share and (registry.get(name) == live):
        raise ModelRefused(f"{name} answers everybody already")
    answered = await control.ask(data / "control.sock", "share", version=name, share=share)
    if answered is None:
        await _note(data, name, live.name if live else "", share)
    key = "models_share_ended" if not share else "models_shared" if answered else "models_shared_next"
    return locale(key, name=name, share=share)


async def _note(data: Path, version: str, live: str, share: int) -> None:
    """No bot runs: its next start finds the wish in the database."""
    now = datetime.now(UTC)
    store = Store.open(data)
    try:
        await store.run(lambda db: canaries.want(db, version, live, share, now) if share else canaries.stop(db, now))
    finally:
        store.close()


def _registry(config: Path | None) -> tuple[Registry, Settings, Locale]:
    from model.registry import Registry

    settings, root = settings_of(config)
    return Registry(root / settings.bot.data / "models"), settings, load_locale(settings.bot.language)
