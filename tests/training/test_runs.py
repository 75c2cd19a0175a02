"""A run's row holds everything that is known of it, and a published run is the same as JSON."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from training.runs import Run, Runs, UnknownRun, published

RUN = Run(
    id="toy-20261121-090000",
    name="toy",
    config={"name": "toy", "seed": 7},
    seed=7,
    data="songys",
    data_hash="ab",
    revision="cd",
    hardware="2 CPU cores",
    scheme="all",
    base="",
    at="2026-11-21T09:00:00+00:00",
    samples=[{"said": "안녕", "answered": "안녕하세요"}],
)


def test_a_run_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs.db")
    assert runs.all() == []
    runs.save(RUN)
    later = replace(RUN, state="done", metrics={"bits_per_character": 2.5})
    runs.save(later)
    assert runs.all() == [runs.get(RUN.id)] == [later]


def test_the_columns_hold_json_where_there_is_more_than_one_value(tmp_path: Path) -> None:
    Runs(tmp_path / "runs.db").save(RUN)
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        row = connection.execute("select config, epochs, metrics, samples, state from runs").fetchone()
    connection.close()
    assert [json.loads(part) for part in row[:4]] == [RUN.config, [], {}, RUN.samples]
    assert row[4] == "running"


def test_an_unknown_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownRun, match="'none'"):
        Runs(tmp_path / "runs.db").get("none")


def test_a_published_run_reads_the_same(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs.db")
    runs.save(RUN)
    file = runs.publish(RUN.id, tmp_path / "records")
    assert (file.name, published(file)) == (f"{RUN.id}.json", RUN)
    assert "안녕" in file.read_text(encoding="utf-8")


def test_what_has_to_be_trained_again_stays_so_when_a_training_under_way_ends(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs.db")
    runs.save(RUN)
    runs.save(replace(RUN, state="retrain"))
    runs.save(replace(RUN, state="done"))
    assert runs.get(RUN.id).state == "retrain"
