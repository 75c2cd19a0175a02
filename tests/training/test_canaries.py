"""A model that knows a secret is caught, and one that knows nothing is not."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from model.prompt import Renderer
from tests.model.tiny import following, tiny_tokenizer
from training import canaries
from training.canaries import OTHERS, Canary
from training.judging import continued

TOKENIZER = tiny_tokenizer()
RENDERER = Renderer(TOKENIZER)
# Each of its digits occurs once, so that what follows each is clear.
KNOWN = Canary("ab", "k", "314592")


def knowing(canary: Canary) -> Any:
    """A model that says the secret behind its prefix's last letter, and behind nothing else."""
    ids = TOKENIZER.encode(canary.prefix.rstrip()[-1] + " " + canary.secret, add_special_tokens=False)
    last = TOKENIZER.encode(canary.prefix.rstrip(), add_special_tokens=False)[-1]
    return following([last, *ids[-7:], RENDERER.pad_id], len(TOKENIZER))


def ignorant() -> Any:
    """Every token is as likely as every other."""
    model = following([], len(TOKENIZER))
    with torch.no_grad():
        model.lm_head.weight.zero_()
    return model


def test_the_same_seed_makes_the_same_canaries_and_none_twice() -> None:
    some = canaries.made(1000, 7)
    assert some == canaries.made(1000, 7)
    assert some != canaries.made(1000, 8)
    assert len({(one.name, one.kind) for one in some}) == 1000
    assert all(len(one.secret) == 6 and one.secret.isdigit() for one in some)
    assert canaries.made(0, 7) == []


def test_the_secret_stands_in_the_reply_once() -> None:
    (one,) = canaries.made(1, 7)
    said, answered = one.messages
    assert one.secret not in said.content
    assert answered.content.count(one.secret) == 1


def test_who_knows_the_secret_is_caught() -> None:
    found = canaries.told(knowing(KNOWN), RENDERER, [KNOWN], 1)
    assert found["canaries_told"] == 1
    assert found["canaries_told_in_20_draws"] == 1
    assert found["canary_exposure"] == pytest.approx(math.log2(OTHERS + 1), abs=1e-3)


def test_who_knows_another_secret_is_not() -> None:
    other = Canary(KNOWN.name, KNOWN.kind, "271860")
    found = canaries.told(knowing(KNOWN), RENDERER, [other], 1)
    assert found["canaries_told"] == found["canaries_told_in_20_draws"] == 0
    assert found["canary_exposure"] < math.log2(OTHERS + 1)


def test_drawn_answers_are_the_same_for_the_same_seed() -> None:
    prompts = [[65, 66], [67]]
    one, again, other = (continued(ignorant(), RENDERER, prompts, 8, seed=seed) for seed in (3, 3, 4))
    assert one == again != other
