"""What no answer may be, counted over thousands: `python -m training.faults` (ten minutes; twice that with --own).

Empty, something over and over, the question given back, or broken: half a character, a control token, a place for words
that was left open. Sayings are drawn from what people say in asks.jsonl, moods.jsonl and turns.jsonl.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Annotated

import torch
import typer
from rich.progress import track
from transformers import GPT2LMHeadModel

from bot.messages import Message
from model.folder import EMBEDDED
from model.prompt import Renderer
from training import contenders, samples
from training.contenders import Contender
from training.metrics import Written, copied, empty, looping
from training.told import told

HERE = Path(__file__).resolve().parent
_BROKEN = re.compile(r"\ufffd|</?s>|<(?:usr|sys|pad)>|[{}]")
_SOURCES = ("asks", "moods", "turns")


def sayings(count: int, seed: int) -> list[str]:
    """So many different ones, drawn; all there are where `count` is more."""
    lines = (line for name in _SOURCES for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    every = sorted({str(json.loads(line)["said"]) for line in lines})
    return Random(seed).sample(every, min(count, len(every)))


def faults(one: Written) -> list[str]:
    """What is wrong with an answer by its looks alone; "cut": it stopped for want of room."""
    found = {
        "empty": empty(one),
        "looping": looping(one),
        "copied": copied(one),
        "cut": not one.finished,
        "broken": _BROKEN.search(one.answered) is not None,
    }
    return [name for name, is_so in found.items() if is_so]


def counted(answers: Sequence[Written]) -> Counter[str]:
    return Counter(name for one in answers for name in faults(one))


app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def main(
    folder: Annotated[Path, typer.Argument(help="the model folder", exists=True, file_okay=False)] = EMBEDDED,
    count: Annotated[int, typer.Option(help="how many answers")] = 5000,
    own: Annotated[bool, typer.Option(help="in the model's own words, not as it is served")] = False,
    seed: Annotated[int, typer.Option(help="of sayings and answers")] = 7,
) -> None:
    """Count them."""
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32)
    model.eval()  # type: ignore[no-untyped-call]
    renderer = Renderer.load(folder)
    repertoire = None if own else contenders.repertoire(Contender("", folder), renderer)

    def answered(said: str, number: int) -> Written:
        talk = [Message("user", said)]
        if repertoire:
            return Written(said, "", repertoire.answer(talk, seed + number), finished=True, seconds=0.0)
        written = samples.answer(model, renderer, talk, seed + number)
        return Written(said, "", written.text, written.finished, seconds=0.0)

    answers = [answered(said, number) for number, said in enumerate(track(sayings(count, seed)))]
    for one in answers:
        for name in faults(one):
            typer.echo(f"{name}: {one.said} -> {one.answered}")
    typer.echo(f"{len(answers)} answers: {dict(counted(answers)) or 'no fault'}")


if __name__ == "__main__":
    told(app)
