"""`irang knowledge`: the documents that questions are answered from; add, list, remove, search."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Screen
from rich.table import Table
from rich.text import Text

from bot import shelf
from bot.errors import Unreadable
from bot.knowledge import Knowledge
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.where import ConfigPath, settings_of

knowledge = typer.Typer(no_args_is_help=True, help="The documents that answers come from: add, list, remove, search.")
_screen = Screen(highlight=False, soft_wrap=True)
_faults = Screen(stderr=True, highlight=False, soft_wrap=True)


@knowledge.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Text (.txt), Markdown (.md) or PDF (.pdf) files.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of one of the same name.")] = False,
    config: ConfigPath = None,
) -> None:
    """Check documents and copy them into data/knowledge/. A running bot answers from them at once."""
    known, locale = _knowledge(config)
    refused = False
    for file in files:
        try:
            name = shelf.put(known.folder, file, replace=replace)
        except Unreadable as error:
            refused = True
            _faults.print(str(error), markup=False)
            continue
        known.refresh()
        passages = next((document.passages for document in known.documents() if document.name == name), 0)
        _screen.print(locale("knowledge_added", name=name, passages=passages), markup=False)
    raise typer.Exit(int(refused))


@knowledge.command("list")
def list_documents(config: ConfigPath = None) -> None:
    """Every document with its number of passages, or with what is wrong with it."""
    known, locale = _knowledge(config)
    known.refresh()
    documents = known.documents()
    if not documents:
        return _screen.print(locale("knowledge_empty", folder=str(known.folder)), markup=False)
    table = Table(*(locale(f"knowledge_{column}") for column in ("document", "passages", "fault")))
    for document in documents:
        table.add_row(*map(Text, (document.name, f"{document.passages:,}", document.fault)))
    _screen.print(table)


@knowledge.command()
def remove(
    name: Annotated[str, typer.Argument(help="A document's name, as `irang knowledge list` shows it.")],
    config: ConfigPath = None,
) -> None:
    """Delete a document from data/knowledge/."""
    known, locale = _knowledge(config)
    shelf.take_away(known.folder, name)
    known.refresh()
    _screen.print(locale("knowledge_removed", name=name), markup=False)


@knowledge.command()
def search(
    question: Annotated[str, typer.Argument(help="As people would ask it.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many passages.")] = 4,
    config: ConfigPath = None,
) -> None:
    """Show the passages that a question would be answered from."""
    known, locale = _knowledge(config)
    known.refresh()
    passages = known.search(question, limit)
    if not passages:
        return _screen.print(locale("knowledge_nothing"), markup=False)
    for passage in passages:
        _screen.print(f"{passage.source}  ({passage.score:.2f})", style="bold", markup=False)
        _screen.print(f"{passage.text}\n", markup=False)


def _knowledge(config: Path | None) -> tuple[Knowledge, Locale]:
    settings, root = settings_of(config)
    data = root / settings.bot.data
    return Knowledge.open(data / "knowledge", data / "knowledge.db"), load_locale(settings.bot.language)
