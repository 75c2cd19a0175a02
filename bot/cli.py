"""The command line: run, chat, check, version."""

from __future__ import annotations

import asyncio
import os
import select
import stat
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import typer
from rich.console import Console as Screen

from bot import app as bot_app
from bot import backends
from bot.backup_cli import backup, migrate, restore, told
from bot.config import Settings
from bot.control import Deed
from bot.data_cli import data
from bot.errors import BadToken, ConfigError, Deaf, IrangError, Unusable
from bot.forms_cli import forms
from bot.improve_cli import improve
from bot.knowledge_cli import knowledge
from bot.leaderboard_cli import leaderboard
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.logs import set_up
from bot.longlived import keep_for_good
from bot.models_cli import models
from bot.ports import Platform
from bot.stopping import Stopping
from bot.train_cli import reproduce, train
from bot.where import ConfigPath, settings_of

if TYPE_CHECKING:
    from adapters.web import Web

_BAD_CONFIG = 78  # EX_CONFIG of sysexits.h: a restart changes nothing
_START_ANEW = 70  # EX_SOFTWARE: a restart may help

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # some of them are tokens
    help="이랑: an assistant whose language model is yours.",
)
cli.add_typer(models, name="models")
cli.add_typer(knowledge, name="knowledge")
cli.add_typer(forms, name="forms")
cli.add_typer(data, name="data")
cli.command()(train)
cli.command()(leaderboard)
cli.command()(reproduce)
cli.command()(improve)
cli.command()(backup)
cli.command()(restore)
cli.command()(migrate)
_notes = Screen(stderr=True, highlight=False, soft_wrap=True, emoji=False)


@cli.command()
def run(config: ConfigPath = None) -> None:
    """Be live wherever a token is set, and in this terminal."""
    _guarded(lambda: _run(config, chat_only=False))


@cli.command()
def chat(config: ConfigPath = None) -> None:
    """Talk in this terminal only; or answer what is piped in, line by line."""
    _guarded(lambda: _run(config, chat_only=True))


@cli.command()
def check(config: ConfigPath = None) -> None:
    """Look for what would keep the bot from working; every finding says what to do."""
    from bot.doctor import examine

    async def work() -> None:
        settings, root = settings_of(config)
        findings = await examine(settings, root)
        for finding in findings:
            _notes.print(f"[{'green' if finding.fine else 'red'}]{'✓' if finding.fine else '✗'}[/] ", end="")
            _notes.print(str(finding), markup=False)
        if not all(finding.fine for finding in findings):
            raise typer.Exit(1)

    _guarded(work)


@cli.command()
def version() -> None:
    """Print the version."""
    try:
        typer.echo(f"irang {installed_version('irang')}")
    except PackageNotFoundError:
        typer.echo("irang (a checkout that is not installed: run make setup)")


def main() -> None:
    _own_packages()
    try:
        cli()
    except IrangError as error:
        _notes.print(str(error), markup=False)
        sys.exit(_BAD_CONFIG if isinstance(error, ConfigError) else 1)


async def _run(config: Path | None, *, chat_only: bool) -> None:
    settings, root = settings_of(config)
    live = [] if chat_only else bot_app.platforms(settings)
    keys = bot_app.web_keys(settings, root) if settings.web.enabled and not chat_only else None
    typed = sys.stdin.isatty() or (not live and _lines_wait())
    terminal = chat_only or not (live or keys) or (settings.console.enabled and typed)
    screen_level = "WARNING" if terminal else settings.log.level
    secrets = [*bot_app.secrets(settings), *((keys.web, keys.operator) if keys else ())]
    logs = root / settings.bot.data / "logs"
    set_up(settings.log.level, logs, secrets, terminal=screen_level, form=settings.log.format)
    web = bot_app.web(settings, keys) if keys else None
    terminal = terminal or not (live or web)
    if not chat_only:
        _tell_how_to_connect(settings, live)
    if web:
        _tell_where_it_opens(settings, web)
    stopping = Stopping()
    await stopping.until(_serve(settings, root, live, web, stopping, terminal=terminal))


