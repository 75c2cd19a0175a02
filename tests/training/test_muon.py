"""Muon takes hidden matrices and nothing else; two optimizers act as one."""

from __future__ import annotations

import io

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from transformers import GPT2Config, GPT2ForQuestionAnswering

from tests.model.tiny import tiny_model
from training.muon import Both, both


def names(model: nn.Module, both: Both, part: int) -> set[str]:
    taken = {id(one) for group in both.parts[part].param_groups for one in group["params"]}
    return {name for name, one in model.named_parameters() if id(one) in taken}


def test_tables_heads_and_vectors_are_adamws() -> None:
    model = GPT2ForQuestionAnswering(GPT2Config(vocab_size=50, n_positions=8, n_embd=8, n_layer=1, n_head=2))
    made = both(model, 1e-3, 0.1)
    muon, adamw = names(model, made, 0), names(model, made, 1)
    assert muon == {
        f"transformer.h.0.{name}.weight" for name in ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    }
    assert {"qa_outputs.weight", "transformer.wte.weight", "transformer.ln_f.bias"} <= adamw
    assert muon | adamw == {name for name, _ in model.named_parameters()}


def test_what_is_frozen_is_left_alone() -> None:
    model = tiny_model()
    model.transformer.h[0].requires_grad_(False)
    taken = names(model, made := both(model, 1e-3, 0.1), 0) | names(model, made, 1)
    assert not any(name.startswith("transformer.h.0.") for name in taken)


def step(model: nn.Module, optimizer: Both) -> None:
    torch.manual_seed(len(optimizer.parts[0].state))
    model(input_ids=torch.arange(8)[None]).logits.square().mean().backward()
    optimizer.step()
    optimizer.zero_grad()


def test_a_schedule_reaches_both_also_after_loading() -> None:
    model = tiny_model()
    made = both(model, 1e-2, 0.1)
    made.load_state_dict(made.state_dict())
    schedule = LambdaLR(made, lambda at: 0.5**at)
    step(model, made)
    schedule.step()
    assert {group["lr"] for one in made.parts for group in one.param_groups} == {5e-3}


def test_a_saved_state_goes_on_where_it_was() -> None:
    one, other = tiny_model(), tiny_model()
    mine, theirs = both(one, 1e-2, 0.1), both(other, 1e-2, 0.1)
    step(one, mine)
    kept = io.BytesIO()
    torch.save({"model": one.state_dict(), "optimizer": mine.state_dict()}, kept)
    kept.seek(0)
    loaded = torch.load(kept, weights_only=True)
    other.load_state_dict(loaded["model"])
    theirs.load_state_dict(loaded["optimizer"])
    step(one, mine)
    step(other, theirs)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
