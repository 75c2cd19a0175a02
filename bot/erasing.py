"""What of a deletion lies outside the tables: the list that backups obey, sets, models, and what the disk holds."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import consents, deletions
from bot.errors import StoreError
from bot.ports import Clock
from bot.store import Store

log = logging.getLogger(__name__)

_EVERY = 1.0  # seconds between two looks at who wants to be forgotten
_AFTER_A_FAULT = 10.0
_READ = timedelta(seconds=60)  # after which a page has read its answer


def pseudonym(platform: str, person: str) -> str:
    """How a data set names a person: 64 bits of a hash, as hex. Whoever knows the id can compute it too."""
    return hashlib.sha256(f"{platform}:{person}".encode()).hexdigest()[:16]


class Eraser:
    """Carries deletions out to their end, until cancelled; after a crash it begins again where it was."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._data = store.folder

    async def run(self) -> None:
        while True:
            pause = _EVERY
            try:
                await self.work()
            except (OSError, ValueError, sqlite3.Error, StoreError) as error:  # a full disk may be mended meanwhile
                pause = _AFTER_A_FAULT
                log.error("a deletion could not be carried out: %s; again in %.0f s", type(error).__name__, pause)
            await asyncio.sleep(pause)

    async def work(self) -> int:
        """Everything that is pending now; returns how many people that were."""
        read = self._clock.now() - _READ
        await self._store.run(lambda db: consents.let_go(db, read))
        waiting = await self._store.run(deletions.pending)
        for one in waiting:
            await asyncio.to_thread(deletions.note, self._data / deletions.LEDGER, one)
            await asyncio.to_thread(withdraw, self._data, pseudonym(one["platform"], one["person"]), one["at"])
        if waiting:
            await self._store.scrub()
            await self._store.run(lambda db: deletions.settled(db, waiting))
            log.info("%d people were erased", len(waiting))
        return len(waiting)


def withdraw(data: Path, person: str, at: str) -> list[str]:
    """Take a person's rows out of every set and model, and mark what was trained on them; returns the sets' names."""
    manifests = [(file.parent, _read(file)) for file in sorted((data / "sets").glob("*/manifest.json"))]
    sets = [(folder, manifest) for folder, manifest in manifests if person in manifest.get("people", ())]
    taught = [
        file for folder in ("models/*", "runs/*/model") for file in sorted(data.glob(f"{folder}/exchanges.jsonl"))
    ]
    speaking = [file for file in taught if _speaks_of(file, person)]  # word for word, model/exchanges.py
    touched = [folder.name for folder, _ in sets]
    if sets or speaking:
        _mark(data / "runs.db", touched)  # first: after a crash, what is touched is found again
    for folder, manifest in sets:
        _strip(folder, manifest, person, at)
    for file in speaking:
        _silence(file, person)
    return touched


def _read(manifest: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    return found


def _strip(folder: Path, manifest: dict[str, Any], person: str, at: str) -> None:
    """The rows first, the manifest last: a crash between them begins again."""
    for name in manifest["rows"]:
        manifest["rows"][name] = _without(folder / f"{name}.jsonl", person)
        with (folder / f"{name}.jsonl").open("rb") as rows:
            manifest["sha256"][name] = hashlib.file_digest(rows, "sha256").hexdigest()
    manifest["people"] = [each for each in manifest["people"] if each != person]
    manifest["stale"] = at
    _replace(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def _without(file: Path, person: str) -> int:
    """Rewrite a part without one person's rows; returns how many are left."""
    kept, new = 0, file.with_suffix(".new")
    with file.open(encoding="utf-8") as rows, new.open("w", encoding="utf-8") as out:
        for row in rows:
            if person not in ((json.loads(row).get("consent") or {}).get("people") or ()):
                out.write(row)
                kept += 1
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
    return kept


def _speaks_of(file: Path, person: str) -> bool:
    with file.open(encoding="utf-8", newline="\n") as lines:
        return any(f'"{person}"' in line for line in lines)


def _silence(file: Path, person: str) -> None:
    """Take a person's lines out of what a model says; of a sealed version, whose other files stay as they are, too.

    Its manifest first, the lines last: a crash between them begins again.
    """
    with file.open(encoding="utf-8", newline="\n") as lines:
        kept = "".join(line for line in lines if f'"{person}"' not in line)
    sealed = file.with_name("manifest.json")
    if sealed.is_file():
        manifest = _read(sealed)
        manifest["files"][file.name] = hashlib.sha256(kept.encode()).hexdigest()
        _replace(sealed, json.dumps(manifest, ensure_ascii=False, indent=1))
    _replace(file, kept)


def _replace(file: Path, text: str) -> None:
    """Drafted beside the folder, where nobody takes half a file for one of a model's or a set's."""
    new = file.parent.with_name(f".{file.parent.name}.new")
    new.unlink(missing_ok=True)  # what a crash left has the sealed file's mode, and can't be written
    with new.open("x", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    shutil.copymode(file, new)
    new.replace(file)


def _mark(runs: Path, sets: list[str]) -> None:
    """What was trained on these sets has to be trained again without the rows that are gone; and what models answered
    when they were compared (training/weighing.py) may be word for word what somebody taught them."""
    if not runs.exists():
        return
    with closing(sqlite3.connect(runs, timeout=30)) as db, db:
        tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
        for name in sets if "runs" in tables else ():
            db.execute("update runs set state = 'retrain' where data = ?", [name])
        if "improvements" in tables:
            db.execute("update improvements set details = json_remove(details, '$.new_answers', '$.live_answers')")
