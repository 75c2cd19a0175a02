"""Every dialogue is learnt once an epoch, whole, and what fills a row is no label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from bot.messages import Message
from model.prompt import Renderer
from tests.model.tiny import tiny_tokenizer
from training.batches import Row, batches, rows
from training.corpora import Dialogue, pair
from training.labels import IGNORED

RENDERER = Renderer(tiny_tokenizer())
DIALOGUES = [pair(f"q{number}", f"answer {number}", "made up") for number in range(40)]


def made_rows(dialogues: Sequence[Dialogue], window: int, dropped: Counter[str] | None = None) -> list[Row]:
    return list(rows(dialogues, RENDERER, window, Random(1), Counter() if dropped is None else dropped))


def test_every_dialogue_is_in_exactly_one_row() -> None:
    made = made_rows(DIALOGUES, 200)
    text = "".join(RENDERER.decode(ids) for ids, _ in made)
    assert all(len(ids) <= 200 for ids, _ in made)
    assert 1 < len(made) < len(DIALOGUES), "some rows hold several"
    assert sum(text.count(f"answer {number}") for number in range(10, 40)) == 30


def test_no_answer_is_cut_to_fit_the_window() -> None:
    said = [Message("user", "옛날"), Message("assistant", "이야기"), Message("user", "q"), Message("assistant", "끝")]
    dropped: Counter[str] = Counter()
    made = made_rows([Dialogue(tuple(said), "made up"), pair("q", "길" * 30, "made up")], 16, dropped)
    ((ids, reply),) = made
    assert RENDERER.decode(ids).endswith("끝")
    assert (ids[-1] in RENDERER.stop_ids, reply[-1]) == (True, True)
    assert dropped == {"longer than the window": 1}


def test_what_fills_a_row_is_no_label() -> None:
    made = made_rows(DIALOGUES, 200)
    batched = batches(made, 400, 200, RENDERER.pad_id, Random(1))
    tokens = sum(len(ids) for ids, _ in made)
    assert sum(int((batch.labels != IGNORED).sum()) for batch in batched) == tokens
    for batch in batched:
        known = batch.labels != IGNORED
        assert bool((batch.ids[known] == batch.labels[known]).all())
        assert bool((known.int().diff(dim=1) <= 0).all()), "the filling stands at the end"
