"""What the embedded model says word for word: our own small talk as exchanges, and listening.toml (model/exchanges.py).

python -m training.exchanges model/assets
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from model.exchanges import Anything, Exchange
from model.exchanges import write as write_file
from model.folder import EMBEDDED
from training.corpora import SMALLTALK, Dialogue, smalltalk
from training.told import told

_CRISIS_LINE = "109"
TABLES = ("mood", "asked", "way", "turn")  # of listening.toml (model/listening.py)
LISTENING = Path(__file__).resolve().parent / "listening.toml"


def exchanges(dialogues: Iterable[Dialogue]) -> list[Exchange]:
    """Every reply with what was said, and with what the bot had said before that; each once."""
    found: dict[Exchange, None] = {}
    for dialogue in dialogues:
        before, said, kind = "", "", ""
        for message, its_kind in dialogue.kinded():
            if message.role == "user":
                said, kind = message.content, its_kind
                continue
            found[Exchange(before, said, message.content, kind)] = None
            before = message.content
    return [one for one in found if not for_danger_alone(one)]


def for_danger_alone(one: Exchange) -> bool:
    """Whether these are the first words to somebody in danger, which have a way of their own: nobody else should get
    them."""
    return not one.before and _CRISIS_LINE in one.answered


def write(folder: Path, own: Path = SMALLTALK) -> int:
    """Put them into a model folder; returns how many they are."""
    known: list[Exchange | Anything] = [*exchanges(smalltalk(own).dialogues), *_listening()]
    write_file(folder, known)
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
    told(app)