def _lines_wait() -> bool:
    """Whether something was piped in: then that is what was wanted. A service's standard input is empty."""
    with suppress(OSError, ValueError):  # there may be none at all
        kind = os.fstat(sys.stdin.fileno()).st_mode
        if stat.S_ISFIFO(kind) or stat.S_ISREG(kind):
            ready, _, _ = select.select([sys.stdin], [], [], 0)
            return bool(ready and cast(BufferedReader, sys.stdin.buffer).peek(1))
    return False


async def _serve(
    settings: Settings, root: Path, live: list[Platform], web: Web | None, stopping: Stopping, *, terminal: bool
) -> None:
    """Beside a terminal alone the page ends with that, as Ctrl-D says there."""
    from adapters.console import Console

    page: list[Platform] = [web] if web else []
    main = [*live, *([Console()] if terminal else ())]
    main, beside = (main, page) if terminal and not live else ([*main, *page], [])
    deeds: dict[str, Deed] = {}
    able = partial(backends.follows_instructions, settings, root)
    async with (
        backends.model(settings, root, deeds) as (backend, ready),
        bot_app.running(settings, root, [*main, *beside], backend, able=able, deeds=deeds, stopping=stopping) as bot,
    ):
        if bot.core.store.recovery:
            _notes.print(told(bot.core.store.recovery, _locale(settings)), markup=False)
        if bot.claim_code and live:
            _notes.print(_locale(settings)("terminal_claim", code=bot.claim_code), markup=False)
        if terminal:
            await _wake(ready, settings)
        keep_for_good()
        await bot.run(main, beside=beside)


async def _wake(ready: Callable[[], Awaitable[None]], settings: Settings) -> None:
    """Say that the model is loading, so that nobody stares at silence."""
    if not (sys.stdin.isatty() and _notes.is_terminal):
        return await ready()
    locale = _locale(settings)
    with _notes.status(locale("terminal_loading")):
        await ready()
    _notes.print(locale("terminal_awake", bot=settings.bot.name), style="dim", markup=False)


def _tell_how_to_connect(settings: Settings, live: list[Platform]) -> None:
    names = {platform.name for platform in live}
    for name, table in (("telegram", settings.telegram), ("discord", settings.discord)):
        if name not in names and table.enabled:
            _notes.print(_locale(settings)(f"terminal_{name}", variable=table.token_env), markup=False)


def _tell_where_it_opens(settings: Settings, web: Web) -> None:
    """With its key for a person at a terminal, without it where others keep what is written."""
    locale, seen = _locale(settings), _notes.is_terminal
    line = locale("terminal_web", address=web.link if seen else web.url)
    hint = "" if seen else " " + locale("terminal_web_key", file=f"{settings.bot.data}/web.token")
    _notes.print(line + hint, markup=False)
    board = locale("terminal_dashboard", address=web.dashboard if seen else f"{web.url}/dashboard")
    hint = "" if seen else " " + locale("terminal_web_key", file=f"{settings.bot.data}/operator.token")
    _notes.print(board + hint, markup=False)


def _locale(settings: Settings) -> Locale:
    return load_locale(settings.bot.language)


def _guarded(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run, and end with one clear line for what an operator can mend."""
    try:
        asyncio.run(work())
    except (ConfigError, BadToken) as error:
        _fail(error, _BAD_CONFIG)
    except IrangError as error:
        _fail(error, 1)
    except ExceptionGroup as group:
        _fail_with(group)


def _fail_with(group: ExceptionGroup[Exception]) -> NoReturn:
    """The operator's errors among several; anything else is ours and keeps its traceback."""
    wrong, rest = group.split((ConfigError, BadToken, Deaf, Unusable))
    if rest is not None or wrong is None:
        raise group
    first = wrong.exceptions[0]
    _fail(first, _START_ANEW if isinstance(first, (Deaf, Unusable)) else _BAD_CONFIG)


def _fail(error: BaseException, code: int) -> NoReturn:
    _notes.print(str(error), markup=False)
    raise typer.Exit(code) from None


def _own_packages() -> None:
    """PyPI has an `adapters` package too: a mix-up is said, not suffered."""
    import adapters

    if Path(adapters.__file__ or "").resolve().parent.parent != Path(__file__).resolve().parent.parent:
        _notes.print(f"another package is called adapters ({adapters.__file__}): use an empty virtual environment")
        raise SystemExit(_BAD_CONFIG)
