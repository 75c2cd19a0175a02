"""Words that are missed on the way."""

from __future__ import annotations

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from training.embedded import new_tokenizer
from training.hearing import Hearing

LINES = ["오늘 점심 뭐 먹지", "국수 어때요", "밥은 먹었어?", "네, 잘 먹었어요"] * 4


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return new_tokenizer(LINES, 400, 64)


@pytest.fixture(scope="module")
def rows(tokenizer: PreTrainedTokenizerFast) -> torch.Tensor:
    row = "<usr>오늘 점심 뭐 먹지<sys>국수 어때요</s><usr>밥은 먹었어?<sys>네, 잘 먹었어요</s>"
    return torch.tensor([tokenizer(row)["input_ids"]] * 400)


def test_only_what_people_say_is_missed(tokenizer: PreTrainedTokenizerFast, rows: torch.Tensor) -> None:
    torch.manual_seed(7)
    heard = Hearing(tokenizer, 0.15).of(rows)
    user, bot = tokenizer.encode("<usr><sys>")
    said, speaks = [], False
    for token in rows[0].tolist():
        speaks = token == user or (speaks and token != bot)
        said.append(speaks and token != user)
    changed = (heard != rows).any(0).tolist()
    assert changed == said
    share = (heard != rows)[:, torch.tensor(said)].float().mean().item()
    assert share == pytest.approx(0.15, abs=0.02)


def test_half_is_hidden_and_half_is_something_else(tokenizer: PreTrainedTokenizerFast, rows: torch.Tensor) -> None:
    torch.manual_seed(7)
    heard = Hearing(tokenizer, 0.3).of(rows)
    missed = heard[heard != rows]
    assert (missed == tokenizer.pad_token_id).float().mean().item() == pytest.approx(0.5, abs=0.08)
    assert not set(missed.tolist()) & (set(tokenizer.all_special_ids) - {tokenizer.pad_token_id})


def test_nothing_is_missed_where_nothing_is_to_be(tokenizer: PreTrainedTokenizerFast, rows: torch.Tensor) -> None:
    assert Hearing(tokenizer, 0.0).of(rows) is rows
    with pytest.raises(ValueError, match="share"):
        Hearing(tokenizer, 0.9)
