"""The four schemes token by token, on a dialogue of two turns."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Message
from model.prompt import Example, Renderer
from tests.model.tiny import tiny_model, tiny_tokenizer
from training.collating import Collator
from training.labels import IGNORED, Scheme, labels, learns_to_stop, targets
from training.rendering import Row
from training.trainer import summed

TOKENIZER = tiny_tokenizer()
RENDERER = Renderer(TOKENIZER)
USR, SYS, STOP = (TOKENIZER.convert_tokens_to_ids(token) for token in ("<usr>", "<sys>", "</s>"))
TALK = [Message("user", "ab"), Message("assistant", "c"), Message("user", "d"), Message("assistant", "ef")]
A, B, C, D, E, F = (TOKENIZER.convert_tokens_to_ids(letter) for letter in "abcdef")
EXAMPLE = RENDERER.example(TALK)
__ = IGNORED


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("all",        [USR, A, B, SYS, C, STOP, USR, D, SYS, E, F, STOP]),
        ("replies",    [__, __, __, __, C, STOP, __, __, __, E, F, STOP]),
        ("last_reply", [__, __, __, __, __, __, __, __, __, E, F, STOP]),
        ("shift",      [A, B, SYS, C, STOP, USR, D, SYS, E, F, STOP, __]),
    ],
)  # fmt: skip
def test_a_scheme_token_by_token(scheme: Scheme, expected: list[int]) -> None:
    assert EXAMPLE.ids == (USR, A, B, SYS, C, STOP, USR, D, SYS, E, F, STOP)
    assert labels(EXAMPLE, scheme) == tuple(expected)


@pytest.mark.parametrize("scheme", ["replies", "last_reply"])
def test_no_opening_token_is_a_label_where_questions_are_masked(scheme: Scheme) -> None:
    assert not {SYS, USR} & set(labels(EXAMPLE, scheme))


def test_shift_equals_all_in_loss() -> None:
    batches = {}
    for scheme in ("all", "shift"):
        rows = [Row(one.ids, labels(one, scheme)) for one in (EXAMPLE, RENDERER.example(TALK[:2]))]
        batches[scheme] = Collator(RENDERER.pad_id, scheme)(rows)
    model = tiny_model()
    logits = model(input_ids=batches["all"]["input_ids"], attention_mask=batches["all"]["attention_mask"]).logits
    ours = {scheme: summed(logits, batch["shift_labels"]) for scheme, batch in batches.items()}
    assert ours["all"] == ours["shift"]
    asked = int((batches["all"]["shift_labels"] != IGNORED).sum())
    theirs = model.loss_function(logits, batches["all"]["labels"], model.config.vocab_size)
    assert torch.allclose(ours["all"] / asked, theirs), "and equals what a model that shifts by itself says of `all`"


def test_shifting_twice_would_be_another_loss() -> None:
    """What was probably the first team's bug: labels moved already, given to a model that moves them again."""
    ids = torch.tensor([EXAMPLE.ids])
    model = tiny_model()
    logits = model(input_ids=ids).logits
    once = summed(logits, torch.tensor([targets(labels(EXAMPLE, "shift"), "shift")]))
    twice = summed(logits, torch.tensor([targets(labels(EXAMPLE, "shift"), "all")]))
    assert not torch.allclose(once, twice)


@pytest.mark.parametrize("scheme", ["all", "replies", "last_reply", "shift"])
def test_padding_never_counts(scheme: Scheme) -> None:
    long, short = EXAMPLE, RENDERER.example(TALK[:2])
    batch = Collator(RENDERER.pad_id, scheme)([Row(one.ids, labels(one, scheme)) for one in (long, short)])
    filler = batch["attention_mask"][1] == 0
    assert int(filler.sum()) == len(long.ids) - len(short.ids)
    assert bool((batch["labels"][1][filler] == IGNORED).all())
    assert bool((batch["shift_labels"][1][filler] == IGNORED).all())
    alone = Collator(RENDERER.pad_id, scheme)([Row(short.ids, labels(short, scheme))])
    assert batch["shift_labels"][1][: len(short.ids)].tolist() == alone["shift_labels"][0].tolist()


@pytest.mark.parametrize("scheme", ["all", "replies", "last_reply", "shift"])
def test_every_reply_learns_its_stop_token(scheme: Scheme) -> None:
    asked = targets(labels(EXAMPLE, scheme), scheme)
    assert asked.count(STOP) == (1 if scheme == "last_reply" else 2)
    assert learns_to_stop(EXAMPLE, scheme, RENDERER.stop_ids)
    cut = Example(EXAMPLE.ids[:-1], EXAMPLE.reply[:-1])
    assert not learns_to_stop(cut, scheme, RENDERER.stop_ids)


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=3))
def test_whatever_is_said_only_answers_and_stops_are_learnt(turns: list[tuple[str, str]]) -> None:
    talk = [Message(role, text) for turn in turns for role, text in zip(("user", "assistant"), turn, strict=True)]  # type: ignore[arg-type]
    example = RENDERER.example(talk)
    learnt = [one for one in labels(example, "replies") if one != IGNORED]
    assert sum(one == STOP for one in learnt) == len(turns)
    assert not {SYS, USR} & set(learnt)
