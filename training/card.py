"""The embedded model's card, written from what its folder holds and was measured on it: `python -m training.card`."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Annotated, Any

import torch
import typer
from transformers import GPT2LMHeadModel

from bot.korean.questions import SORTS
from model.ears import Ears
from model.exchanges import Anything, Exchange
from model.exchanges import read as read_exchanges
from model.folder import EMBEDDED
from model.prompt import Renderer
from model.repertoire import CONSIDERED, LIKELY, NEAR  # what it decides by stands there alone
from training.corpora import SMALLTALK, Dialogue
from training.embedded import read
from training.measure import bits_per_character
from training.rendering import fit
from training.samples import samples
from training.told import told

HISTORIES = (0, 1, 3, 6)  # unrelated earlier turns before a held-out dialogue

_CARD = """\
---
language: ko
license: cc0-1.0
pipeline_tag: text-generation
library_name: transformers
---

# 이랑's embedded model

A small talker for Korean everyday chat, so that 이랑 answers out of the box, on any CPU. A GPT-2 of {parameters:.1f} million
parameters with a byte-level BPE of its own ({vocabulary:,} tokens), both trained from nothing by `training/embedded.py`.

**Most of what it says was written for it, word for word**: exchanges.jsonl holds {exchanges:,} of our own
exchanges, and {anything:,} answers to anything of a kind (model/repertoire.py).

1. Whoever may mean to end their life is told of 109, the Korean crisis line, and whoever tells of an emergency or of violence of 119 and 112, by lists of
   words, before all else (model/alarms.py, model/emergencies.py).
2. Where nearly the same was said before (closeness of {near:g} and more by character n-grams), that answer is given.
3. Else, of the {considered} nearest to things of the same kind (sad, glad, a wish for advice …; kinds.linear tells them apart), the one that the model itself
   finds likeliest, if the mean log-probability of its tokens is {likely:g} or more.
