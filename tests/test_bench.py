"""The bench measures what it says, on a model small enough for a test."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.bench import fairness, first_token, lag, profile, reuse, throughput
from tests.bench.genai import GenAI
from tests.bench.models import TINY
from tests.bench.report import page

ABOUT = dict.fromkeys(
    ("cpu", "cores", "date", "torch", "transformers", "openvino", "python", "load", "load_after"), "?"
)


def test_every_part_measures_and_is_reported() -> None:
    measured: dict[str, Any] = {
        "throughput2": throughput.measure(TINY, 2, rounds=1, chats=(1, 3)),
        "profile": profile.measure(TINY, 2, chats=(1, 3)),
        "first_token": first_token.measure(TINY, 2, rounds=1, others=3),
        "lag": lag.measure(chats=2, rounds=1),
        "reuse": reuse.measure(),
        "fairness": fairness.measure(),
    }
    assert all(row["ratio"] > 0 for row in measured["throughput2"]["rows"])
    assert all(sum(row["shares"].values()) == pytest.approx(1) for row in measured["profile"])
    text = page(ABOUT, measured)
    assert text.count("## ") == 7
    assert "{" not in text


def test_a_slot_is_used_again_in_the_next_step() -> None:
    steps = reuse.measure()
    assert (steps["finished"], steps["stopped"]) == (1, 1)
    assert steps["disconnected"] < 10, "the one who left would have written on for eighty"


def test_nobody_waits_for_the_twenty_questions_of_another() -> None:
    waits = fairness.measure()
    assert all(found["beside twenty"] == found["beside one"] for found in waits.values())
    assert waits["as shipped"]["beside twenty"] == 0


def test_openvino_writes_what_the_model_writes() -> None:
    pytest.importorskip("openvino_genai", reason="the extra `bench` is not installed")
    prompts = TINY.prompts(2)
    model, told = TINY.model(), GenAI(TINY, 2, 2, int8=False).answers(prompts)
    for prompt, answer in zip(prompts, told, strict=True):
        ids = torch.tensor([prompt])
        whole = model.generate(  # type: ignore[misc]
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=TINY.written, do_sample=False, pad_token_id=0
        )
        assert answer == whole[0, TINY.asked :].tolist()
