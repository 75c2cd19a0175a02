"""Teaches a model folder what kinds of things are said (model/kinds.py): `python -m training.kinds`.

From smalltalk/, where the kind stands beside most of what people say, and from kinds.jsonl, more sayings with theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from model.folder import EMBEDDED
from model.kinds import FILE, heard
from training.corpora import smalltalk
from training.linear import Example, learn

OWN = Path(__file__).resolve().parent / "smalltalk"
MORE = Path(__file__).resolve().parent / "kinds.jsonl"


def examples(folder: Path = OWN) -> Iterator[Example]:
    """What people say there and in kinds.jsonl, with its kind."""
    for row in map(json.loads, MORE.read_text(encoding="utf-8").splitlines()):
        yield Example(row["said"], row["kind"])
    for dialogue in smalltalk(folder).dialogues:
        before = ""
        for message, kind in dialogue.kinded():
            if kind:
                yield Example(heard(message.content, before), kind)
            before = message.content if message.role == "assistant" else before


def write(folder: Path, own: Path = OWN) -> int:
    """Learn, and put the file into a model folder; returns from how many examples."""
    found = list(dict.fromkeys(examples(own)))
    learn(found).save(folder / FILE)
    return len(found)


def main(folder: Annotated[Path, typer.Argument(help="the model folder")] = EMBEDDED) -> None:
    """Write kinds.linear anew."""
    typer.echo(f"{write(folder)} examples")


if __name__ == "__main__":
    typer.run(main)
