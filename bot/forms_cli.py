"""`irang forms`: the scenarios there are, and what people filled in."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console as Screen
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from bot.errors import StoreError
from bot.locale import load as load_locale
from bot.submissions import submitted
from bot.surroundings import scenarios
from bot.where import ConfigPath, settings_of

forms = typer.Typer(no_args_is_help=True, help="Scenarios: list them, read what people filled in.")
_screen = Screen(highlight=False, soft_wrap=True)


@forms.command("list")
def list_scenarios(config: ConfigPath = None) -> None:
    """Every scenario, the shipped ones and those of data/forms/; a faulty file is named."""
    settings, root = settings_of(config)
    locale = load_locale(settings.bot.language)
    table = Table(*(locale(f"forms_{column}") for column in ("command", "name", "about")))
    for id, form in scenarios(settings, root).items():
        table.add_row(*map(Text, (f"/{id}", form.name, form.about)))
    _screen.print(table)


@forms.command()
def answers(
    form: Annotated[str, typer.Argument(help="Only those of this scenario.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each.")] = False,
    config: ConfigPath = None,
) -> None:
    """What people filled in, oldest first; a running bot is not disturbed."""
    settings, root = settings_of(config)
    path = root / settings.bot.data / "irang.db"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            rows = [row for row in submitted(Database(connection)) if form in ("", row["form"])]
    except sqlite3.Error as error:
        raise StoreError(f"{path}: can't be read ({error}): start the bot once") from None
    locale = load_locale(settings.bot.language)
    if as_json:
        for row in rows:
            typer.echo(json.dumps({key: row[key] for key in ("form", "at", "name", "answers")}, ensure_ascii=False))
        return
    table = Table(*(locale(f"forms_{column}") for column in ("at", "command", "who", "answers")))
    for row in rows:
        filled = ", ".join(f"{name}: {value}" for name, value in row["answers"].items())
        table.add_row(*map(Text, (row["at"][:16], f"/{row['form']}", row["name"], filled)))
    _screen.print(table)
