"""A trained model on held-out dialogues -> every figure of its leaderboard row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import torch
from transformers import GenerationConfig

from bot.messages import Message
from model.prompt import Renderer
from training import metrics
from training.corpora import Dialogue
from training.measure import reply_bits
from training.metrics import Written
from training.samples import Answer

SOME = 200  # dialogues to answer: writing costs far more than predicting
LONGEST = 64  # tokens of an answer, after which it counts as cut

T = TypeVar("T")


def judge(
    model: Any, renderer: Renderer, dialogues: Sequence[Dialogue], window: int, seed: int, some: int = SOME
) -> dict[str, Any]:
    """Bits of all replies; chrF, variety and faults of the likeliest answers to `some` of them, evenly spread."""
    told = reply_bits(model, renderer, dialogues)
    return metrics.judged(told, list(written(model, renderer, spread(dialogues, some), window)), seed)


def spread(rows: Sequence[T], some: int) -> Sequence[T]:
    """At most so many, from beginning to end: files are often in order of their topics. 0: all."""
    return rows if not some or len(rows) <= some else [rows[at * len(rows) // some] for at in range(some)]


def written(model: Any, renderer: Renderer, dialogues: Iterable[Dialogue], window: int) -> Iterator[Written]:
    """The model's own answers."""
    return timed(dialogues, lambda one: answers(model, renderer, [one.messages[:-1]], window)[0])


def timed(dialogues: Iterable[Dialogue], answer: Callable[[Dialogue], Answer]) -> Iterator[Written]:
    """What is answered, timed one by one."""
    for dialogue in dialogues:
        began = time.perf_counter()
        answered = answer(dialogue)
        seconds = time.perf_counter() - began
        yield Written(dialogue.question, dialogue.reply, answered.text, answered.finished, seconds)


def answers(
    model: Any, renderer: Renderer, prompts: Sequence[Sequence[Message]], window: int, longest: int = LONGEST
) -> list[Answer]:
    """The likeliest answer to each prompt, in one batch."""
    longest = min(longest, window // 2)
    ids = [renderer.render(prompt, window - longest).ids for prompt in prompts]
    return [
        Answer(renderer.settled(one), finished=bool(one) and one[-1] in renderer.stop_ids)
        for one in continued(model, renderer, ids, longest)
    ]


@torch.inference_mode()
def continued(
    model: Any, renderer: Renderer, prompts: Sequence[Sequence[int]], longest: int, seed: int | None = None
) -> list[list[int]]:
    """The likeliest tokens behind each prompt, or with a seed drawn ones at temperature 1, up to a stop token.

    `prompts` are filled at their start to one length. The model is left in eval mode.
    """
    model.eval()
    length = max(len(one) for one in prompts)
    filled = [[renderer.pad_id] * (length - len(one)) + list(one) for one in prompts]
    seen = [[0] * (length - len(one)) + [1] * len(one) for one in prompts]
    if seed is not None:
        torch.manual_seed(seed)
    how: Any = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=seed is not None,
        top_k=0 if seed is not None else None,
        repetition_penalty=1.0,
        max_new_tokens=longest,
        eos_token_id=sorted(renderer.stop_ids),
        pad_token_id=renderer.pad_id,
    )
    made = model.generate(
        torch.tensor(filled, device=model.device),
        attention_mask=torch.tensor(seen, device=model.device),
        generation_config=how,
    )
    return [_until_stop(row, renderer) for row in made[:, length:].tolist()]


def _until_stop(row: list[int], renderer: Renderer) -> list[int]:
    """Without what fills the rows that ended before others."""
    for at, id in enumerate(row):
        if id in renderer.stop_ids:
            return row[: at + 1]
    return row
