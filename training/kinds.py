"""Teaches a model folder what kinds of things are said and on which subjects: `python -m training.kinds`.

From smalltalk/, where the subject stands beside every dialogue, and the kind beside most of what people say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from model.folder import EMBEDDED
from model.kinds import KINDS, SUBJECTS, heard, talk
from training.corpora import smalltalk
from training.linear import Example, learn

OWN = Path(__file__).resolve().parent / "smalltalk"


def kinds(folder: Path = OWN) -> Iterator[Example]:
    """What people say there, with its kind."""
    for dialogue in smalltalk(folder).dialogues:
        before = ""
        for message, kind in dialogue.kinded():
            if kind:
                yield Example(heard(message.content, before), kind)
            before = message.content if message.role == "assistant" else before


def subjects(folder: Path = OWN) -> Iterator[Example]:
    """The talks there as far as each thing that people say, with their subject."""
    for dialogue in smalltalk(folder).dialogues:
        lines = [message.content for message in dialogue.messages]
        for number, message in enumerate(dialogue.messages, start=1):
            if message.role == "user" and dialogue.subject:
                yield Example(talk(lines[:number]), dialogue.subject)


def write(folder: Path, own: Path = OWN) -> int:
    """Learn both, and put the files into a model folder; returns from how many examples."""
    count = 0
    for name, examples in ((KINDS, kinds(own)), (SUBJECTS, subjects(own))):
        found = list(dict.fromkeys(examples))
        learn(found).save(folder / name)
        count += len(found)
    return count


def main(folder: Annotated[Path, typer.Argument(help="the model folder")] = EMBEDDED) -> None:
    """Write kinds.linear and subjects.linear anew."""
    typer.echo(f"{write(folder)} examples")


if __name__ == "__main__":
    typer.run(main)
