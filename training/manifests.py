"""manifest.json of a data set: its parts, how they were dealt out, where its rows come from and whose words it has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.clusters import PARTS
from training.importers.lines import ImportRefused

_FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What every set says of itself, and `more`: what its maker noted beside that.

    rows     of each part: a count where the part is dialogues, a line each; else counts by name
    sha256   of each part's file
    split    percent of `valid` and `test`; `by`: what no two parts share (training.clusters.By)
    sources  each with its licence
    people   pseudonyms of those whose words it holds
    stale    when words were taken out because somebody asked for it; "" where that never happened
    """

    rows: Mapping[str, Any]
    sha256: Mapping[str, str]
    split: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    stale: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As the file has it."""
        stale = {"stale": self.stale} if self.stale else {}
        known = {name: getattr(self, name) for name in ("rows", "split", "sha256", "sources", "people")}
        return {**known, **stale, **self.more}


def read(folder: Path) -> Manifest:
    """Raises ImportRefused where there is no set."""
    if not (folder / _FILE).is_file():
        raise ImportRefused(f"{folder}: no such set: make it with irang data import")
    found: dict[str, Any] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    people = tuple(found.pop("people", ()))
    known = {name: found.pop(name) for name in ("rows", "split", "sha256", "sources", "stale") if name in found}
    return Manifest(**known, people=people, more=found)


def of_dialogues(folder: Path, needed: Iterable[str] = PARTS) -> Manifest:
    """Raises ImportRefused where there is no set, for one of something else, and for one without these parts."""
    found = read(folder)
    if not all(isinstance(count, int) for count in found.rows.values()):
        raise ImportRefused(f"{folder}: articles with questions, no dialogues: irang train reads it as it is")
    if missing := [name for name in needed if name not in found.rows]:
        raise ImportRefused(f"{folder}: no part {', '.join(missing)}: it has {', '.join(found.rows)}")
    return found


def write(folder: Path, manifest: Manifest) -> None:
    text = json.dumps(manifest.plain(), ensure_ascii=False, indent=1)
    (folder / _FILE).write_text(text + "\n", encoding="utf-8")


def digests(folder: Path, parts: Iterable[str], suffix: str = ".jsonl") -> dict[str, str]:
    """The SHA-256 of each part's file."""
    return {name: _sha256(folder / f"{name}{suffix}") for name in parts}


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
