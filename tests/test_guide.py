"""docs/operations.md names commands, settings, files and alarms that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
import yaml

from bot.cli import cli
from bot.config import Settings

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
OWN_FILES = {"deploy/.env"}  # the operator makes it


def said() -> Iterator[list[str]]:
    """Every command of ours that stands in an indented line or between backticks, without its "irang"."""
    for line in GUIDE.splitlines():
        for code in [line] if line.startswith("    ") else re.findall(r"`([^`]+)`", line):
            for part in re.split("&&|#", code):
                if found := re.search(r"(?:^|\s|bin/)(?:irang|run --rm bot) ([a-z].*)", part):
                    yield found[1].split()


def test_the_guide_names_commands_and_options_that_exist() -> None:
    commands = list(said())
    assert len(commands) > 5
    for words in commands:
        command: Any = typer.main.get_command(cli)
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert not hasattr(command, "commands"), words
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known, words


def test_the_guide_names_settings_that_exist() -> None:
    named = re.findall(r"`\[(\w+)\] (\w+)", GUIDE)
    assert named
    for table, key in named:
        kind: Any = Settings.model_fields[table].annotation
        assert key in kind.model_fields, f"[{table}] {key}"


def test_the_guide_names_files_that_exist() -> None:
    named = set(re.findall(r"`(deploy/[\w./-]+)`", GUIDE)) - OWN_FILES
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_guide_says_what_to_do_about_every_alarm() -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| Irang")]
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert {rule["alert"] for rule in rules} == set(re.findall(r"Irang\w+", " ".join(row[:40] for row in rows)))
