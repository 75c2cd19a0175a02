"""What the embedded model's classifiers learn from, and the command that teaches them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.ears import ASKING, ASKS, TURNS, Ears
from training import listening
from training.linear import Example, How
from training.suite import load

FEW = [Example(f"{one} 뭐야", "asks") for one in "가나다라"] + [Example(f"{one} 봤어", "tells") for one in "가나다라"]


def test_the_command_writes_the_file_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(listening.FILES, ASKING, (lambda: iter([*FEW, FEW[0]]), How(epochs=20, buckets=256)))
    listening.main(tmp_path, "asking")
    assert [file.name for file in tmp_path.iterdir()] == [ASKING]
    asking = Ears.load(tmp_path).asking
    assert asking
    assert asking.chances("마 뭐야")["asks"] > 0.5 > asking.chances("마 봤어")["asks"]


def test_every_file_has_examples_and_no_label_only_one() -> None:
    for name, (examples, _) in listening.FILES.items():
        labels = [one.label for one in examples()]
        assert all(labels), name
        assert min(labels.count(label) for label in set(labels)) > 1, name


def test_turns_are_seen_with_what_was_said_and_whether_the_bot_asked() -> None:
    turns, _ = listening.FILES[TURNS]
    marks = {one.context.rsplit(" ", 1)[-1] for one in turns()}
    assert marks == {"↩", "↩?"}


@pytest.mark.parametrize("file", ["moods", "asks", "kinds", "turns"])
def test_the_frozen_suite_is_apart_from_what_is_learnt(file: str) -> None:
    """But for openers so usual that everybody writes them."""
    lines = (listening.HERE / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
    learnt = {"".join(json.loads(line)["said"].split()) for line in lines}
    asked = {"".join(prompt[-1].content.split()) for prompt in load().prompts}
    assert max((len(one) for one in asked & learnt), default=0) <= 12


def test_questions_are_learnt_from_the_same_lines_by_both_files() -> None:
    questions, _ = listening.FILES[ASKS]
    asking, _ = listening.FILES[ASKING]
    assert {one.said for one in questions()} == {one.said for one in asking() if one.label == "asks"}
