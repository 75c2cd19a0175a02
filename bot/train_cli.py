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
    canaries: Annotated[int, typer.Option(min=0, max=1000, help="Put in so many made-up secrets to look for.")] = 0,
    max_minutes: Minutes = None,
    config: ConfigPath = None,
) -> None:
    """Train a model on a data set of data/sets/; Ctrl-C or SIGTERM leaves a checkpoint to go on from."""
    from training import config as configs
    from training import finetune, processes

    if bool(settings) == bool(resume):
        raise IrangError("expected either a file of settings or --resume RUN")
    place = _place(config)
    if not resume:
        chosen = configs.with_canaries(configs.load(_file(settings)), canaries)
        resume = processes.agreed(lambda: finetune.begin(chosen, place).id)
    _show(_trained(place.runs.get(resume), place, max_minutes), place)


def reproduce(
    run: Annotated[str, typer.Argument(help="A run's id, as the leaderboard shows it, or its JSON file.")],
    max_minutes: Minutes = None,
    config: ConfigPath = None,
) -> None:
    """Train once more with a run's own settings, seed and data; exit 1 where a figure left the other's interval."""
    from training import finetune, processes, runs
    from training.config import Config
    from training.reproducing import compared, shown

    place = _place(config)
    known = _shipped(run)
    try:
        before = runs.published(known) if known else place.runs.get(run)
        settings = Config.model_validate(before.config)
    except (ValueError, TypeError, AttributeError):
        made = "`irang train` made no such run; baselines come from `python -m training.baselines`"
        raise IrangError(f"{run}: expected a run that was trained with settings: {made}") from None
    again = place.runs.get(processes.agreed(lambda: finetune.begin(settings, place).id))
    if again.data_hash != before.data_hash:
        _screen.print(f"the data set {before.data!r} is not the one of that run: the figures can't be the same")
    after = _trained(again, place, max_minutes)
    _show(after, place)
    found = list(compared(before.metrics, after.metrics))
    for one in found:
        _screen.print(f"{one.name}: {shown(one.then)} then, {shown(one.now)} now: {one.verdict}", markup=False)
    raise typer.Exit(int(any(one.verdict == "apart" for one in found)))


def _trained(run: Run, place: Place, minutes: float | None) -> Run:
    from training import processes
    from training.callbacks import Interrupt
    from training.finetune import train as learn

    screen = _screen if processes.first() else Screen(quiet=True)
    screen.print(f"run {run.id}", markup=False)
    with Interrupt().heard() as interrupt:
        return learn(run, place, minutes=minutes, screen=screen, interrupt=interrupt)


def _show(run: Run, place: Place) -> None:
    from training import processes
    from training.reproducing import shown

    if not processes.first():
        return
    folder = place.run(run.id)
    if run.state == "interrupted":
        _screen.print(f"interrupted: go on with `irang train --resume {run.id}`", markup=False)
        raise typer.Exit(130)
    for name, value in run.metrics.items():
        _screen.print(f"{name}: {shown(value)}", markup=False)
    add = f": `irang models add {folder / 'model'} --name {run.id}{_over(run)}`"
    takes = "" if run.config.get("task") == "spans" else add
    _screen.print(f"the model is in {folder / 'model'}{takes}", markup=False)


def _over(run: Run) -> str:
    """The option that names an adapter's base, which has to be a version; "": it is no adapter."""
    if not run.config.get("lora"):
        return ""
    folder = Path(run.config["base"].get("folder") or "VERSION")
    return f" --base {folder.name if folder.parent.name == 'models' else 'VERSION'}"


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
