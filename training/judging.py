"""A trained model on held-out dialogues -> every figure of its leaderboard row."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from model.prompt import Renderer
from training import metrics
from training.corpora import Dialogue
from training.measure import reply_bits
from training.metrics import Written
from training.samples import answer

SOME = 200  # dialogues to answer: writing costs far more than predicting


def judge(model: Any, renderer: Renderer, dialogues: Sequence[Dialogue], seed: int, some: int = SOME) -> dict[str, Any]:
    """Bits of all replies; chrF, variety and faults of the likeliest answers to the first `some`.

    The model's generation_config says how long an answer may be.
    """
    told = reply_bits(model, renderer, dialogues)
    return metrics.judged(told, list(written(model, renderer, dialogues[:some])), seed)


def written(model: Any, renderer: Renderer, dialogues: Sequence[Dialogue]) -> Iterator[Written]:
    """The model's own answers, timed one by one."""
    for dialogue in dialogues:
        began = time.perf_counter()
        answered = answer(model, renderer, dialogue.messages[:-1])
        seconds = time.perf_counter() - began
        yield Written(dialogue.question, dialogue.reply, answered.text, answered.finished, seconds)
