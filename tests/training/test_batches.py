"""Every dialogue is learnt once an epoch, whole, and what fills a row is no label."""

from __future__ import annotations

from random import Random

from model.prompt import Renderer
from tests.model.tiny import tiny_tokenizer
from training.batches import IGNORED, batches, rows
from training.corpora import pair

RENDERER = Renderer(tiny_tokenizer())
DIALOGUES = [pair(f"q{number}", f"answer {number}", "made up") for number in range(40)]


def test_every_dialogue_is_in_exactly_one_row() -> None:
    made = list(rows(DIALOGUES, RENDERER, 200, Random(1)))
    text = "".join(RENDERER.decode(ids) for ids, _ in made)
    assert all(len(ids) <= 200 for ids, _ in made)
    assert 1 < len(made) < len(DIALOGUES), "some rows hold several"
    assert sum(text.count(f"answer {number}") for number in range(10, 40)) == 30


def test_what_fills_a_row_is_no_label() -> None:
    made = list(rows(DIALOGUES, RENDERER, 200, Random(1)))
    batched = batches(made, 400, 200, RENDERER.pad_id, Random(1))
    tokens = sum(len(ids) for ids, _ in made)
    assert sum(int((batch.labels != IGNORED).sum()) for batch in batched) == tokens
    for batch in batched:
        known = batch.labels != IGNORED
        assert bool((batch.ids[known] == batch.labels[known]).all())
        assert bool((known.int().diff(dim=1) <= 0).all()), "the filling stands at the end"
