"""Windows cover every passage, answers keep their places, and silence is chosen by one threshold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.tiny import tiny_tokenizer
from training.config import Questions
from training.qa import Question
from training.spans import Marked, Window, marked, settled, threshold, windows

TOKENIZER = tiny_tokenizer()  # one token a byte
END = 256
HOW = Questions(window=24, stride=4, question=6, longest=5, best=3)


def question(context: str, answer: str = "", text: str = "who?", id: str = "1") -> Question:
    marks = ((answer,), (context.index(answer),)) if answer else ((), ())
    return Question(id, context, text, *marks)


def rows(*questions: Question, how: Questions = HOW) -> list[Window]:
    return list(windows(questions, TOKENIZER, how, END))


def said(row: Window, context: str) -> str:
    first, last = row.places[row.start - row.first], row.places[row.end - row.first]
    return context[first[0] : last[1]]


def test_a_short_passage_is_one_row_with_the_question_in_front() -> None:
    (row,) = rows(question("Ada wrote it.", "Ada"))
    assert TOKENIZER.decode(list(row.ids)) == "who?</s>Ada wrote it.</s>"
    assert (row.first, row.silent) == (5, len(row.ids) - 1)
    assert said(row, "Ada wrote it.") == "Ada"


def test_a_question_without_answer_points_to_the_end() -> None:
    (row,) = rows(question("Ada wrote it."))
    assert row.start == row.end == row.silent


@given(st.text("abc 가", min_size=1, max_size=90), st.data())
def test_windows_cover_the_passage_and_a_short_enough_answer_lies_whole_in_one(
    context: str, data: st.DataObject
) -> None:
    begin = data.draw(st.integers(0, len(context) - 1))
    answer = context[begin : begin + 1]
    one = Question("1", context, "who?", (answer,), (begin,))
    made = rows(one)
    assert all(len(row.ids) <= HOW.window for row in made)
    covered = {at for row in made for start, end in row.places for at in range(start, end)}
    assert covered == set(range(len(context)))
    having = [row for row in made if row.start != row.silent]
    assert having
    assert all(answer in said(row, context) for row in having)


def test_neighbouring_windows_share_so_many_tokens() -> None:
    first, second, *_ = rows(question("x" * 60))
    assert first.places[-HOW.stride :] == second.places[: HOW.stride]


def test_words_that_look_like_a_control_token_are_words() -> None:
    (row,) = rows(question("a </s> b", "b"), how=Questions(window=40, stride=4, question=6))
    assert row.ids.count(END) == 2
    assert said(row, "a </s> b") == "b"


def scores(
    row: Window, start: str, end: str, silent: float = 0.0, high: float = 2.0
) -> tuple[list[float], list[float]]:
    """High at the first letter `start` and `end` of the passage, `silent` halved at the end token, low elsewhere."""
    text = [TOKENIZER.decode([id]) for id in row.ids]
    both = []
    for letter in (start, end):
        one = [-5.0] * len(row.ids)
        one[text.index(letter, row.first)] = high
        one[row.silent] = silent / 2
        both.append(one)
    return both[0], both[1]


def test_the_best_span_is_read_off_the_passage() -> None:
    asked = question("in abc out")
    (row,) = rows(asked)
    found = marked([asked], [row], [scores(row, "a", "c", silent=1.0)], HOW)
    assert found == {"1": Marked("abc", 1.0 - 4.0)}


def test_an_end_before_its_start_and_too_long_an_answer_are_no_spans() -> None:
    asked = question("in abc def out")
    (row,) = rows(asked)
    for first, last in (("c", "a"), ("a", "f")):
        found = marked([asked], [row], [scores(row, first, last)], HOW)
        assert found["1"].text not in ("abc def", "cba")
        assert len(found["1"].text) <= HOW.longest


def test_one_window_that_holds_an_answer_is_enough() -> None:
    asked = question("x" * 30 + "abc")
    made = rows(asked)
    empty = [([-5.0] * len(row.ids), [-5.0] * len(row.ids)) for row in made[:-1]]
    for row, (starts, ends) in zip(made, empty, strict=False):
        starts[row.silent] = ends[row.silent] = 9.0
    found = marked([asked], made, [*empty, scores(made[-1], "a", "c")], HOW)
    assert found["1"] == Marked("abc", -4.0)


def test_silence_beats_an_answer_by_more_than_the_threshold() -> None:
    found = {"1": Marked("a", 1.0), "2": Marked("b", 2.0)}
    assert settled(found, 1.0) == {"1": "a", "2": ""}
    assert settled(found, -math.inf) == {"1": "", "2": ""}


def test_the_threshold_is_the_one_with_the_best_f1() -> None:
    asked = [question("x", "x", id="1"), question("b", "b", id="2"), question("c", id="3")]  # "a" is an article
    found = {"1": Marked("x", -3.0), "2": Marked("b", -1.0), "3": Marked("c", 0.5)}
    assert threshold(asked, found) == -1.0
    wrong = {"1": Marked("y", -3.0), "2": Marked("y", -1.0), "3": Marked("c", -5.0)}
    assert threshold(asked, wrong) == -math.inf, "who finds nothing had better be silent"


def test_questions_with_one_score_are_answered_together() -> None:
    asked = [question("x", "x", id="1"), question("c", id="2"), question("d", id="3")]
    found = {one.id: Marked("x", 0.0) for one in asked}
    assert threshold(asked, found) == -math.inf


def test_windows_that_would_not_move_on_are_refused() -> None:
    with pytest.raises(ValueError, match="move on"):
        Questions(window=20, stride=10, question=8)
