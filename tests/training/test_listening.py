"""What the embedded model's classifiers learn from, and the command that teaches them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from model.ears import ASKING, ASKS, FILES, TURNS, Ears
from training import listening
from training.linear import Example, How

FEW = [Example(f"{one} 뭐야", "asks") for one in "가나다라"] + [Example(f"{one} 봤어", "tells") for one in "가나다라"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight examples for every file, one of them twice."""
    for name in FILES:
        monkeypatch.setitem(listening.FILES, name, (lambda: iter([*FEW, FEW[0]]), How(epochs=20, buckets=256)))


@pytest.mark.usefixtures("few")
def test_the_command_writes_every_file_and_says_from_how_many_examples(tmp_path: Path) -> None:
    told = CliRunner().invoke(listening.app, [str(tmp_path)])
    assert told.output.splitlines() == [f"{name}: 8 examples" for name in FILES]
    ears = Ears.load(tmp_path)
    assert None not in (ears.kinds, ears.moods, ears.asking, ears.asks, ears.turns)


@pytest.mark.usefixtures("few")
def test_the_command_writes_the_one_file_that_is_asked_for(tmp_path: Path) -> None:
    assert CliRunner().invoke(listening.app, [str(tmp_path), "--only", "asking"]).exit_code == 0
    assert [file.name for file in tmp_path.iterdir()] == [ASKING]
    asking = Ears.load(tmp_path).asking
    assert asking
    assert asking.chances("마 뭐야")["asks"] > 0.5 > asking.chances("마 봤어")["asks"]


def test_the_command_knows_no_other_file(tmp_path: Path) -> None:
    assert CliRunner().invoke(listening.app, [str(tmp_path), "--only", "verbs"]).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_every_file_has_examples_and_no_label_only_one() -> None:
    for name, (examples, _) in listening.FILES.items():
        labels = [one.label for one in examples()]
        assert all(labels), name
        assert min(labels.count(label) for label in set(labels)) > 1, name


def test_turns_are_seen_with_what_was_said_and_whether_the_bot_asked() -> None:
    turns, _ = listening.FILES[TURNS]
    marks = {one.context.rsplit(" ", 1)[-1] for one in turns()}
    assert marks == {"↩", "↩?"}


def test_questions_are_learnt_from_the_same_lines_by_both_files() -> None:
    questions, _ = listening.FILES[ASKS]
    asking, _ = listening.FILES[ASKING]
    assert {one.said for one in questions()} == {one.said for one in asking() if one.label == "asks"}
