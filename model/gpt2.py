"""GPT-2 reads a packed step in as few operations, and with as little Python between them, as it can.

transformers' own modules hold the weights. They are made for training and for every kind of cache as well, which costs
a tenth of a step of one chat. The figures are the same to the last bit.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import layer_norm
from transformers import GPT2LMHeadModel, PreTrainedModel

from model.packed import How, Packed


def reads(model: PreTrainedModel) -> bool:
    """Whether the model is a GPT-2, without the attention to another model's text that this file leaves out."""
    return type(model) is GPT2LMHeadModel and not model.config.add_cross_attention


def logits(model: PreTrainedModel, packed: Packed, places: torch.Tensor) -> torch.Tensor:
    """What the model expects behind these places of the packed row, [places, vocabulary]."""
    body: Any = model.transformer
    hidden = body.wte(packed.ids) + body.wpe(packed.positions)  # [1, tokens, width]
    for layer, block in enumerate(body.h):
        attention, mlp = block.attn, block.mlp
        heads = attention.c_attn(_normed(block.ln_1, hidden)).view(hidden.shape[1], 3, attention.num_heads, -1)
        query, key, value = heads.permute(1, 2, 0, 3).unsqueeze(1).unbind()
        attended = packed.attend(layer, query, key, value, How(attention.scaling, window=None, softcap=None))
        hidden = hidden + attention.c_proj(attended.reshape(hidden.shape))
        hidden = hidden + mlp.c_proj(mlp.act(mlp.c_fc(_normed(block.ln_2, hidden))))
    expected: torch.Tensor = model.lm_head(_normed(body.ln_f, hidden)[:, places])
    return expected[0]


def _normed(norm: nn.LayerNorm, hidden: torch.Tensor) -> torch.Tensor:
    return layer_norm(hidden, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
