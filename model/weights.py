"""Brings a checked model folder's weights into memory, from safetensors alone and without the network."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel
from transformers.utils import logging as transformers_logging

from model import folder as folders
from model.folder import FolderError
from model.precision import Precision, settle

log = logging.getLogger(__name__)


def load(folder: Path, precision: Precision = "auto") -> PreTrainedModel:
    """The folder's model, ready to be asked; on the first GPU if there is one.

    precision  what to compute in
    Raises FolderError when the folder isn't in order, or when its weights don't match its configuration.
    """
    folders.check(folder)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    kind = "auto" if device == "cuda" else torch.float32
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=kind,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, SafetensorError) as error:
        raise FolderError(f"{folder}: {first_line(error)}") from error
    model, told = loaded
    absent = sorted(told["missing_keys"]) + sorted(str(key) for key in told["mismatched_keys"])
    if absent:  # transformers would go on with random numbers in their place
        raise FolderError(f"{folder}: {len(absent)} weights are missing or of another shape, the first is {absent[0]}")
    log.info("computing in %s", settle(model, precision, device))
    return cast(PreTrainedModel, model.to(device).eval())


def window(model: PreTrainedModel) -> int:
    """Tokens of prompt and answer together that the model has positions for.

    LongRoPE turns by other frequencies as soon as one text of a step is longer than those the model began with: all
    of them, and not what was read before. So no text gets longer than those.
    """
    config = model.config.get_text_config(decoder=True)
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions < 2:
        raise FolderError("config.json does not say how long a text the model can read (max_position_embeddings)")
    shorter = min([positions, *_before_longrope(config)])
    if shorter < positions:
        log.info("LongRoPE: texts of up to %d tokens, not %d: a longer one would change the others", shorter, positions)
    return shorter


def _before_longrope(config: PreTrainedConfig) -> Iterator[int]:
    """The longest texts before LongRoPE, for each kind of layer that has it."""
    rope = getattr(config, "rope_parameters", None) or {}
    for one in (rope, *rope.values()):  # one for all layers, or one for each kind of them
        if isinstance(one, Mapping) and one.get("rope_type") == "longrope":
            yield one["original_max_position_embeddings"]


def bytes_per_token(model: PreTrainedModel) -> int:
    """Bytes of keys and values for one token."""
    config = model.config.get_text_config(decoder=True)
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * size * model.dtype.itemsize)


def first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
