"""Teaches a model folder what it hears: `python -m training.listening FOLDER` writes its classifiers (model/ears.py).

kinds   what people say in smalltalk/, where the kind stands beside most of it, and in kinds.jsonl
moods   moods.jsonl: what is said in smalltalk/ and more statements, with the mood that they tell or let guess
asking  first messages that ask, of asks.jsonl, and moods' statements, which don't
asks    asks.jsonl: first messages that ask, with what about
turns   turns.jsonl: the second thing that somebody says, with what it calls for
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from model.ears import ASKING, ASKS, ASKS_SOMETHING, KINDS, MOODS, TELLS_SOMETHING, TURNS, mark
from model.folder import EMBEDDED
from training.corpora import SMALLTALK, smalltalk
from training.linear import Example, How, learn
from training.told import told

HERE = Path(__file__).resolve().parent
_NO_STATEMENT = "none"  # a label of moods.jsonl


def kinds(own: Path = SMALLTALK) -> Iterator[Example]:
    """What people say, with its kind."""
    for row in _rows("kinds"):
        yield Example(row["said"], row["kind"])
    for dialogue in smalltalk(own).dialogues:
        before = ""
        for message, kind in dialogue.kinded():
            if kind:
                yield Example(message.content, kind, mark(before))
            before = message.content if message.role == "assistant" else before


def moods() -> Iterator[Example]:
    """Statements, each with its mood."""
    for row in _rows("moods"):
        yield Example(row["said"], row["mood"])


def questions() -> Iterator[Example]:
    """First messages that ask, each with what it is about."""
    for row in _rows("asks"):
        yield Example(row["said"], row["label"])


def asking() -> Iterator[Example]:
    """Questions and statements."""
    yield from (Example(one.said, ASKS_SOMETHING) for one in questions())
    yield from (Example(one.said, TELLS_SOMETHING) for one in moods() if one.label != _NO_STATEMENT)


def turns() -> Iterator[Example]:
    """What is said second, with what it calls for."""
    for row in _rows("turns"):
        yield Example(row["then"], row["label"], f"{row['said']} {mark(row['answered'])}")


# How each learns was chosen on writers who were left out (LOG.md).
FILES: dict[str, tuple[Callable[[], Iterator[Example]], How]] = {
    KINDS: (kinds, How(runs=4)),
    MOODS: (moods, How(forgotten=0.7, senses=3, tempered=0.5, runs=4)),
    ASKING: (asking, How(forgotten=0.5, runs=4)),
    ASKS: (questions, How(forgotten=0.8, senses=2, runs=4)),
    TURNS: (turns, How(forgotten=0.5, senses=2, runs=4)),
}


def write(folder: Path, name: str) -> int:
    """Learn, and put the file into a model folder; returns from how many examples."""
    examples, how = FILES[name]
    found = list(dict.fromkeys(examples()))
    learn(found, how).save(folder / name)
    return len(found)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    return map(json.loads, (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())


app = typer.Typer(add_completion=False)


@app.command()
def main(
    folder: Annotated[Path, typer.Argument(help="the model folder")] = EMBEDDED,
    only: Annotated[
        Literal["kinds", "moods", "asking", "asks", "turns"] | None, typer.Option(help="one of the files")
    ] = None,
) -> None:
    """Write the classifiers anew."""
    for name in FILES:
        if only in (None, Path(name).stem):
            typer.echo(f"{name}: {write(folder, name)} examples")


if __name__ == "__main__":
    told(app)
