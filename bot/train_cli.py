"""`irang train` and `irang reproduce`: one file of settings -> a measured model that `irang models add` takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Screen

from bot.errors import IrangError
from bot.where import ConfigPath, settings_of

if TYPE_CHECKING:
    from training.finetune import Place
    from training.runs import Run

_screen = Screen(highlight=False, soft_wrap=True)

Minutes = Annotated[float | None, typer.Option("--max-minutes", min=0, help="End after so long, with an evaluation.")]


def train(
    settings: Annotated[str, typer.Argument(help="A TOML file, or the name of one in training/configs/.")] = "",
    resume: Annotated[str, typer.Option(help="Go on with this run from its last checkpoint.")] = "",
    max_minutes: Minutes = None,
    config: ConfigPath = None,
) -> None:
    """Train a model on a data set of data/sets/; Ctrl-C or SIGTERM leaves a checkpoint to go on from."""
    from training import config as configs
    from training import finetune

    if bool(settings) == bool(resume):
        raise IrangError("expected either a file of settings or --resume RUN")
    place = _place(config)
    run = place.runs.get(resume) if resume else finetune.begin(configs.load(_file(settings)), place)
    _show(_trained(run, place, max_minutes), place)


def reproduce(
    run: Annotated[str, typer.Argument(help="A run's id, as the leaderboard shows it, or its JSON file.")],
    max_minutes: Minutes = None,
    config: ConfigPath = None,
) -> None:
    """Train once more with a run's own settings, seed and data, and compare the figures."""
    from training import finetune, runs
    from training.config import Config

    place = _place(config)
    known = _shipped(run)
    before = runs.published(known) if known else place.runs.get(run)
    settings = Config.model_validate(before.config)
    again = finetune.begin(settings, place)
    if again.data_hash != before.data_hash:
        _screen.print(f"the data set {before.data!r} is not the one of that run: the figures can't be the same")
    after = _trained(again, place, max_minutes)
    _show(after, place)
    for name in sorted(before.metrics.keys() & after.metrics.keys()):
        _screen.print(f"{name}: {before.metrics[name]} then, {after.metrics[name]} now", markup=False)


def _trained(run: Run, place: Place, minutes: float | None) -> Run:
    from training.callbacks import Interrupt
    from training.finetune import train as learn

    _screen.print(f"run {run.id}", markup=False)
    with Interrupt().heard() as interrupt:
        return learn(run, place, minutes=minutes, screen=_screen, interrupt=interrupt)


def _show(run: Run, place: Place) -> None:
    folder = place.run(run.id)
    if run.state == "interrupted":
        _screen.print(f"interrupted: go on with `irang train --resume {run.id}`", markup=False)
        raise typer.Exit(130)
    for name, value in run.metrics.items():
        _screen.print(f"{name}: {value}", markup=False)
    _screen.print(f"the model: `irang models add {folder / 'model'} --name {run.id}`", markup=False)


def _file(settings: str) -> Path:
    """A file's path; a bare name means one of those that come along."""
    file = Path(settings)
    shipped = Path(__file__).resolve().parent.parent / "training" / "configs" / f"{settings}.toml"
    return shipped if not file.is_file() and shipped.is_file() else file


def _shipped(run: str) -> Path | None:
    records = Path(__file__).resolve().parent.parent / "training" / "records"
    return next((file for file in (Path(run), records / f"{run}.json") if file.is_file()), None)


def _place(config: Path | None) -> Place:
    from training.finetune import Place

    settings, root = settings_of(config)
    return Place(root / settings.bot.data)
