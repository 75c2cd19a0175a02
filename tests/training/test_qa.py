"""Exact match and F1 as SQuAD 2.0's own evaluation counts them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.small_questions import article
from training import qa
from training.qa import Question


def question(id: str, *answers: str) -> Question:
    return Question(id, "passage", "question?", answers)


def test_case_punctuation_and_articles_do_not_count() -> None:
    assert qa.normal("The  Eiffel-Tower, a landmark!") == "eiffeltower landmark"
    assert qa.exact("the Normans.", "normans") == 1
    assert qa.normal("another theme") == "another theme"


def test_f1_is_of_the_words_in_common() -> None:
    """2 of the answer's 4 words, 2 of the marked 3: P = 1/2, R = 2/3."""
    assert qa.f1("in late 10th century", "the 10th century AD") == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))


def test_a_repeated_word_is_in_common_as_often_as_both_have_it() -> None:
    assert qa.f1("no no no", "no") == pytest.approx(2 * (1 / 3) * 1 / (1 / 3 + 1))


def test_the_best_of_several_marked_answers_counts() -> None:
    assert qa.report([question("1", "Paris", "the city of Paris")], {"1": "city of paris"}).overall.exact == 100


def test_silence_is_right_only_where_the_passage_has_no_answer() -> None:
    found = qa.report([question("1", "Paris"), question("2")], {"1": "", "2": ""})
    assert (found.overall.exact, found.overall.f1, found.overall.total) == (50, 50, 2)
    assert found.has_answer == qa.Scores(0, 0, 1)
    assert found.no_answer == qa.Scores(100, 100, 1)


def test_words_where_none_were_asked_for_are_wrong() -> None:
    found = qa.report([question("1")], {"1": "Paris"})
    assert found.no_answer == qa.Scores(0, 0, 1)
    assert found.has_answer is None


def test_an_article_alone_says_nothing() -> None:
    assert qa.report([question("1")], {"1": "the"}).overall.exact == 100
    assert qa.report([question("1", "the", "x")], {"1": ""}).overall.exact == 0


def test_figures_have_their_intervals_and_only_kinds_that_occur() -> None:
    asked = [question("1", "Paris"), question("2", "Rome"), question("3", "Oslo")]
    found = qa.figures(asked, {"1": "Paris", "2": "the rome!", "3": "Bergen"}, seed=1)
    assert found.keys() == {"exact", "f1", "exact_has", "f1_has"}
    assert found["exact"]["value"] == pytest.approx(200 / 3, abs=1e-3)
    assert found["exact"]["interval"] == [0.0, 100.0]


def test_a_file_of_answers_is_scored_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "squad.json").write_text(json.dumps({"data": [article("Ada"), article("Bob")]}))
    (tmp_path / "answers.json").write_text(json.dumps({"Ada1": "ada", "Bob1": "Bob sang"}))
    monkeypatch.setattr("sys.argv", ["qa", str(tmp_path / "squad.json"), str(tmp_path / "answers.json")])
    qa.main()
    told = json.loads(capsys.readouterr().out)
    assert told["overall"] == {"exact": 75.0, "f1": pytest.approx(100 * (1 + 2 / 3 + 1 + 1) / 4), "total": 4}


def test_no_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="no questions"):
        qa.report([], {})


def test_both_kinds_of_questions_are_read(tmp_path: Path) -> None:
    asked = [
        {"id": "1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}], "is_impossible": False},
        {"id": "2", "question": "When?", "answers": [], "is_impossible": True},
    ]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"version": "v2.0", "data": [{"paragraphs": [{"context": "Ada.", "qas": asked}]}]}))
    assert qa.read(file) == [Question("1", "Ada.", "Who?", ("Ada",), (0,)), Question("2", "Ada.", "When?", ())]
