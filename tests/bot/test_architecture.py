"""docs/architecture.md names every file of bot/ in one row of its map, and no other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_of_the_core_stands_once_in_the_map() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.partition("## Where in `bot/`")[2].partition("\n## ")[0]
    named = Counter(re.findall(r"`([a-z_]+\.py)`", section))
    there = {file.name for file in (ROOT / "bot").glob("*.py")} - {"__init__.py"}
    assert named == Counter(there)
