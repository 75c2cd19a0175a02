"""Teaches bot/intents.py what requests look like: `python -m training.intents`, ten minutes on one core.

From requests/*.jsonl, whose sentences have a command or none, and from talk: what people say in smalltalk/, what they
tell in moods.jsonl, and what they ask in asks.jsonl, but for what comes near to a command.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.command import all_commands
from bot.intents import FILE, TALK
from bot.router import Router
from training import listening
from training.corpora import SMALLTALK, smalltalk
from training.linear import Example, How, learn

HERE = Path(__file__).resolve().parent
_NEAR_A_COMMAND = {
    "advice.choose",
    "advice.menu",
    "bot.can",
    "bot.memory",
    "bot.play",
    "bot.style",
    "fact.now",
    "fact.tech",
}
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def requests(folder: Path = HERE / "requests") -> list[Example]:
    """Every sentence of requests/, once. A scenario's label is the scenario's name."""
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    rows = map(json.loads, lines)
    return list(dict.fromkeys(Example(row["said"], _label(row["command"], row.get("action", ""))) for row in rows))


def talk(folder: Path = SMALLTALK) -> list[Example]:
    """What people say in the small talk and tell, but for what a phrase takes for a request."""
    router = Router(all_commands())
    dialogues = smalltalk(folder).dialogues
    said = dict.fromkeys(one.content for each in dialogues for one in each.messages if one.role == "user")
    said |= dict.fromkeys(one.said for one in listening.moods())
    said |= dict.fromkeys(one.said for one in listening.questions() if one.label not in _NEAR_A_COMMAND)
    return [Example(text, TALK) for text in said if not any(router.claims(text, _ANY_TIME))]


def _label(command: str | None, action: str) -> str:
    if command == "start_form":
        return action
    return ".".join(part for part in (command, action) if part) if command else TALK


def main(out: Annotated[Path, typer.Option(help="where to write it")] = FILE) -> None:
    """Learn, and write the file."""
    examples = [*requests(), *talk()]
    learn(examples, How(buckets=1 << 16, runs=4)).save(out)
    print(f"{out}: {len(examples)} examples, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
