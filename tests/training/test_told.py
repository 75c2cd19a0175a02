"""A fault that somebody can mend ends a command with one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import IrangError
from training.told import told


def test_a_fault_is_one_line() -> None:
    def command() -> None:
        raise IrangError("toy: expected a set")

    with pytest.raises(SystemExit, match=r"^toy: expected a set$"):
        told(command)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"nofile: No such file"):
        told((tmp_path / "nofile").read_text)


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        told(lambda: 1 // 0)
