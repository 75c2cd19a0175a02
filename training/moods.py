"""Teaches a model folder what people feel who tell something (model/kinds.py): `python -m training.moods`.

From moods.jsonl: what is said in smalltalk/ and 10,402 more statements, with the mood that they tell or let guess.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from model.folder import EMBEDDED
from model.kinds import MOODS
from training.linear import Example, learn

FILE = Path(__file__).resolve().parent / "moods.jsonl"


def examples(file: Path = FILE) -> list[Example]:
    """Each statement, once, with its mood."""
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return list(dict.fromkeys(Example(row["said"], row["mood"]) for row in rows))


def write(folder: Path) -> int:
    """Learn, and put the file into a model folder; returns from how many examples."""
    found = examples()
    learn(found, runs=4).save(folder / MOODS)
    return len(found)


def main(folder: Annotated[Path, typer.Argument(help="the model folder")] = EMBEDDED) -> None:
    """Write moods.linear anew."""
    typer.echo(f"{write(folder)} examples")


if __name__ == "__main__":
    typer.run(main)
