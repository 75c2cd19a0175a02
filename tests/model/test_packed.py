"""Many sequences in one packed row are read as if each were alone: with every family's own attention, in chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from transformers import (
    Exaone4Config,
    Exaone4ForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from bot.messages import Sampling
from model.engine import Engine
from model.schedule import Limits, Request

SIZES: dict[str, Any] = {"vocab_size": 97, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 4}
HEADS: dict[str, Any] = {
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
}
WINDOW: dict[str, Any] = {"sliding_window": 12, "layer_types": ["sliding_attention", "full_attention"] * 2}
FAMILIES: dict[str, Callable[[], PreTrainedModel]] = {
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(vocab_size=97, n_embd=32, n_layer=3, n_head=4, n_positions=256)),
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, **HEADS)),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**SIZES, **HEADS)),
    "gemma2": lambda: Gemma2ForCausalLM(Gemma2Config(**SIZES, **HEADS, **WINDOW, query_pre_attn_scalar=8)),
    "gemma3": lambda: Gemma3ForCausalLM(Gemma3TextConfig(**SIZES, **HEADS, **WINDOW, query_pre_attn_scalar=8)),
    "exaone4": lambda: Exaone4ForCausalLM(Exaone4Config(**SIZES, **HEADS, **WINDOW)),
}


def random_model(family: str) -> PreTrainedModel:
    torch.manual_seed(0)
    model = FAMILIES[family]()
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.normal_(std=0.3)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def prompts(count: int, seed: int = 0) -> list[tuple[int, ...]]:
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, 60, (count,), generator=generator).tolist()
    return [tuple(torch.randint(0, 97, (length,), generator=generator).tolist()) for length in lengths]


@torch.inference_mode()
def continued(model: PreTrainedModel, prompt: tuple[int, ...], count: int) -> list[int]:
    """Greedily by the model itself, reading everything anew for each token."""
    ids = list(prompt)
    for _ in range(count):
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits
        ids.append(int(logits[0, -1].argmax()))
    return ids[len(prompt) :]


def answers(engine: Engine) -> dict[str, list[int]]:
    written: dict[str, list[int]] = {}
    while engine.running or engine.waiting:
        for produced in engine.step():
            written.setdefault(produced.request, []).extend(produced.tokens)
    return written


def engine_of(model: PreTrainedModel, *, slots: int = 16, chunk: int = 16, kept: int = 1 << 20) -> Engine:
    limits = Limits(slots=slots, waiting=64, context=200, chunk=chunk, kept=kept)
    return Engine(model, limits, stop_ids=[], defaults=Sampling(temperature=0, max_tokens=12))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_answers_as_it_would_alone(family: str) -> None:
    asked = prompts(9)
    alone = [continued(random_model(family), prompt, 12) for prompt in asked]
    engine = engine_of(random_model(family), slots=6)
    for number, prompt in enumerate(asked):
        engine.add(Request(str(number), prompt, Sampling()))
    written = answers(engine)
    assert [written[str(number)] for number in range(9)] == alone


def test_a_long_prompt_is_read_in_chunks_while_others_write_on() -> None:
    engine = engine_of(random_model("llama"), chunk=10)
    engine.add(Request("short", (1, 2), Sampling()))
    engine.step()
    engine.add(Request("long", tuple(range(60)), Sampling()))
    told = [[produced.request for produced in engine.step()] for _ in range(6)]
    assert told == [["short"]] * 5 + [["short", "long"]]


def test_the_second_turn_reads_only_what_is_new_and_answers_the_same() -> None:
    first, follow_up = tuple(range(50)), (5, 6, 7)
    fresh, reusing = engine_of(random_model("qwen3"), kept=0), engine_of(random_model("qwen3"))
    told = []
    for engine in (fresh, reusing):
        engine.add(Request("a", first, Sampling()))
        second = (*first, *answers(engine)["a"], *follow_up)
        engine.add(Request("b", second, Sampling()))
        told.append(answers(engine)["b"])
    assert told[0] == told[1]
    assert (fresh.kept.hits, reusing.kept.hits) == (0, 1)


def test_a_shared_beginning_is_read_once() -> None:
    system = tuple(index % 97 for index in range(150))
    engine = engine_of(random_model("llama"), slots=1, chunk=200)
    for number in range(4):
        engine.add(Request(str(number), (*system, number), Sampling(max_tokens=3)))
    answers(engine)
    assert (engine.kept.hits, engine.kept.misses) == (3, 1)


def test_a_stopped_answer_keeps_what_it_read() -> None:
    engine = engine_of(random_model("llama"), chunk=100)
    engine.add(Request("a", tuple(range(64)), Sampling()))
    engine.step()
    engine.cancel("a")
    engine.add(Request("b", (*range(64), 9), Sampling()))
    engine.step()
    assert engine.kept.hits == 1
