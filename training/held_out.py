"""songys with answers held out, as a data set: `python -m training.held_out ChatbotData.csv data/sets/songys-strict`.

Baselines, the embedded model's figures and trainings hold out the same rows (training/splits.py) and so stand in one
table. `random.jsonl` beside the usual parts: questions drawn at random, whose answers training may know.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from training import records
from training.baselines.measured import Rows, rows_of
from training.corpora import Dialogue
from training.records import Record

LICENCE = "MIT"


def save(rows: Rows, folder: Path) -> dict[str, int]:
    """Write the parts and a manifest; how many rows each part has."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: getattr(rows, name) for name in Rows.__slots__}
    for name, dialogues in parts.items():
        records.write(folder / f"{name}.jsonl", _records(name, dialogues))
    counts = {name: len(dialogues) for name, dialogues in parts.items()}
    manifest = {
        "rows": counts,
        "sha256": {name: hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() for name in parts},
        "rules": "training/splits.py: no answer of test or valid occurs in train",
        "sources": {"songys": LICENCE},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return counts


def _records(part: str, dialogues: Iterable[Dialogue]) -> Iterable[Record]:
    return (Record(one.messages, one.source, LICENCE, part) for one in dialogues)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("source", type=Path, help="ChatbotData.csv of songys")
    asked.add_argument("folder", type=Path, help="where the set goes, e.g. data/sets/songys-strict")
    given = asked.parse_args()
    print(save(rows_of(given.source), given.folder))


if __name__ == "__main__":
    main()
