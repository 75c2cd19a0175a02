"""Dialogues -> batches of ids: unrelated dialogues in a row as history, like lengths together, in mixed order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from bot.messages import Message
from model.prompt import Renderer
from training.corpora import Dialogue
from training.labels import IGNORED
from training.rendering import fit

# How many dialogues stand in one row, and how often: mostly none or a few before the last.
_ROW_SIZES = (1, 2, 3, 4)
_ROW_WEIGHTS = (60, 22, 12, 6)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one length, filled at the end. `labels` are the ids, IGNORED where nothing is to be learnt."""

    ids: Tensor
    labels: Tensor
    positions: Tensor


Row = tuple[tuple[int, ...], tuple[bool, ...]]


def rows(
    dialogues: Sequence[Dialogue], renderer: Renderer, window: int, random: Random, dropped: Counter[str]
) -> Iterator[Row]:
    """Every dialogue once, with nought to three unrelated ones before it, in rows of at most `window` tokens.

    No answer is ever cut: the oldest turns are left out, and a dialogue whose last turn alone is longer is dropped.
    """
    order = random.sample(dialogues, len(dialogues))
    while order:
        size = random.choices(_ROW_SIZES, _ROW_WEIGHTS)[0]
        ids: tuple[int, ...] = ()
        reply: tuple[bool, ...] = ()
        while order and size:
            written = [_as_written(message, random) for message in order[-1].messages]
            _, more = fit(written, renderer, window)
            if len(more.ids) > window:
                dropped["longer than the window"] += 1
                order.pop()
                continue
            if ids and len(ids) + len(more.ids) > window:
                break
            ids, reply = ids + more.ids, reply + more.reply
            order.pop()
            size -= 1
        if ids:
            yield ids, reply


def batches(rows: Sequence[Row], tokens: int, window: int, pad: int, random: Random) -> list[Batch]:
    """Rows in batches of about `tokens`, alike in length, the batches shuffled: in order of length learning suffers."""
    ordered = sorted(rows, key=lambda row: (len(row[0]), random.random()))
    made: list[Batch] = []
    waiting: list[Row] = []
    for row in ordered:
        if waiting and len(row[0]) * (len(waiting) + 1) > tokens:
            made.append(_batch(waiting, window, pad, random))
            waiting = []
        waiting.append(row)
    if waiting:
        made.append(_batch(waiting, window, pad, random))
    random.shuffle(made)
    return made


def _batch(rows: Sequence[Row], window: int, pad: int, random: Random) -> Batch:
    """Label scheme `all`: the question teaches too. Some rows start later, so that every position is learnt."""
    length = max(len(ids) for ids, _ in rows)
    starts = [random.randint(0, window - length) if random.random() < 0.25 else 0 for _ in rows]
    return Batch(
        ids=torch.tensor([[*ids, *[pad] * (length - len(ids))] for ids, _ in rows]),
        labels=torch.tensor([[*ids, *[IGNORED] * (length - len(ids))] for ids, _ in rows]),
        positions=torch.tensor(starts)[:, None] + torch.arange(length),
    )


_ENDINGS = ("", "", "", ".", "!", "?", "~", "..", "ㅠㅠ", "ㅋㅋ", "ㅎㅎ", "!!", "ㅜㅜ")
_LAST_SIGNS = re.compile(r"[.!?~ㅠㅜㅋㅎ…\s]+$")


def _as_written(message: Message, random: Random) -> Message:
    """People's lines as they might as well have been typed: without spaces, with another ending."""
    if message.role != "user" or random.random() < 0.7:
        return message
    text = message.content
    if random.random() < 0.5:
        text = text.replace(" ", "") if random.random() < 0.5 else _without_one_space(text, random)
    ending = random.choice(_ENDINGS)
    return Message("user", (_LAST_SIGNS.sub("", text) or text) + ending)


def _without_one_space(text: str, random: Random) -> str:
    spaces = [at for at, character in enumerate(text) if character == " "]
    if not spaces:
        return text
    at = random.choice(spaces)
    return text[:at] + text[at + 1 :]
