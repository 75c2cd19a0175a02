"""songys with answers held out, as a data set: `python -m training.held_out ChatbotData.csv data/sets/songys-strict`.

Baselines, the embedded model's figures and trainings hold out the same rows (training/splits.py) and so stand in one
table. `random.jsonl` beside the usual parts: questions drawn at random, whose answers training may know.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from training import manifests, records
from training.baselines.measured import Rows, rows_of
from training.corpora import Dialogue
from training.manifests import Manifest
from training.records import Record
from training.told import told

LICENCE = "MIT"


def save(rows: Rows, folder: Path) -> dict[str, int]:
    """Write the parts and a manifest; how many rows each part has."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: getattr(rows, name) for name in Rows.__slots__}
    for name, dialogues in parts.items():
        records.write(folder / f"{name}.jsonl", _records(name, dialogues))
    counts = {name: len(dialogues) for name, dialogues in parts.items()}
    split = {"valid": 5, "test": 5, "by": "answer"}  # training/splits.py
    manifests.write(folder, Manifest(counts, manifests.digests(folder, parts), split, {"songys": LICENCE}))
    return counts


def _records(part: str, dialogues: Iterable[Dialogue]) -> Iterable[Record]:
    """Without a key that others could deal them out by: the hashes of their answers decide."""
    return (Record(one.messages, one.source, LICENCE, part) for one in dialogues)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("source", type=Path, help="ChatbotData.csv of songys")
    asked.add_argument("folder", type=Path, help="where the set goes, e.g. data/sets/songys-strict")
    given = asked.parse_args()
    print(save(rows_of(given.source), given.folder))


if __name__ == "__main__":
    told(main)
