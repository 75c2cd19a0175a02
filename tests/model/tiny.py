"""A random GPT-2 of a few thousand weights with a byte-level tokenizer: everything a model folder has, and fast."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

CONTEXT = 96
STOP, ASKS, ANSWERS = "</s>", "<usr>", "<sys>"
TEMPLATE = (
    "{% for message in messages %}{% if message.role == 'user' %}<usr>{{ message.content }}"
    "{% elif message.role == 'assistant' %}<sys>{{ message.content }}</s>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<sys>{% endif %}"
)


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={char: id for id, char in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        eos_token=STOP,
        pad_token=STOP,
        additional_special_tokens=[ASKS, ANSWERS],
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = TEMPLATE
    return fast


def tiny_model(vocabulary: int = 259, *, seed: int = 0) -> GPT2LMHeadModel:
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=vocabulary, n_positions=CONTEXT, n_embd=16, n_layer=2, n_head=2, bos_token_id=256, eos_token_id=256
    )
    model = GPT2LMHeadModel(config)
    with torch.no_grad():
        # Larger than the usual initialisation, so that choices differ and depend on the whole prompt.
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.normal_(std=0.6)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def saying(text: str, *, for_ever: bool = False) -> GPT2LMHeadModel:
    """A model that answers any prompt with just this, once or for ever. No byte of `text` may occur twice."""
    tokenizer = tiny_tokenizer()
    ids = tokenizer.encode(text, add_special_tokens=False)
    if len(set(ids)) != len(ids):
        raise ValueError("a byte repeats: what follows it would not be clear")
    controls = tokenizer.get_added_vocab()
    return following([controls[ANSWERS], *ids, ids[0] if for_ever else controls[STOP]], len(tokenizer))


def following(chain: Sequence[int], vocabulary: int) -> GPT2LMHeadModel:
    """A model whose likeliest token after chain[n] is chain[n + 1], by far."""
    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=CONTEXT,
        n_embd=vocabulary,
        n_layer=1,
        n_head=1,
        tie_word_embeddings=False,
        bos_token_id=vocabulary - 3,
        eos_token_id=vocabulary - 3,
    )
    model = GPT2LMHeadModel(config)
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        model.transformer.ln_f.weight.fill_(1.0)
        model.transformer.wte.weight.copy_(torch.eye(vocabulary))
        for before, after in pairwise(chain):
            model.lm_head.weight[after, before] = 10.0
    model.eval()  # type: ignore[no-untyped-call]
    return model


def tiny_folder(folder: Path, model: GPT2LMHeadModel | None = None, **generation: float | bool) -> Path:
    """A model folder as training/ would write it."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = tiny_tokenizer()
    model = model or tiny_model(len(tokenizer))
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        eos_token_id=tokenizer.eos_token_id, **generation
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
