"""What the embedded model says word for word: our own small talk as exchanges, and listening.toml (model/exchanges.py).

python -m training.exchanges model/assets
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from model.exchanges import FILE, Anything, Exchange
from model.folder import EMBEDDED
from training.corpora import Dialogue, smalltalk

OWN = Path(__file__).resolve().parent / "smalltalk"
_CRISIS_LINE = "109"
TABLES = ("mood", "asked", "turn")  # of listening.toml (model/listening.py)
LISTENING = Path(__file__).resolve().parent / "listening.toml"


def exchanges(dialogues: Iterable[Dialogue]) -> list[Exchange]:
    """Every reply with what was said, and with what the bot had said before that; each once.

    The first words to somebody in danger are left out: they have a way of their own, and should meet nobody else.
    """
    found: dict[Exchange, None] = {}
    for dialogue in dialogues:
        before, said, kind = "", "", ""
        for message, its_kind in dialogue.kinded():
            if message.role == "user":
                said, kind = message.content, its_kind
                continue
            if before or _CRISIS_LINE not in message.content:
                found[Exchange(before, said, message.content, kind)] = None
            before = message.content
    return list(found)


def write(folder: Path, own: Path = OWN) -> int:
    """Put them into a model folder; returns how many they are."""
    known: list[Exchange | Anything] = [*exchanges(smalltalk(own).dialogues), *_listening()]
    lines = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in known)
    (folder / FILE).write_text(lines, encoding="utf-8")
    return len(known)


def _listening() -> list[Anything]:
    words = tomllib.loads(LISTENING.read_text(encoding="utf-8"))
    labelled = {f"{table}.{label}": several for table in TABLES for label, several in words.pop(table).items()}
    return [Anything(to, answered) for to, several in (words | labelled).items() for answered in several]


app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def main(folder: Annotated[Path, typer.Argument(help="the model folder")] = EMBEDDED) -> None:
    """Write exchanges.jsonl anew."""
    typer.echo(f"{write(folder)} exchanges")


if __name__ == "__main__":
    app()
