"""Bits per character count the last reply and its stop token, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from bot.messages import Message
from model.prompt import Renderer
from tests.model.tiny import saying, tiny_model, tiny_tokenizer
from training.corpora import Dialogue
from training.measure import bits_per_character

RENDERER = Renderer(tiny_tokenizer())


def dialogue(*texts: str) -> Dialogue:
    roles = ("user", "assistant") * len(texts)
    return Dialogue(tuple(Message(role, text) for role, text in zip(roles, texts, strict=False)), "made up")  # type: ignore[arg-type]


def ignorant() -> Any:
    """Every token is as likely as every other."""
    model = tiny_model(len(tiny_tokenizer()))
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
    return model


def test_a_model_that_knows_nothing_needs_the_vocabularys_bits_for_each_token() -> None:
    told = bits_per_character(ignorant(), RENDERER, [dialogue("안녕", "가나")])
    tokens = 2 * 3 + 1  # bytes of two syllables, and the stop token
    assert told == pytest.approx(tokens * math.log2(len(tiny_tokenizer())) / 2)


def test_earlier_replies_and_the_batch_change_nothing() -> None:
    model = ignorant()
    alone = bits_per_character(model, RENDERER, [dialogue("안녕", "가나")])
    assert bits_per_character(model, RENDERER, [dialogue("응", "긴 대답이에요", "안녕", "가나")]) == pytest.approx(
        alone
    )
    both = bits_per_character(model, RENDERER, [dialogue("안녕", "가나"), dialogue("긴 질문이에요 정말로", "나가")])
    assert both == pytest.approx(alone)


def test_who_knows_the_answer_needs_hardly_any_bits() -> None:
    assert bits_per_character(saying("abc"), RENDERER, [dialogue("?", "abc")]) < 0.1


def test_what_a_template_puts_behind_the_stop_token_costs_nothing() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = str(tokenizer.chat_template).replace("</s>{% endif %}", "</s>\n{% endif %}")
    trailing = Renderer(tokenizer)
    assert trailing.example(dialogue("안녕", "가나").messages).reply[-1] is False
    assert bits_per_character(ignorant(), trailing, [dialogue("안녕", "가나")]) == pytest.approx(
        bits_per_character(ignorant(), RENDERER, [dialogue("안녕", "가나")])
    )
