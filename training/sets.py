"""data/sets/NAME: an import cleaned and split, with a manifest of what is in it and what was left out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training import records
from training.checks import roles_fault
from training.cleaning import v2
from training.clusters import PARTS, clustered, parted
from training.importers.aihub import sessions, topics
from training.importers.chatterbot import chatterbot
from training.importers.jsonl import jsonl
from training.importers.kakaotalk import kakaotalk
from training.importers.lines import Dropped, ImportRefused, Talk, consented
from training.importers.own import own
from training.importers.songys import songys
from training.importers.squad import squad
from training.importers.telegram import telegram
from training.records import Record

OPEN = {
    "songys": songys, "jsonl": jsonl, "chatterbot": chatterbot, "squad": squad, "own": own,
    "aihub": topics, "aihub-sessions": sessions,
}  # fmt: skip
CHATS = {"kakaotalk": kakaotalk, "telegram": telegram}


def talks(kind: str, file: Path, consent: Path | None, dropped: Dropped) -> Iterator[Talk]:
    """Raises ImportRefused for an unknown format, a missing file, or a chat without consents."""
    if kind not in OPEN and kind not in CHATS:
        raise ImportRefused(f"{kind}: expected one of {', '.join([*OPEN, *CHATS])}")
    if not file.is_file():
        raise ImportRefused(f"{file}: no such file")
    return CHATS[kind](file, consented(consent), dropped) if kind in CHATS else OPEN[kind](file, dropped)


def made(found: Iterator[Talk], source: str, licence: str, dropped: Dropped) -> Iterator[Record]:
    """Cleaned by v2; what has no reply at the end is left out."""
    for talk in found:
        clean = v2.cleaned(talk)
        if clean is None:
            dropped["link, picture or nothing left"] += 1
        elif fault := roles_fault(clean):
            dropped[fault] += 1
        else:
            yield Record(clean, source, licence, "")


def save(folder: Path, found: list[Record], dropped: Dropped) -> dict[str, int]:
    """Splits, writes the parts and the manifest, and gives the rows of each part."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = parted(clustered(found))
    for name in PARTS:
        records.write(folder / f"{name}.jsonl", parts[name])
    rows = {name: len(parts[name]) for name in PARTS}
    manifest = {
        "rows": rows,
        "sha256": {name: hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() for name in PARTS},
        "rules": v2.VERSION,
        "sources": dict(sorted({one.source: one.licence for one in found}.items())),
        "dropped": dict(Counter(dropped)),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return rows


def load(folder: Path) -> dict[str, list[Record]]:
    if not (folder / "manifest.json").is_file():
        raise ImportRefused(f"{folder}: no such set: make it with irang data import")
    return {name: list(records.read(folder / f"{name}.jsonl")) for name in PARTS}
