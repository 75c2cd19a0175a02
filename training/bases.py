"""What a training starts from: a model folder, one of the hub, or nothing."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    BitsAndBytesConfig,
    GPT2ForQuestionAnswering,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from model import folder as folders
from model import hub, tokens, weights
from model.prompt import Renderer
from training.config import Config, Lora
from training.embedded import Recipe, new_model, new_tokenizer
from training.rendering import TrainingRefused


@dataclass(frozen=True, slots=True)
class Start:
    """A tokenizer, its renderer, and the window; `open` makes the model, the same one each time."""

    config: Config
    tokenizer: PreTrainedTokenizerFast
    renderer: Renderer
    window: int
    folder: Path | None

    def open(self) -> PreTrainedModel:
        """The model to be trained, with its adapters if there are any."""
        torch.manual_seed(self.config.seed)
        spans = self.config.task == "spans"
        if self.folder is None:
            new = new_model(_recipe(self.config), self.tokenizer)
            return GPT2ForQuestionAnswering(new.config) if spans else new
        model = _loaded(self.folder, self.config.lora, spans=spans)
        if len(self.tokenizer) > int(model.config.get_text_config(decoder=True).vocab_size):
            raise TrainingRefused(f"{self.folder}: the tokenizer has more tokens than the model has embeddings")
        return _adapted(model, self.config.lora) if self.config.lora else model


def start(config: Config, lines: Iterable[str], kept: Path) -> Start:
    """The start of a run. A new tokenizer learns from `lines`; it and what comes from the hub are kept for resuming.

    Raises ModelRefused for a folder that can't be used, TrainingRefused for one that can't be trained.
    """
    if config.scratch:
        return _from_nothing(config, lines, kept)
    assert config.base is not None  # the settings hold one or the other
    folder = Path(config.base.folder) if config.base.folder else _fetched(config.base.hub, config.base.revision, kept)
    folders.check(folder)
    tokens.check(folder / "tokenizer.json")
    tokenizer = _tokenizer(folder)
    return Start(config, tokenizer, _renderer(config, folder, tokenizer), _window(config, _positions(folder)), folder)


def _from_nothing(config: Config, lines: Iterable[str], kept: Path) -> Start:
    recipe = _recipe(config)
    if (kept / "tokenizer.json").is_file():
        tokenizer = _tokenizer(kept)
    else:
        tokenizer = new_tokenizer(lines, recipe.vocabulary, recipe.window)
        tokenizer.save_pretrained(kept)
    return Start(config, tokenizer, Renderer(tokenizer), _window(config, recipe.window), None)


_PLAIN = (  # what a base without chat template needs only so that there is a renderer: spans have no dialogues
    "{% for message in messages %}{{ message.content }}{% if message.role == 'assistant' %}{{ eos_token }}{% endif %}"
    "{% endfor %}"
)


def _renderer(config: Config, folder: Path, tokenizer: PreTrainedTokenizerFast) -> Renderer:
    """By the base's own template, or the one that the settings give."""
    given = config.base.template if config.base else ""
    if config.task == "spans" and not tokenizer.chat_template:
        given = given or _PLAIN
    if not given:
        return Renderer(tokenizer, Renderer.load(folder).stop_ids)
    tokenizer.chat_template = given
    return Renderer(tokenizer)


def _tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return cast(PreTrainedTokenizerFast, tokenizer)  # Renderer refuses any other


def _recipe(config: Config) -> Recipe:
    assert config.scratch is not None
    shape = config.scratch
    return Recipe(
        seed=config.seed,
        vocabulary=shape.vocabulary,
        width=shape.width,
        layers=shape.layers,
        heads=shape.heads,
        window=shape.window,
        dropout=shape.dropout,
    )


def _window(config: Config, positions: int) -> int:
    if config.window > positions:
        raise TrainingRefused(f"window: {config.window} tokens are asked for, the model has positions for {positions}")
    return config.window or positions


def _positions(folder: Path) -> int:
    """As the configuration says, before any weight is read."""
    about = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    positions = getattr(about.get_text_config(decoder=True), "max_position_embeddings", None)
    if not isinstance(positions, int):
        raise TrainingRefused(
            f"{folder}: config.json doesn't say how long a text the model can read (max_position_embeddings):"
            " it could not be served either"
        )
    return positions


def _fetched(name: str, revision: str | None, kept: Path) -> Path:
    """From the hub into the run's folder; a transfer that broke off leaves nothing that could be taken for whole."""
    if not kept.is_dir():
        draft = kept.with_name(f".{kept.name}")
        draft.mkdir(parents=True, exist_ok=True)
        hub.fetch(name, revision, draft)
        draft.rename(kept)
    return kept


def _loaded(folder: Path, lora: Lora | None, *, spans: bool) -> PreTrainedModel:
    kind: Any = AutoModelForQuestionAnswering if spans else AutoModelForCausalLM
    how: dict[str, Any] = {"dtype": torch.float32, **(_quantised(lora) if lora and lora.quantise else {})}
    try:
        return cast(
            PreTrainedModel,
            kind.from_pretrained(folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, **how),
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise TrainingRefused(f"{folder}: {weights.first_line(error)}") from error


def _quantised(lora: Lora) -> dict[str, Any]:
    """How a base is loaded in 4 bits, on this process's own GPU. Raises TrainingRefused where it can't be."""
    if not torch.cuda.is_available():
        raise TrainingRefused(f'[lora] quantise = "{lora.quantise}" needs a CUDA device: leave it out here')
    if importlib.util.find_spec("bitsandbytes") is None:
        raise TrainingRefused(f"[lora] quantise = \"{lora.quantise}\" needs bitsandbytes: pip install 'irang[qlora]'")
    device = int(os.environ.get("LOCAL_RANK", "0"))
    quantised: Any = BitsAndBytesConfig(**four_bits(lora))  # type: ignore[no-untyped-call]
    return {"quantization_config": quantised, "device_map": {"": device}, "dtype": torch.bfloat16}


def four_bits(lora: Lora) -> dict[str, Any]:
    """BitsAndBytesConfig's arguments, as Dettmers et al. 2023 (QLoRA) have them: NF4, with its scales quantised too."""
    return {
        "load_in_4bit": True,
        "bnb_4bit_quant_type": lora.quantise,
        "bnb_4bit_use_double_quant": True,
        "bnb_4bit_compute_dtype": torch.bfloat16,
    }


def _adapted(model: PreTrainedModel, lora: Lora) -> PreTrainedModel:
    try:
        from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
    except ImportError:
        raise TrainingRefused("[lora] needs peft: pip install 'irang[train]'") from None
    if lora.quantise:
        ready: Any = prepare_model_for_kbit_training
        model = ready(model, use_gradient_checkpointing=False)  # Trainer switches that on
    config: Any = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets) or None,
        fan_in_fan_out=model.config.model_type == "gpt2",  # its layers keep their matrices the other way round
        task_type="CAUSAL_LM",
    )
    return cast(PreTrainedModel, get_peft_model(model, config))
