"""Who was erased: every restored backup is held against that list, lest it brings somebody back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.forgetting import erase

LEDGER = "deletions.jsonl"  # in the data folder


def pending(db: Database) -> list[Mapping[str, str]]:
    """Who was erased in the database alone so far: {"at", "platform", "person"}."""
    rows = db.execute("select at, platform, person from erased where state = 'pending' order by at")
    return [{"at": at, "platform": platform, "person": person} for at, platform, person in rows.fetchall()]


def settled(db: Database, several: Sequence[Mapping[str, str]]) -> None:
    """These deletions are carried out everywhere."""
    for one in several:
        db.execute(
            "update erased set state = 'done' where platform = :platform and person = :person and at = :at", dict(one)
        )


def note(ledger: Path, one: Mapping[str, str]) -> None:
    """Append to the list that every restored backup is held against, once; on disk before this returns."""
    if dict(one) in listed(ledger):
        return
    with ledger.open("a", encoding="utf-8") as file:
        os.chmod(ledger, 0o600)
        file.write(json.dumps(dict(one)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def replay(db: Database, ledger: Path) -> int:
    """Erase again whom an older copy of the database still knows; returns how many deletions that were.

    A deletion that this copy has seen already is left alone: what the person said after it is not touched by it.
    """
    seen = {(p, i): at for p, i, at in db.execute("select platform, person, at from erased").fetchall()}
    count = 0
    for one in listed(ledger):
        if seen.get((one["platform"], one["person"]), "") < one["at"]:
            erase(db, one["platform"], one["person"], at=datetime.fromisoformat(one["at"]))
            count += 1
    return count


def listed(ledger: Path) -> list[dict[str, Any]]:
    """The deletions of data/deletions.jsonl, oldest first; a line that a power cut tore is left out."""
    if not ledger.exists():
        return []
    found = []
    for line in ledger.read_text(encoding="utf-8").splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        if isinstance(one, dict) and {"at", "platform", "person"} <= one.keys():
            found.append(one)
    return sorted(found, key=lambda one: str(one["at"]))
