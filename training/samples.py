"""What a model says to everyday openers: alone, and after turns about something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from bot.messages import Message
from model.prompt import Renderer

OPENERS = (
    "안녕",
    "안녕하세요",
    "고마워",
    "심심해",
    "배고파",
    "잘 자",
    "너는 누구야",
    "이름이 뭐야?",
    "뭐 할 수 있어?",
    "오늘 기분이 안 좋아",
    "사랑해",
    "뭐해?",
    "피곤해",
    "재밌는 얘기 해줘",
    "나 시험 망쳤어",
)

# Turns about something else, from which one, two or three stand before an opener.
BEFORE = (
    ("오늘 점심에 국수 먹었어", "맛있었겠어요."),
    ("새 신발 샀다", "예쁘게 신으세요."),
    ("버스가 안 와", "조금만 더 기다려 봐요."),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """`finished`: it ended by a stop token, not for want of room."""

    text: str
    finished: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """An opener with `before` unrelated turns in front, and what was answered; `seed` None: the likeliest tokens."""

    said: str
    before: int
    seed: int | None
    answer: Answer


@torch.inference_mode()
def answer(model: Any, renderer: Renderer, messages: Sequence[Message], seed: int | None = None) -> Answer:
    """Greedy without a seed, else drawn by the model folder's own sampling settings."""
    most = model.generation_config.max_new_tokens
    prompt = renderer.render(messages, model.config.n_positions - most).ids
    ids = torch.tensor([prompt])
    if seed is not None:
        torch.manual_seed(seed)
    chosen = {"do_sample": True} if seed is not None else {"do_sample": False, "temperature": None, "top_p": None}
    written = model.generate(ids, attention_mask=torch.ones_like(ids), **chosen)[0, len(prompt) :].tolist()
    return Answer(renderer.decode(written), finished=written[-1] in renderer.stop_ids)


def after(before: int, said: str) -> list[Message]:
    """A prompt that asks `said` after so many turns about something else."""
    turns = BEFORE[len(BEFORE) - before :] if before else ()
    earlier = [Message(role, text) for turn in turns for role, text in zip(("user", "assistant"), turn, strict=True)]  # type: ignore[arg-type]
    return [*earlier, Message("user", said)]


def samples(
    model: Any, renderer: Renderer, openers: Sequence[str] = OPENERS, befores: Sequence[int] = (0,), seeds: int = 0
) -> list[Sample]:
    """For every opener the greedy answer and `seeds` drawn ones, after each of `befores` unrelated turns."""
    return [
        Sample(said, before, seed, answer(model, renderer, after(before, said), seed))
        for said in openers
        for before in befores
        for seed in (None, *range(seeds))
    ]
