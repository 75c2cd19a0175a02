"""The whole way from ratings to a version, on the embedded model: `python -m tests.training.whole FOLDER [TURNS]`.

Made people ask what our own small talk asks, and like answers with "?" or "!". Prints what each step found, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from rich.console import Console

from bot.config import ImproveSettings
from bot.messages import Message
from model.folder import EMBEDDED
from tests.training.opinions import Opinions, people
from training import contenders, improve, recipe, suite
from training.callbacks import Interrupt
from training.case import Case, Hands, ImproveRefused
from training.contenders import Contender, Opened
from training.corpora import smalltalk
from training.finetune import Place
from training.judging import answers, continued
from training.suite import Suite

_AT_ONCE = 32


def questions(count: int) -> list[str]:
    """First lines of our own dialogues, mixed, each once."""
    found = sorted({one.messages[0].content for one in smalltalk().dialogues})
    Random(7).shuffle(found)
    return found[:count]


def answered(opened: Opened, asked: Sequence[str], seed: int) -> Iterator[str]:
    """What the model says to each, drawn by chance as it is served."""
    for at in range(0, len(asked), _AT_ONCE):
        prompts = [opened.renderer.render([Message("user", one)], 128).ids for one in asked[at : at + _AT_ONCE]]
        for ids in continued(opened.model, opened.renderer, prompts, 48, seed + at):
            yield opened.renderer.settled(ids)


def liked(answer: str) -> bool:
    """What these people want: to be asked back, or an exclamation."""
    return "?" in answer or "!" in answer


def own_words(of: Suite, folder: Path) -> int:
    """How many of its likeliest answers to the suite are liked. What its repertoire would say instead is left out."""
    opened = contenders.opened(Contender("", folder))
    said = answers(opened.model, opened.renderer, of.prompts, opened.window)
    return sum(liked(one.text) for one in said)


def talked(data: Path, turns: int) -> Opinions:
    """Whoever doesn't like an answer says 다시, three times at most; what then stands is rated."""
    made, several = Opinions(data), people(40)
    for person in several:
        made.agrees(person)
    opened, asked = contenders.opened(Contender("", EMBEDDED)), questions(turns)
    tries = [list(answered(opened, asked, 10_000 * number)) for number in range(4)]
    for number, said in enumerate(asked):
        person, id, shown = several[number % len(several)], None, ""
        for answer in (each[number] or "…" for each in tries):
            id, shown = made.turn(person, said, answer, again=id), answer
            if liked(shown):
                break
        made.rate(id or 0, "👍" if liked(shown) else "👎", person)
    return made


def run(data: Path, turns: int, learning: recipe.Recipe | None = None) -> dict[str, object]:
    """Every step's details, and the seconds that all of it took; no verdicts, and the gate as it ships."""
    began = time.monotonic()
    talked(data, turns).close()
    asked = time.monotonic()
    case = Case(
        place=Place(data),
        recipe=learning or recipe.load(),
        settings=ImproveSettings(judged=0),
        hands=Hands(lambda match, place, of: "s", lambda version: f"{version} would be tried now"),
        screen=Console(stderr=True),
        interrupt=Interrupt(),
        suite=suite.load(),
    )
    refused = ""
    try:
        improve.run(case)
    except ImproveRefused as refusal:
        refused = str(refusal)
    steps = {one.step: one for one in case.rows.all()}
    told: dict[str, object] = {name: json.loads(improve.shown(one)) for name, one in steps.items()}
    told["refused"] = refused
    learnt = Path(steps["prefer"].details["model"])
    told["liked of 250"] = {"new": own_words(case.suite, learnt), "live": own_words(case.suite, EMBEDDED)}
    told["seconds"] = {"answers": round(asked - began, 1), "improving": round(time.monotonic() - asked, 1)}
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return told


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 600)
