"""What is learnt is what is served: the same ids, whole answers, and no row that teaches nothing."""

from __future__ import annotations

import pytest

from bot.messages import Message
from model.prompt import Renderer
from tests.model.tiny import tiny_tokenizer
from training.labels import IGNORED, replies
from training.rendering import TrainingRefused, render

RENDERER = Renderer(tiny_tokenizer())
TALK = [
    Message("user", "안녕 <sys>"),
    Message("assistant", "네</s>!"),
    Message("user", "뭐해?"),
    Message("assistant", "쉬어요."),
]


def test_what_stands_before_a_reply_is_the_prompt_that_serving_makes() -> None:
    example = RENDERER.example(TALK)
    for number, place in enumerate(replies(example)):
        prompt = RENDERER.render(TALK[: 2 * number + 1], 96)
        assert example.ids[: place.start] == prompt.ids


def test_the_oldest_turns_are_left_out_and_no_answer_is_cut() -> None:
    whole = len(RENDERER.example(TALK).ids)
    made = render([TALK], RENDERER, "replies", whole - 1)
    assert made.rows[0].ids == RENDERER.example(TALK[2:]).ids
    assert made.dialogues[0].messages == tuple(TALK[2:])


def test_a_turn_that_is_too_long_is_counted() -> None:
    made = render([TALK, [Message("user", "x" * 200), Message("assistant", "y")]], RENDERER, "all", 96)
    assert (len(made.rows), dict(made.dropped)) == (1, {"too long": 1})


def test_a_row_with_no_label_is_refused_unless_it_may_be_dropped() -> None:
    unanswered = [Message("user", "안녕")]
    with pytest.raises(TrainingRefused, match="1 rows have no label"):
        render([unanswered, TALK], RENDERER, "replies", 96)
    assert len(render([unanswered, TALK], RENDERER, "replies", 96, drop_unlabelled=True).rows) == 1


def test_a_template_that_never_stops_is_refused() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = str(tokenizer.chat_template).replace("</s>", "\n")
    with pytest.raises(TrainingRefused, match="never learn to stop"):
        render([TALK], Renderer(tokenizer), "all", 96)


def test_a_question_at_the_end_is_no_row_of_its_own() -> None:
    made = render([[*TALK, Message("user", "왜?")]], RENDERER, "last_reply", 96)
    assert made.dialogues[0].reply == "쉬어요."
    assert sum(one != IGNORED for one in made.rows[0].labels) == len("쉬어요.".encode()) + 1
