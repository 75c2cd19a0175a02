"""8-bit linear layers are close to the true ones, and nobody's result depends on the others in the batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.nn.functional import gelu
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.pytorch_utils import Conv1D

from model.int8 import Gelu, Int8Linear, fuse, quantise


def test_the_result_is_close_to_the_true_one() -> None:
    torch.manual_seed(0)
    true = nn.Linear(256, 128)
    x = torch.randn(5, 256)
    error = (Int8Linear(true.weight.detach(), true.bias)(x) - true(x)).norm() / true(x).norm()
    assert error < 0.01


def test_a_tokens_result_does_not_depend_on_the_others() -> None:
    torch.manual_seed(0)
    layer = Int8Linear(torch.randn(64, 96), None)
    token, loud = torch.randn(1, 96), torch.randn(7, 96) * 1000
    assert torch.equal(layer(token)[0], layer(torch.cat((loud, token)))[-1])


def test_nothing_in_gives_the_bias() -> None:
    bias = torch.arange(4.0)
    assert torch.equal(Int8Linear(torch.randn(4, 8), bias)(torch.zeros(1, 8))[0], bias)


def test_gpt2s_layers_are_all_replaced_and_its_words_stay_likely() -> None:
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=300, n_embd=64, n_layer=2, n_head=2, n_positions=64)).eval()  # type: ignore[no-untyped-call]
    ids = torch.randint(0, 300, (1, 20))
    with torch.inference_mode():
        true = model(ids).logits.log_softmax(-1)
        quantise(model)
        fuse(model)
        quantised = model(ids).logits.log_softmax(-1)
    assert sum(isinstance(module, Int8Linear) for module in model.modules()) == 2 * 4 + 1
    assert not any(isinstance(module, nn.Linear | nn.Dropout | Conv1D) for module in model.modules())
    assert float((true.exp() * (true - quantised)).sum(-1).mean()) < 1e-3


def test_threads_do_not_write_into_each_others_rows() -> None:
    torch.manual_seed(0)
    layer = Int8Linear(torch.randn(64, 96), None)
    inputs = [torch.randn(1, 5, 96) for _ in range(4)]
    true = [layer(x) for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda number: layer(inputs[number % 4]), range(400))
        assert all(torch.equal(one, true[number % 4]) for number, one in enumerate(found))


@pytest.mark.parametrize("shape", [(1, 3, 96), (2, 3, 96), (3, 96), (96,), (1, 300, 96), (1, 0, 96)])
def test_any_number_of_tokens_in_any_shape(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    layer = Int8Linear(torch.randn(64, 96), None)
    x = torch.randn(shape)
    assert layer(x).shape == (*shape[:-1], 64)
    if x.numel():
        alone = torch.stack([layer(row[None])[0] for row in x.reshape(-1, 96)])
        assert torch.equal(layer(x).reshape(-1, 64), alone)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_gpt2s_activation_is_the_kernels(kind: torch.dtype) -> None:
    x = torch.cat([torch.linspace(-12, 12, 4001), torch.tensor([-1e4, 1e4, -1e-8, 0.0])]).to(kind)
    before = x.clone()
    torch.testing.assert_close(Gelu()(x), gelu(x, approximate="tanh"), rtol=2e-6, atol=1e-6)
    assert x.equal(before)
