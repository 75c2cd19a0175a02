"""What a run came from is told wherever it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from training import provenance


def test_the_revision_is_the_codes_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = provenance.revision()
    monkeypatch.chdir(tmp_path)
    assert provenance.revision() == here


def test_without_git_there_is_no_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert provenance.revision() == ""


def test_parts_that_are_not_there_are_left_out_of_the_hash(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text("a")
    both = tmp_path / "train.jsonl", tmp_path / "test.jsonl"
    only = provenance.data_hash(both)
    assert only == provenance.data_hash(both[:1])
    both[1].write_text("b")
    assert provenance.data_hash(both) != only
