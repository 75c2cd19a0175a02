"""One step: a model reads packed tokens and says what it expects next."""

from __future__ import annotations

import torch
from transformers import PreTrainedModel

from model import gpt2
from model.memory import Memory
from model.packed import Packed, Stretch, prepare

_ALIKE = 0.1  # standard deviations of the logits: far above bfloat16's rounding, far below another answer's


def read(model: PreTrainedModel, packed: Packed, places: torch.Tensor | None = None) -> torch.Tensor:
    """What the model expects behind each stretch, or behind these places: logits in float32, [places, vocabulary]."""
    places = packed.last if places is None else places
    return (gpt2.logits if gpt2.reads(model) else _logits)(model, packed, places).float()


def _logits(model: PreTrainedModel, packed: Packed, places: torch.Tensor) -> torch.Tensor:
    output = model(
        input_ids=packed.ids,
        position_ids=packed.positions,
        use_cache=False,
        logits_to_keep=places,
        packed=packed,
    )
    logits: torch.Tensor = output.logits
    return logits[0]


def vocabulary(model: PreTrainedModel) -> int:
    """How many tokens the model has numbers for."""
    return int(model.config.get_text_config(decoder=True).vocab_size)


@torch.inference_mode()
def faithful(model: PreTrainedModel) -> bool:
    """Whether a packed model says what it says by itself; leaves it packed.

    False for architectures that carry a state of their own from token to token (Mamba, linear attention).
    """
    words = vocabulary(model)
    ids = [number * 7919 % words for number in range(1, 41)]  # 0 is often padding, about which transformers would warn
    alone = torch.tensor([ids], device=model.device)
    seen = torch.ones_like(alone)  # said for the log's sake: transformers would advise it
    by_itself = model(input_ids=alone, attention_mask=seen, use_cache=False).logits[0, -1].float()
    prepare(model)
    seat = Memory(64).seat(len(ids))
    for start, end in ((0, 24), (24, 39), (39, 40)):
        packed = read(model, Packed([Stretch(seat, start, ids[start:end])], model.device))[0]
    return alike(packed, by_itself)


def alike(logits: torch.Tensor, others: torch.Tensor) -> bool:
    """Whether only rounding sets them apart, in each row, and both forbid the same tokens: [..., vocabulary]."""
    forbidden = others.isneginf()
    if not torch.equal(forbidden, logits.isneginf()):
        return False
    logits, others = logits.masked_fill(forbidden, 0.0), others.masked_fill(forbidden, 0.0)
    return bool(((logits - others).abs().amax(-1) <= _ALIKE * others.std(-1)).all())
