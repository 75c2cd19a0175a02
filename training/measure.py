"""How well a model predicts held-out replies: bits per character."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from model.prompt import Renderer
from training.corpora import Dialogue


@dataclass(frozen=True, slots=True)
class Told:
    """What one held-out reply cost.

    `bits` of its tokens and its stop token, `tokens` how many those are, `characters` of the reply in NFC.
    """

    bits: float
    tokens: int
    characters: int


def bits_per_character(model: Any, renderer: Renderer, dialogues: Sequence[Dialogue], batch: int = 64) -> float:
    """Negative log-likelihood in bits of every last reply and its stop token, over the replies' NFC characters.

    Comparable between tokenizers. `model` is any causal language model of transformers; it is left in eval mode.
    """
    told = reply_bits(model, renderer, dialogues, batch)
    return sum(one.bits for one in told) / sum(one.characters for one in told)


@torch.inference_mode()
def reply_bits(model: Any, renderer: Renderer, dialogues: Sequence[Dialogue], batch: int = 64) -> list[Told]:
    """The cost of every dialogue's last reply, in the order of the dialogues. The model is left in eval mode."""
    model.eval()
    examples = [renderer.example(dialogue.messages) for dialogue in dialogues]
    order = sorted(range(len(examples)), key=lambda at: len(examples[at].ids))
    costs: dict[int, Told] = {}
    for at in range(0, len(order), batch):
        places = order[at : at + batch]
        some = [examples[place] for place in places]
        length = max(len(one.ids) for one in some)
        device = model.device
        ids = torch.tensor([[*one.ids, *[renderer.pad_id] * (length - len(one.ids))] for one in some], device=device)
        marks = [[*_last_reply(one.reply), *[False] * (length - len(one.ids))] for one in some]
        last = torch.tensor(marks, device=device)
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        logs = torch.log_softmax(logits[:, :-1].float(), -1)
        told = logs.gather(-1, ids[:, 1:, None])[..., 0]
        bits = -(told * last[:, 1:]).sum(-1) / math.log(2)
        for place, cost, tokens in zip(places, bits.tolist(), last[:, 1:].sum(-1).tolist(), strict=True):
            costs[place] = Told(cost, tokens, characters(dialogues[place].reply))
    return [costs[place] for place in range(len(examples))]


def characters(reply: str) -> int:
    """How many a reply has, in NFC: what bits are divided by."""
    return len(unicodedata.normalize("NFC", reply))


def _last_reply(reply: Sequence[bool]) -> list[bool]:
    """Only the last stretch of marks; a template may put something behind it ("<|im_end|>" and a line's end)."""
    end = len(reply)
    while end and not reply[end - 1]:
        end -= 1
    start = end
    while start and reply[start - 1]:
        start -= 1
    return [start <= at < end for at in range(len(reply))]
