"""songys' ChatbotData.csv: a question and an answer in a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from training.importers.lines import Dropped, ImportRefused, Line, Talk, talk


def songys(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """Raises ImportRefused when the columns Q and A are missing, or a quotation mark is left open."""
    with file.open(encoding="utf-8-sig", newline="") as rows:
        reader = csv.DictReader(rows, strict=True)
        line = 1
        try:
            if not {"Q", "A"} <= set(reader.fieldnames or ()):
                raise ImportRefused(f"{file}: expected the columns Q and A")
            line = 2
            for row in reader:
                dropped.here, line = f"line {line}", reader.line_num + 1
                yield from talk([Line("Q", row["Q"] or ""), Line("A", row["A"] or "")], dropped)
        except csv.Error as error:
            wanted = 'expected a field in quotation marks to end before a comma, and one within it to be written ""'
            raise ImportRefused(f"{file}, line {line}: {error}: {wanted}") from None
