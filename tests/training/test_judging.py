"""A model's own answers: each prompt's alone is the same as in a batch, and who stops has finished."""

from __future__ import annotations

from bot.messages import Message
from model.prompt import Renderer
from tests.model.tiny import saying, tiny_model, tiny_tokenizer
from training.corpora import pair
from training.judging import answers, continued, judge, spread

RENDERER = Renderer(tiny_tokenizer())


def asked(*texts: str) -> list[list[Message]]:
    return [[Message("user", text)] for text in texts]


def test_an_answer_ends_at_its_stop_token() -> None:
    (one,) = answers(saying("abc"), RENDERER, asked("?"), 96)
    assert (one.text, one.finished) == ("abc", True)


def test_an_answer_without_end_is_cut() -> None:
    (one,) = answers(saying("abc", for_ever=True), RENDERER, asked("?"), 96, longest=7)
    assert (one.text, one.finished) == ("abcabca", False)


def test_in_a_batch_each_gets_the_answer_that_it_gets_alone() -> None:
    model = tiny_model(len(tiny_tokenizer()))
    prompts = [list(range(40, 40 + length)) for length in (3, 11, 7)]
    together = continued(model, RENDERER, prompts, 12)
    assert together == [continued(model, RENDERER, [one], 12)[0] for one in prompts]


def test_some_rows_are_taken_from_beginning_to_end() -> None:
    assert spread(range(10), 4) == [0, 2, 5, 7]
    assert list(spread(range(3), 4)) == list(spread(range(3), 0)) == [0, 1, 2]


def test_whoever_knows_the_replies_is_judged_well() -> None:
    found = judge(saying("abc"), RENDERER, [pair("?", "abc", "made up")] * 5, 96, seed=1)
    assert found["bits_per_character"]["value"] < 0.1
    assert found["chrf"]["value"] == 100
    assert found["cut"]["value"] == found["empty"]["value"] == 0
