"""Whole articles fall into one part each, and a publisher's own test file stays whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.training.small_questions import article
from training import articles, qa
from training.rendering import TrainingRefused

MANY = [article(f"title{number}") for number in range(80)]


def titles(file: Path) -> set[str]:
    return {one["title"] for one in json.loads(file.read_text())["data"]}


def test_no_article_is_in_two_parts_and_none_is_lost(tmp_path: Path) -> None:
    articles.save(tmp_path, articles.parted(MANY, 10, 20))
    parts = [titles(tmp_path / f"{part}.json") for part in ("train", "valid", "test")]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 80
    assert articles.parted(MANY, 10, 20) == articles.parted(MANY, 10, 20)


def test_what_is_written_can_be_read_as_questions(tmp_path: Path) -> None:
    counts = articles.save(tmp_path, articles.parted(MANY, 10, 20))
    assert len(qa.read(tmp_path / "test.json")) == counts["test"]["questions"] == 2 * counts["test"]["articles"]


def test_an_empty_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="no article fell into valid"):
        articles.save(tmp_path, articles.parted(MANY, 0, 20))


def test_a_file_of_another_shape_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"data": [1]}')
    with pytest.raises(TrainingRefused, match=r"x\.json"):
        articles.articles_of(tmp_path / "x.json")


def test_a_test_file_of_the_publishers_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train, dev = tmp_path / "train.json", tmp_path / "dev.json"
    train.write_text(json.dumps({"data": MANY}))
    dev.write_text(json.dumps({"data": MANY[:3]}))
    monkeypatch.setattr(sys, "argv", ["articles", str(tmp_path / "set"), "--train", str(train), "--test", str(dev)])
    articles.main()
    assert titles(tmp_path / "set/test.json") == {"title0", "title1", "title2"}
    assert len(titles(tmp_path / "set/train.json") | titles(tmp_path / "set/valid.json")) == 80
