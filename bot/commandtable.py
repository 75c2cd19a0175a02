"""The READMEs' table of commands, made from the commands: `python -m bot.commandtable` writes it into both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bot.command import Command, all_commands

READMES = {"README.md": "en", "README.ko.md": "ko"}
_HEADS = {"en": "| command | in Korean | what it does |", "ko": "| 명령 | 한국어 | 하는 일 |"}
_TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


def table(commands: Sequence[Command], language: str) -> str:
    """Markdown: a row for each command, its name, its Korean name, and what it says of itself."""
    rows = (f"| /{each.name} | {each.korean} | {each.about[language]} |" for each in commands if not each.hidden)
    return "\n".join([_HEADS[language], "|---|---|---|", *rows]) + "\n"


def refreshed(text: str, commands: Sequence[Command], language: str) -> str:
    """The text with its table of commands as it has to be. Raises ValueError when it has none."""
    for found in _TABLE.finditer(text):
        if found.group().startswith(_HEADS[language]):
            return text[: found.start()] + table(commands, language) + text[found.end() :]
    raise ValueError(f"no table begins with {_HEADS[language]!r}")


def main(folder: Path) -> None:
    for name, language in READMES.items():
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(refreshed(text, all_commands(), language), encoding="utf-8")


if __name__ == "__main__":
    main(Path(__file__).resolve().parent.parent)
