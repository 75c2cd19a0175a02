"""A model's answers to the frozen openers and follow-ups, for a fresh pair of eyes to judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import torch
import typer
from transformers import GPT2LMHeadModel

from model import exchanges
from model.folder import EMBEDDED
from model.prompt import Renderer
from training import contenders, corpora, samples, suite
from training.contenders import Contender
from training.corpora import letters
from training.told import told

app = typer.Typer(add_completion=False, help=__doc__)
Sheet = Annotated[Path, typer.Argument(help="JSONL, a line for each answer")]


@app.command()
def answer(
    sheet: Sheet,
    folder: Annotated[Path, typer.Option(help="the model")] = EMBEDDED,
    seed: Annotated[int, typer.Option(help="of drawing as the folder's own settings say; -1: the likeliest")] = 7,
) -> None:
    """Write the answers down, to be given a "verdict" each: "sensible", or why not."""
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32)
    model.eval()  # type: ignore[no-untyped-call]
    renderer = Renderer.load(folder)
    repertoire = contenders.repertoire(Contender("", folder), renderer)
    own = {one.answered for one in exchanges.read(folder) if isinstance(one, exchanges.Exchange)}
    with sheet.open("w", encoding="utf-8") as file:
        for number, prompt in enumerate(suite.load().prompts):
            known = repertoire.answer(prompt, max(seed, 0) + number) if repertoire else None
            said = known or samples.answer(model, renderer, prompt, None if seed < 0 else seed).text
            talk = [message.content for message in prompt]
            whence = "model" if known is None else "repertoire" if known in own else "anything"
            row = {"said": talk, "answered": said, "from": whence, "verdict": ""}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


@app.command()
def table(sheet: Sheet) -> None:
    """The judged answers as Markdown, with the shares that are sensible."""
    rows = [json.loads(line) for line in sheet.read_text(encoding="utf-8").splitlines()]
    known = {_key(dialogue.messages[0].content) for dialogue in corpora.smalltalk().dialogues}
    kinds = {
        "openers": [row for row in rows if len(row["said"]) == 1],
        "openers that our training dialogues don't have": [
            row for row in rows if len(row["said"]) == 1 and _key(row["said"][0]) not in known
        ],
        "follow-ups": [row for row in rows if len(row["said"]) > 1],
        "answers of the repertoire": [row for row in rows if row.get("from") == "repertoire"],
        "words for when nothing fits": [row for row in rows if row.get("from") == "anything"],
        "written by the model": [row for row in rows if row.get("from", "model") == "model"],
        "all": rows,
    }
    typer.echo("| | sensible | of | |\n|---|---:|---:|---:|")
    for kind, some in ((kind, some) for kind, some in kinds.items() if some):
        fine = sum(row["verdict"] == "sensible" for row in some)
        typer.echo(f"| {kind} | {fine} | {len(some)} | {fine / len(some):.1%} |")
    typer.echo("\n| said | answered | from | verdict |\n|---|---|---|---|")
    for row in rows:
        cells = (" / ".join(row["said"]), row["answered"], row.get("from", "model"), row["verdict"])
        typer.echo("| " + " | ".join(_cell(text) for text in cells) + " |")


def _key(text: str) -> str:
    return letters(text) or text


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    told(app)
