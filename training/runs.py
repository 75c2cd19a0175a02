"""data/runs.db: one row for each training, which the leaderboard is made from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from sqlite_utils import Database

from bot.errors import IrangError

State = Literal["running", "done", "failed", "interrupted", "retrain"]

_AS_JSON = ("config", "epochs", "metrics", "samples")
_WAIT = 30.0  # seconds for another writer


class UnknownRun(IrangError):
    pass


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that is known of a training.

    epochs   {"epoch", "train_loss", "valid_loss", "seconds", "tokens"}: losses in nats a token, tokens that were learnt
    metrics  by name, e.g. bits_per_character; a number, or one with its interval
    samples  {"said", "answered"}
    at       when it began, ISO 8601
    state    "retrain": rows that it learnt from are deleted since, at the wish of whoever said them (bot/erasing.py)
    """

    id: str
    name: str
    config: dict[str, Any]
    seed: int
    data: str
    data_hash: str
    revision: str
    hardware: str
    scheme: str
    base: str
    at: str
    epochs: list[dict[str, float]] = field(default_factory=list)
    metrics: dict[str, Any] = field(default_factory=dict)
    samples: list[dict[str, str]] = field(default_factory=list)
    state: State = "running"
    comment: str = ""


class Runs:
    """The rows, by id."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def save(self, run: Run) -> None:
        """Put a run in, or its newer state in its place. What has to be trained again stays so."""
        row = asdict(run)
        for name in _AS_JSON:
            row[name] = json.dumps(row[name], ensure_ascii=False)
        with self._open() as database:
            runs = database.table("runs")
            if runs.exists() and runs.count_where("id = ? and state = 'retrain'", [run.id]):
                row["state"] = "retrain"
            runs.upsert(row, pk="id")

    def get(self, id: str) -> Run:
        """Raises UnknownRun."""
        for run in self.all():
            if run.id == id:
                return run
        raise UnknownRun(f"no run is called {id!r:.70}: expected one of data/runs/")

    def all(self) -> list[Run]:
        """Every run, the oldest first."""
        if not self._file.exists():
            return []
        with self._open() as database:
            if "runs" not in database.table_names():
                return []
            return [_run(row) for row in database.query("select * from runs order by at, id")]

    def publish(self, id: str, folder: Path) -> Path:
        """Write a run as JSON, for the repository; returns the file."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{id}.json"
        content = json.dumps(asdict(self.get(id)), ensure_ascii=False, indent=1, sort_keys=True)
        file.write_text(content + "\n", encoding="utf-8")
        return file

    @contextmanager
    def _open(self) -> Iterator[Database]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=_WAIT)
        try:
            database = Database(connection)
            yield database
            connection.commit()
        finally:
            connection.close()


def published(file: Path) -> Run:
    """A run from its JSON."""
    return _known(json.loads(file.read_text(encoding="utf-8")))


def _run(row: dict[str, Any]) -> Run:
    return _known({**row, **{name: json.loads(row[name]) for name in _AS_JSON}})


def _known(content: dict[str, Any]) -> Run:
    names = {one.name for one in fields(Run)}
    return Run(**{name: value for name, value in content.items() if name in names})
