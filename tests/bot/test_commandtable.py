"""The READMEs say of the commands what the commands say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.command import all_commands
from bot.commandtable import READMES, refreshed, table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("name", "language"), READMES.items())
def test_the_table_is_up_to_date(name: str, language: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text == refreshed(text, all_commands(), language), "run: python -m bot.commandtable"


def test_every_command_has_a_row() -> None:
    rows = table(all_commands(), "ko").splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [
        f"| /{command.name}" for command in all_commands() if not command.hidden
    ]
    assert all(row.count("|") == 4 for row in rows)


def test_only_the_table_of_commands_is_rewritten() -> None:
    other = "before\n\n| other | table |\n|---|---|\n| a | b |\n"
    text = f"{other}\n| 명령 | 한국어 | 하는 일 |\n|---|---|---|\n| /old | x | y |\nafter\n"
    made = refreshed(text, all_commands(), "ko")
    assert made.startswith(other)
    assert made.endswith("|\nafter\n")
    assert "/old" not in made
    assert "| /time | 시간 |" in made


def test_a_text_without_the_table_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no table"):
        refreshed("no table here", all_commands(), "en")
