"""Beam search in the batch finds what transformers' own beam search finds."""

from __future__ import annotations

import pytest
import torch

from bot.messages import Sampling
from model.engine import Engine
from model.schedule import Limits, Request
from tests.model.test_packed import answers, prompts, random_model

FIRST_BOTS = Sampling(num_beams=3, no_repeat_ngram_size=3, repetition_penalty=1.25, max_tokens=14)
STOP = 5


def searched(prompt: tuple[int, ...], beams: int, stops: list[int], **rules: object) -> list[int]:
    model = random_model("gpt2")
    ids = model.generate(  # type: ignore[operator]
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        max_new_tokens=14,
        num_beams=beams,
        do_sample=False,
        eos_token_id=stops,
        pad_token_id=stops[0],
        **rules,
    )
    written: list[int] = ids[0, len(prompt) :].tolist()
    return written[: next((at for at, id in enumerate(written) if id in stops), len(written))]


def engine_of(stops: list[int]) -> Engine:
    limits = Limits(slots=8, waiting=64, context=200, chunk=16)
    return Engine(random_model("gpt2"), limits, stop_ids=stops, defaults=Sampling(temperature=0, max_tokens=14))


@pytest.mark.parametrize("beams", [2, 3, 5])
@pytest.mark.parametrize("stops", [[STOP], list(range(0, 97, 4))])
def test_beams_side_by_side_find_what_each_would_find_alone(beams: int, stops: list[int]) -> None:
    asked = prompts(6, seed=beams)
    engine = engine_of(stops)
    for number, prompt in enumerate(asked):
        engine.add(Request(str(number), prompt, Sampling(num_beams=beams, max_tokens=14)))
    found = answers(engine)
    assert [found[str(number)] for number in range(6)] == [searched(prompt, beams, stops) for prompt in asked]


def test_the_first_bots_decoding_is_the_one_of_transformers() -> None:
    engine = engine_of([STOP])
    asked = prompts(4, seed=9)
    for number, prompt in enumerate(asked):
        engine.add(Request(str(number), prompt, FIRST_BOTS, banned=((3,), (8, 9))))
    found = answers(engine)
    for number, prompt in enumerate(asked):
        expected = searched(
            prompt, 3, [STOP], no_repeat_ngram_size=3, repetition_penalty=1.25, bad_words_ids=[[3], [8, 9]]
        )
        assert found[str(number)] == expected


def test_beams_give_back_every_row_when_they_end_or_are_cancelled() -> None:
    engine = engine_of([STOP])
    engine.add(Request("a", (1, 2, 3), FIRST_BOTS))
    engine.add(Request("b", (1, 2, 4), FIRST_BOTS))
    engine.step()
    engine.step()
    engine.cancel("a")
    answers(engine)
    assert not any(slab.seats for slab in engine._memory._slabs)
