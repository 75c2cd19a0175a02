"""`irang improve`: what people liked -> a model that is measured, judged blind, and tried on some of the chats."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Screen

from bot import models_cli
from bot.config import Settings
from bot.errors import IrangError
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.where import ConfigPath, settings_of

if TYPE_CHECKING:
    from training.callbacks import Interrupt
    from training.case import Case
    from training.contest import Match
    from training.improvements import Improvements

_screen = Screen(highlight=False, soft_wrap=True)
_LATER = 75  # EX_TEMPFAIL of sysexits.h: it can be gone on with


def improve(
    base: Annotated[str | None, typer.Option(help="The version that is taught further (the one that is live).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is to learn from.")] = False,
    judge: Annotated[int | None, typer.Option(min=0, max=1000, help="Answers to compare blind; 0: none.")] = None,
    settings: Annotated[Path | None, typer.Option(help="How it learns (training/improve.toml).")] = None,
    show: Annotated[bool, typer.Option("--show", help="Every step so far.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Begin even where nothing was rated since the last.")] = False,
    config: ConfigPath = None,
) -> None:
    """Learn from ratings, and let some chats try what is better. Interrupted, it goes on at the first undone step."""
    from training import improve as steps
    from training import lessons
    from training.callbacks import Interrupt as Asked
    from training.case import Later

    with Asked().heard() as interrupt:
        case = _case(base, judge, settings, config, interrupt, again)
        if show:
            return _show(case.rows)
        if dry_run:
            found = lessons.samples(case)
            _screen.print(lessons.told(found, lessons.method(case, found)), markup=False)
            for why, count in found.dropped.most_common():
                _screen.print(f"{count} left out: {why}", markup=False)
            return None
        try:
            steps.run(case)
        except Later as later:
            _screen.print(str(later), markup=False)
            raise typer.Exit(_LATER) from None
    return None


def _case(
    base: str | None, judge: int | None, file: Path | None, config: Path | None, interrupt: Interrupt, again: bool
) -> Case:
    from training import recipe, suite
    from training.case import Case, Hands
    from training.finetune import Place

    chosen, root = settings_of(config)
    say = load_locale(chosen.bot.language)
    if chosen.model.hosts or chosen.model.folder:
        raise IrangError(say("models_elsewhere"))
    improving = chosen.improve if judge is None else chosen.improve.model_copy(update={"judged": judge})
    return Case(
        place=Place(root / chosen.bot.data),
        recipe=recipe.load(file or recipe.SHIPPED),
        settings=improving,
        hands=Hands(partial(_judged, say=say), partial(_promoted, settings=chosen, config=config, say=say)),
        screen=_screen,
        interrupt=interrupt,
        suite=suite.load(),
        base="" if base == models_cli.EMBEDDED else base,
        again=again,
    )


def _judged(match: Match, place: int, of: int, say: Locale) -> str:
    """The key that was pressed; asked again until it is one of them."""
    from training.case import Later
    from training.contest import KEYS

    if not sys.stdin.isatty():
        raise Later("answers wait to be compared: run irang improve in a terminal, or with --judge 0")
    first, second = match.shown
    _screen.print(f"\n{place}/{of}", style="dim")
    for message in match.prompt:
        _screen.print(f"{'👤' if message.role == 'user' else '💬'} {message.content}", markup=False)
    _screen.print(f"  A: {first}\n  B: {second}", markup=False)
    while True:
        try:
            key = input(f"{say('improve_which')} ").strip().lower()
        except EOFError:
            key = "q"
        if key == "q":
            raise Later(say("improve_later"))
        if key in KEYS:
            return key


def _promoted(version: str, settings: Settings, config: Path | None, say: Locale) -> str:
    """The new version answers some of the chats."""
    from model.registry import Registry

    registry = Registry(settings_of(config)[1] / settings.bot.data / "models")
    share = settings.improve.share
    return asyncio.run(models_cli.try_out(registry, version, share, settings, config, say))


def _show(rows: Improvements) -> None:
    """A line for each step."""
    from training.improve import shown

    for step in rows.all():
        _screen.print(f"{step.id}  {step.step:8}  {step.state:7}  {step.at}  {shown(step)}", markup=False)
