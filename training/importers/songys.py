"""songys' ChatbotData.csv: a question and an answer in a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from training.importers.lines import Dropped, ImportRefused, Line, Talk, talk


def songys(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """Raises ImportRefused when the columns Q and A are missing."""
    with file.open(encoding="utf-8-sig", newline="") as rows:
        reader = csv.DictReader(rows)
        if not {"Q", "A"} <= set(reader.fieldnames or ()):
            raise ImportRefused(f"{file}: expected the columns Q and A")
        for row in reader:
            dropped.here = f"line {reader.line_num}"
            yield from talk([Line("Q", row["Q"] or ""), Line("A", row["A"] or "")], dropped)
