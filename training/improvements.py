"""data/runs.db: a row for each step of an improvement, and one for each blind verdict."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

STEPS = ("export", "train", "prefer", "evaluate", "judge", "gate", "promote")
State = Literal["running", "done", "refused"]

_WAIT = 30.0  # seconds for another writer
_TABLES = (
    """create table if not exists improvements (
        id text, step text, at text not null, state text not null, details text not null, primary key (id, step)
    ) strict""",
    """create table if not exists verdicts (
        id text, number integer, verdict text not null, at text not null, primary key (id, number)
    ) strict""",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an improvement; `details` is what it found or made."""

    id: str
    step: str
    at: str
    state: State
    details: dict[str, Any] = field(default_factory=dict)


class Improvements:
    """The rows."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, id: str, step: str, state: State, details: dict[str, Any] | None = None) -> Step:
        """Put a step in, or its newer state in its place."""
        made = Step(id, step, _now(), state, details or {})
        told = json.dumps(made.details, ensure_ascii=False)
        with self._open() as db:
            db.execute(
                "insert or replace into improvements (id, step, at, state, details) values (?, ?, ?, ?, ?)",
                [id, step, made.at, state, told],
            )
        return made

    def steps(self, id: str) -> dict[str, Step]:
        """The steps of one improvement, in their order."""
        found = {one.step: one for one in self.all() if one.id == id}
        return {step: found[step] for step in STEPS if step in found}

    def all(self) -> list[Step]:
        """Every step of every improvement, the oldest improvement first."""
        if not self._file.exists():
            return []
        with self._open() as db:
            rows = db.execute("select id, step, at, state, details from improvements").fetchall()
        steps = [Step(id, step, at, state, json.loads(details)) for id, step, at, state, details in rows]
        began = {one.id: one.at for one in sorted(steps, key=lambda one: one.at, reverse=True)}
        return sorted(steps, key=lambda one: (began[one.id], one.id, STEPS.index(one.step)))

    def unfinished(self) -> str:
        """The newest improvement, if it is neither promoted nor refused; else ""."""
        every = self.all()
        if not every:
            return ""
        newest = [one for one in every if one.id == every[-1].id]
        over = any(one.state == "refused" for one in newest) or newest[-1].step == STEPS[-1]
        return "" if over and newest[-1].state != "running" else newest[-1].id

    def judge(self, id: str, number: int, verdict: str) -> None:
        with self._open() as db:
            values = [id, number, verdict, _now()]
            db.execute("insert or replace into verdicts (id, number, verdict, at) values (?, ?, ?, ?)", values)

    def verdicts(self, id: str) -> dict[int, str]:
        """By the prompt's number."""
        with self._open() as db:
            return dict(db.execute("select number, verdict from verdicts where id = ?", [id]).fetchall())

    def tally(self, id: str) -> Counter[str]:
        return Counter(self.verdicts(id).values())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._file, timeout=_WAIT)
        try:
            for table in _TABLES:
                db.execute(table)
            yield db
            db.commit()
        finally:
            db.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
