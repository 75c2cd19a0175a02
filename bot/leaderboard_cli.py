"""`irang leaderboard`: every finished run side by side, in the terminal, as Markdown, as a page; or checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Screen
from rich.table import Table

from bot.errors import IrangError
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.where import ConfigPath, settings_of

if TYPE_CHECKING:
    from training.leaderboard import Board

_screen = Screen(highlight=False, soft_wrap=True)
_ROOT = Path(__file__).resolve().parent.parent  # the checkout, which holds the published records and the document


def leaderboard(
    markdown: Annotated[bool, typer.Option("--markdown", help="Renew the tables of the document.")] = False,
    html: Annotated[bool, typer.Option("--html", help="Write one page with curves to open in a browser.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 if the document isn't what the records give.")] = False,
    publish: Annotated[str, typer.Option(help="Write this run's record, for the repository.")] = "",
    records: Annotated[Path, typer.Option(help="The published runs.")] = _ROOT / "training" / "records",
    document: Annotated[Path, typer.Option(help="Where the tables are.")] = _ROOT / "docs" / "leaderboard.md",
    out: Annotated[Path | None, typer.Option(help="The page (data/leaderboard.html).")] = None,
    config: ConfigPath = None,
) -> None:
    """Runs by held-out bits per character. The document and --check know published runs only; the rest, all."""
    from training import leaderboard as board
    from training.page import page
    from training.runs import Runs

    settings, root = settings_of(config)
    say = load_locale(settings.bot.language)
    data = root / settings.bot.data
    if publish:
        _screen.print(str(Runs(data / "runs.db").publish(publish, records)), markup=False)
    if (check or markdown) and not document.is_file():
        raise IrangError(f"{document}: no such file: expected the document with the tables")
    if check:
        same = board.current(document.read_text(encoding="utf-8"), board.committed(records))
        _screen.print(say("leaderboard_same" if same else "leaderboard_differs", file=document), markup=False)
        raise typer.Exit(int(not same))
    if markdown:
        tables = board.markdown(board.boards(board.committed(records)))
        _write(document, board.put(document.read_text(encoding="utf-8"), tables))
        _screen.print(say("leaderboard_written", file=document), markup=False)
    found = board.boards(board.known(data / "runs.db", records))
    if html:
        file = out or data / "leaderboard.html"
        _write(file, page(found))
        _screen.print(say("leaderboard_written", file=file), markup=False)
    if not markdown and not html and not publish:
        _show(found, say)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise IrangError(f"{file}: {error.strerror}: expected the name of a file to write") from None


def _show(found: Sequence[Board], say: Locale) -> None:
    """As many columns as the screen has room for, each as wide as what stands in it."""
    from training.leaderboard import cells, fitting

    if not found:
        _screen.print(say("leaderboard_none"), markup=False)
    for board in found:
        columns = fitting(board, _screen.width)
        table = Table(title=board.data)
        for column in columns:
            table.add_column(column.title, justify="right" if column.number else "left", overflow="fold")
        for run in board.runs:
            table.add_row(*(cell.text for cell in cells(run, columns)))
        _screen.print(table, markup=False)
        if left := [column.title for column in board.columns if column not in columns]:
            _screen.print(say("leaderboard_rest", columns=", ".join(left)), style="dim", markup=False)