4. Else words for what was understood (model/listening.py). In a talk: what the last words call for, one of {turns} such turns (sad, picks one, has tried that,
   asks back …; turns.linear). To a question (asking.linear): what it is about, one of {asks} (a present, a quarrel, the bot's name …; asks.linear), or how it is put, one of
   {ways} ways ("왜 …지" wonders, "…해야 하나" decides; bot/korean/questions.py). To whoever tells something:
   what they feel, one of {moods} moods (moods.linear), together with what they told, said back: "오늘 승진했다니 축하해요!" (bot/korean/echo.py).
5. Else words that fit anything of that kind; else it says that it listens, or that it doesn't know.

The model's own words are for 다시, for tasks (a summary, questions about documents) and for programs that send `X-Irang-Lookup: no`.
docs/embedded-model.md has 250 answers with verdicts.

## What it can't do

It knows no facts, does no sums, writes no code, understands hardly any English, and follows no instructions; a system
prompt is ignored. It sounds sure of itself when it is wrong. Longer or unusual messages get a vague or an odd answer.
It is no help to somebody in danger: it names a telephone number, and only where it sees certain words.
For anything beyond small talk set a larger model's folder or endpoint in config.toml.

## Data

| collection | dialogues | licence | how often in an epoch |
|---|---:|---|---:|
| songys/Chatbot_data (4cf20d1), less rows that send people to other apps, use another name, or are too light in danger | \
{songys:,} | MIT, © 2018 songys | {songys_repeat} |
| gunthercox/chatterbot-corpus (a01efec), Korean emotion, food, greetings, humor | {chatterbot:,} | BSD-3-Clause, © 2017 \
Gunther Cox | {chatterbot_repeat} |
| training/smalltalk, our own, as it was then | {smalltalk:,} | CC0 | {smalltalk_repeat} |

The collections themselves are not part of this project. The weights are CC0 as far as they are ours.

## Figures

Seed {seed}, {epoch} epochs; {minutes:.0f} minutes with {threads} on a CPU that others used too. Bits per character of the reply (its tokens
and its stop token, over NFC characters), on held-out dialogues of songys, with so many unrelated earlier turns before them,
measured on this file ({measured_on}):

| held out | dialogues | {histories} |
|---|---:|{lines}
| by answer (no held-out answer was trained on) | {strict_count:,} | {strict} |
| at random by question (answers may have been trained on with other questions; the figure others report) | {random_count:,} | {random} |

The window is {window} tokens, {answer_tokens} of them kept for the answer. Unrelated earlier turns were part of training, up to seven in a
row, so that history does not break an answer; what was said in them is hardly used. Labels: every token (`all`). {missed:.0%} of
what people say was hidden or exchanged at each step, so that an answer leans on no one word (training/hearing.py).
Optimizer: Muon for the matrices, AdamW for the rest.

## Answers

What the model writes by itself: the likeliest answer with nothing before, and after three turns about something else:

| said | alone | after three turns |
|---|---|---|
{answers}

## Made by

    python -m training.embedded --out FOLDER --data DATA    # DATA holds the two collections; an hour or two
    python -m training.listening FOLDER                     # what is heard: kinds, moods, questions, turns of a talk; five minutes
    python -m training.exchanges FOLDER                     # what is answered
    python -m training.card FOLDER --data DATA              # measures, and writes this file

The recipe is in training.json; where `training/embedded.py` has another by now, the next model is being prepared (training/LOG.md).

Format: `<usr>question<sys>reply</s>` for each turn; `model/prompt.py` renders it for training and serving alike.
"""


def card(record: Mapping[str, Any], folder: Path) -> str:
    """The README.md of a model folder, from its training.json and what else it holds. Raises FolderError."""
    recipe, figures, measured = record["recipe"], record["figures"], record["measured"]
    counts = figures["dialogues"]
    return _CARD.format(
        **{name: recipe[name] for name in ("seed", "vocabulary", "window", "epochs", "missed")},
        **{name: figures[name] for name in ("epoch", "minutes")},
        **counts,
        **_answers(folder),
        **{f"{name}_repeat": times for name, times in recipe["repeat"].items()},
        parameters=figures["parameters"] / 1e6,
        answer_tokens=recipe["sampling"]["max_new_tokens"],
        threads="one thread" if figures["threads"] == 1 else f"{figures['threads']} threads",
        ways=len(SORTS),
        measured_on=measured["on"],
        histories=" | ".join(f"{before} before" for before in measured["histories"]),
        lines="---:|" * len(measured["histories"]),
        strict=" | ".join(f"{bits:.2f}" for bits in measured["strict"]),
        random=" | ".join(f"{bits:.2f}" for bits in measured["random"]),
        strict_count=measured["strict_count"],
        random_count=measured["random_count"],
        answers="\n".join(f"| {said} | {alone} | {later} |" for said, alone, later in measured["answers"]),
    )


def _answers(folder: Path) -> dict[str, float]:
    """What answers are chosen from, and by which figures."""
    known, ears = read_exchanges(folder), Ears.load(folder)
    heard = {"turns": ears.turns, "asks": ears.asks, "moods": ears.moods}
    return {
        "exchanges": sum(isinstance(one, Exchange) for one in known),
        "anything": sum(isinstance(one, Anything) for one in known),
        "near": NEAR,
        "considered": CONSIDERED,
        "likely": LIKELY,
        **{name: len(labels.names) if labels else 0 for name, labels in heard.items()},
    }


def measure(folder: Path, data: Path, own: Path) -> dict[str, Any]:
    """What the card says of a folder's very file."""
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32)
    renderer = Renderer.load(folder)
    parts, _ = read(data, own)
    shown = samples(model, renderer, befores=(0, 3))
    return {
        "on": f"torch {torch.__version__}, {platform.machine()}",
        "histories": list(HISTORIES),
        "strict": [_bits(model, renderer, parts.strict, parts.train, before) for before in HISTORIES],
        "random": [_bits(model, renderer, parts.random, parts.train, before) for before in HISTORIES],
        "strict_count": len(parts.strict),
        "random_count": len(parts.random),
        "answers": [
            [alone.said, alone.answer.text, later.answer.text]
            for alone, later in zip(shown[::2], shown[1::2], strict=True)
        ],
    }


def _bits(
    model: GPT2LMHeadModel, renderer: Renderer, held_out: tuple[Dialogue, ...], train: tuple[Dialogue, ...], before: int
) -> float:
    """Bits per character with so many turns before each dialogue, drawn with a seed of their own.

    Where they are too long for the window, the oldest are left out.
    """
    chance, window = Random(before), model.config.n_positions
    longer = [
        (*(m for other in chance.sample(train, before) for m in other.messages[-2:]), *one.messages) for one in held_out
    ]
    fitting = [fit(messages, renderer, window)[0] for messages in longer]
    return bits_per_character(model, renderer, [Dialogue(tuple(each), "songys") for each in fitting])


app = typer.Typer(add_completion=False)


@app.command()
def main(
    folder: Annotated[Path, typer.Argument(help="the model folder")] = EMBEDDED,
    data: Annotated[Path, typer.Option(help="folder of the public collections")] = Path("../shared/data"),
    own: Annotated[Path, typer.Option(help="folder of our own dialogues")] = SMALLTALK,
) -> None:
    """Measure a trained folder, and write its training.json and README.md anew."""
    file = folder / "training.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    record["measured"] = measure(folder, data, own)
    file.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card(record, folder), encoding="utf-8")


if __name__ == "__main__":
    told(app)
