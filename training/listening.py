"""Teaches a model folder what it hears: `python -m training.listening FOLDER` writes its classifiers (model/ears.py).

kinds   what people say in smalltalk/, where the kind stands beside most of it, and in kinds.jsonl
moods   moods.jsonl: what is said in smalltalk/ and 15,331 more statements, with the mood that they tell or let guess
asks    asks.jsonl: first messages that ask, with what about; moods' statements, which ask nothing
turns   turns.jsonl: the second thing that somebody says, with what it calls for; moods' statements, where a turn's
        label is that mood
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from model.ears import ASKS, KINDS, MOODS, NOTHING, TURNS, Ears, mark
from model.folder import EMBEDDED
from model.kinds import Kinds
from training.corpora import smalltalk
from training.linear import Example, learn

HERE = Path(__file__).resolve().parent
OWN = HERE / "smalltalk"

_RUNS = 4
_SEED = 7
_ASK_NOTHING, _FEEL = 4000, 2000  # of the moods' statements, drawn for asks and for turns

# Moods that are turns too, by the same name; those that are missing here tell too little in the middle of a talk.
_SAME = {
    "gloomy": (
        "grief", "heartbreak", "lonely", "worried", "nervous", "scared", "embarrassed", "angry", "unfair", "tired",
        "sad", "ill", "hard", "missed",
    ),
    "bright": ("fun", "tasty", "cute", "touched", "relieved", "calm", "happy", "proud"),
}  # fmt: skip
_MOODS_OF_TURNS = {name: name for half, moods in _SAME.items() for name in (f"{half}.{mood}" for mood in moods)} | {
    **dict.fromkeys(("bright.congrats", "bright.lucky"), "bright.happy"),
    **dict.fromkeys(("gloomy.hot", "gloomy.cold", "gloomy.noisy"), "gloomy.hard"),
    "bright.praise": "bright.proud",
    "gloomy.hurt": "gloomy.sad",
    "gloomy.injured": "gloomy.ill",
    "gloomy.loss": "gloomy.missed",
    "gloomy.stifled": "gloomy.stuck",
    "funny": "bright.funny",
    "habit": "plain.detail",
    "nostalgic": "nostalgic",
    "opinion": "plain.opinion",
    "plan": "plain.plan",
    "wish": "plain.wish",
}


def kinds(own: Path = OWN) -> Iterator[Example]:
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


def asks(ears: Ears) -> Iterator[Example]:
    """Questions, each with what it is about, and statements."""
    statements = (Example(one.said, NOTHING) for one in _some(list(moods()), _ASK_NOTHING))
    for one in (*questions(), *statements):
        yield replace(one, hints=ears.hints_of_asks(one.said))


def turns(ears: Ears) -> Iterator[Example]:
    """What is said second, with what it calls for."""
    for row in _rows("turns"):
        said, told = row["then"], row["said"]
        yield Example(said, row["label"], f"{told} {mark(row['answered'])}", ears.hints_of_turns(said, told))
    for one in _some([one for one in moods() if one.label in _MOODS_OF_TURNS], _FEEL):
        yield Example(one.said, _MOODS_OF_TURNS[one.label])  # no hints: the moods have learnt these very lines


# In this order: what the first two hear is a hint for the others, which are to be learnt anew after them.
FILES: dict[str, Callable[[Ears], Iterator[Example]]] = {
    KINDS: lambda _: kinds(),
    MOODS: lambda _: moods(),
    ASKS: asks,
    TURNS: turns,
}


def write(folder: Path, name: str) -> int:
    """Learn, and put the file into a model folder; returns from how many examples."""
    hinting = name in (ASKS, TURNS)
    ears = Ears(Kinds.load(folder, KINDS), Kinds.load(folder, MOODS)) if hinting else Ears()
    found = list(dict.fromkeys(FILES[name](ears)))
    learn(found, runs=_RUNS).save(folder / name)
    return len(found)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    return map(json.loads, (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())


def _some(examples: list[Example], most: int) -> list[Example]:
    return random.Random(_SEED).sample(examples, min(most, len(examples)))


def main(
    folder: Annotated[Path, typer.Argument(help="the model folder")] = EMBEDDED,
    only: Annotated[Literal["kinds", "moods", "asks", "turns"] | None, typer.Option(help="one of the files")] = None,
) -> None:
    """Write the classifiers anew."""
    for name in FILES:
        if only in (None, Path(name).stem):
            typer.echo(f"{name}: {write(folder, name)} examples")


if __name__ == "__main__":
    typer.run(main)
