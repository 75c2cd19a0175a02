"""How well a model predicts held-out replies: bits per character."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from model.prompt import Renderer
from training.corpora import Dialogue


@torch.inference_mode()
def bits_per_character(model: Any, renderer: Renderer, dialogues: Sequence[Dialogue], batch: int = 64) -> float:
    """Negative log-likelihood in bits of every last reply and its stop token, over the replies' NFC characters.

    Comparable between tokenizers. `model` is any causal language model of transformers; it is left in eval mode.
    """
    model.eval()
    examples = sorted((renderer.example(dialogue.messages) for dialogue in dialogues), key=lambda one: len(one.ids))
    bits = 0.0
    for at in range(0, len(examples), batch):
        some = examples[at : at + batch]
        length = max(len(one.ids) for one in some)
        ids = torch.tensor([[*one.ids, *[renderer.pad_id] * (length - len(one.ids))] for one in some])
        last = torch.tensor([[*_last_reply(one.reply), *[False] * (length - len(one.ids))] for one in some])
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        logs = torch.log_softmax(logits[:, :-1].float(), -1)
        told = logs.gather(-1, ids[:, 1:, None])[..., 0]
        bits -= float(told[last[:, 1:]].sum()) / math.log(2)
    return bits / sum(len(dialogue.reply) for dialogue in dialogues)


def _last_reply(reply: Sequence[bool]) -> list[bool]:
    """Only the last stretch of marks."""
    start = len(reply)
    while start and reply[start - 1]:
        start -= 1
    return [at >= start for at in range(len(reply))]
