"""OpenVINO GenAI's continuous batching on the same weights: what to be compared with on a CPU.

The graph is written operation by operation, in the form that its paged attention looks for: that needs no exporter
with wishes of its own about the version of transformers, and none of OpenVINO's tools that report usage.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

from tests.bench.models import Prompt, Shape, seconds

_INPUTS = ("input_ids", "attention_mask", "position_ids", "beam_idx")  # names that SDPAToPagedAttention knows
_LEVELS = 127  # of a signed byte, on each side of zero
_BLOCK = 32  # tokens: of keys and values on a CPU
_CHUNK = 128  # prompt tokens of a step, as our engine's
_LETTERS = 0x20000  # ideographs, enough for one per token


class GenAI:
    """A running pipeline. Raises ImportError without the extra `bench`.

    `int8`: weights with a scale per output channel; activations are quantised as they come. All else is OpenVINO's
    default for the machine: on this kind bfloat16 between the products, and 8-bit keys and values.
    """

    def __init__(self, shape: Shape, threads: int, chats: int, *, int8: bool = True) -> None:
        self._openvino: Any = import_module("openvino")
        self._genai: Any = import_module("openvino_genai")
        self._shape = shape
        with tempfile.TemporaryDirectory() as folder:
            export(shape.model(), Path(folder), int8=int8)
            self._pipeline = self._genai.ContinuousBatchingPipeline(
                folder, self._scheduling(chats), "CPU", {"INFERENCE_NUM_THREADS": threads}
            )

    def _scheduling(self, chats: int) -> Any:
        asked = self._genai.SchedulerConfig()
        asked.max_num_seqs = chats
        asked.max_num_batched_tokens = _CHUNK + chats
        asked.num_kv_blocks = chats * ((self._shape.asked + self._shape.written) // _BLOCK + 2)
        asked.enable_prefix_caching = False
        return asked

    def answers(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        """Everybody's new tokens, greedily."""
        asked = self._genai.GenerationConfig()
        asked.max_new_tokens = asked.min_new_tokens = self._shape.written
        asked.ignore_eos, asked.do_sample = True, False
        ids = [self._openvino.Tensor(np.array([prompt], dtype=np.int64)) for prompt in prompts]
        told = self._pipeline.generate(ids, [asked] * len(ids))
        return [list(one.m_generation_ids[0]) for one in told]

    def speed(self, count: int, rounds: int) -> float:
        """Tokens a second with so many chats."""
        prompts = self._shape.prompts(count)
        return count * self._shape.written / seconds(lambda: self.answers(prompts), rounds)


def export(model: GPT2LMHeadModel, folder: Path, *, int8: bool) -> None:
    """Write a GPT-2 as OpenVINO reads it, with a tokenizer that it asks for and never uses."""
    openvino: Any = import_module("openvino")
    openvino.save_model(graph(model, int8=int8), folder / "openvino_model.xml", compress_to_fp16=False)
    model.config.save_pretrained(folder)
    plain = _tokenizer(model.config.vocab_size)
    convert: Any = import_module("openvino_tokenizers").convert_tokenizer
    for name, one in zip(("tokenizer", "detokenizer"), convert(plain, with_detokenizer=True), strict=True):
        openvino.save_model(one, folder / f"openvino_{name}.xml")


def graph(model: GPT2LMHeadModel, *, int8: bool) -> Any:
    """An openvino.Model. Its attention is causal only once it is a paged one: the mask leaves out padding alone."""
    openvino: Any = import_module("openvino")
    op: Any = import_module("openvino.opset13")
    shapes = ([-1, -1], [-1, -1], [-1, -1], [-1])
    kinds = (np.int64, np.int64, np.int64, np.int32)
    inputs = [op.parameter(shape, kind) for shape, kind in zip(shapes, kinds, strict=True)]
    for one, name in zip(inputs, _INPUTS, strict=True):
        one.set_friendly_name(name)
        one.output(0).set_names({name})
    layers = _Layers(model, int8)
    logits = layers.logits(*inputs)
    logits.output(0).set_names({"logits"})
    return openvino.Model([op.result(logits)], layers.sinks, inputs, "gpt2")


class _Layers:
    """GPT-2 in OpenVINO's operations. `sinks`: where keys and values go between the steps."""

    def __init__(self, model: GPT2LMHeadModel, int8: bool) -> None:
        self._openvino: Any = import_module("openvino")
        self._op: Any = import_module("openvino.opset13")
        self._util: Any = import_module("openvino.op.util")
        self._weights = {name: weight.detach().numpy() for name, weight in model.state_dict().items()}
        self._config = model.config
        self._size = model.config.n_embd // model.config.n_head
        self._int8 = int8
        self.sinks: list[Any] = []

    def logits(self, ids: Any, mask: Any, positions: Any, beams: Any) -> Any:
        op = self._op
        x = op.add(self._looked_up("wte", ids), self._looked_up("wpe", positions))
        hidden = op.select(op.greater(mask, np.int64(0)), np.float32(0), np.float32(-1e9))
        hidden = op.unsqueeze(hidden, [1, 2])
        for number in range(self._config.n_layer):
            x = self._block(f"transformer.h.{number}", x, hidden, beams)
        return self._product(self._normed("transformer.ln_f", x), self._weights["lm_head.weight"])

    def _block(self, name: str, x: Any, hidden: Any, beams: Any) -> Any:
        op = self._op
        x = op.add(x, self._attention(f"{name}.attn", self._normed(f"{name}.ln_1", x), hidden, beams))
        wide = op.gelu(self._linear(f"{name}.mlp.c_fc", self._normed(f"{name}.ln_2", x)), "tanh")
        return op.add(x, self._linear(f"{name}.mlp.c_proj", wide))

    def _attention(self, name: str, x: Any, hidden: Any, beams: Any) -> Any:
        op, heads, swapped = self._op, self._config.n_head, np.array([0, 2, 1, 3])
        split = np.array([0, 0, heads, self._size])
        parts = op.split(self._linear(f"{name}.c_attn", x), np.int64(2), 3).outputs()
        query, key, value = (op.transpose(op.reshape(part, split, True), swapped) for part in parts)
        keys, values = self._state(f"{name}.key", key, beams), self._state(f"{name}.value", value, beams)
        told = op.transpose(op.scaled_dot_product_attention(query, keys, values, hidden), swapped)
        return self._linear(f"{name}.c_proj", op.reshape(told, np.array([0, 0, heads * self._size]), True))

    def _state(self, name: str, new: Any, beams: Any) -> Any:
        """What was seen before and what is new: [rows, heads, tokens, size of a head]."""
        op, heads = self._op, self._config.n_head
        about = self._util.VariableInfo()
        about.data_shape = self._openvino.PartialShape([-1, heads, -1, self._size])
        about.data_type, about.variable_id = self._openvino.Type.f32, name
        variable = self._util.Variable(about)
        empty = op.concat([op.shape_of(beams), np.array([heads, 0, self._size])], 0)
        before = op.read_value(op.broadcast(np.float32(0), empty), variable)
        both = op.concat([op.gather(before, beams, np.int64(0)), new], 2)
        self.sinks.append(op.assign(both, variable))
        return both

    def _looked_up(self, name: str, at: Any) -> Any:
        return self._op.gather(self._weights[f"transformer.{name}.weight"], at, np.int64(0))

    def _normed(self, name: str, x: Any) -> Any:
        op = self._op
        even = op.mvn(x, np.array([-1]), True, self._config.layer_norm_epsilon, "inside_sqrt")
        return op.add(op.multiply(even, self._weights[f"{name}.weight"]), self._weights[f"{name}.bias"])

    def _linear(self, name: str, x: Any) -> Any:
        weight = np.ascontiguousarray(self._weights[f"{name}.weight"].T)  # GPT-2 keeps it as [in, out]
        return self._op.add(self._product(x, weight), self._weights[f"{name}.bias"])

    def _product(self, x: Any, weight: Any) -> Any:
        """`weight` is [out, in]."""
        op = self._op
        if not self._int8:
            return op.matmul(x, op.constant(weight), False, True)
        scales = (np.abs(weight).max(1, keepdims=True) / _LEVELS).astype(np.float32)
        levels = op.convert(op.constant(np.rint(weight / scales).astype(np.int8)), "f32")
        return op.matmul(x, op.multiply(levels, op.constant(scales)), False, True)


def _tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """A letter for each token."""
    tokenizers: Any = import_module("tokenizers")
    letters = {chr(_LETTERS + number): number for number in range(vocabulary)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=letters, merges=[]))
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token=chr(_LETTERS))  # type: ignore[no-untyped-call]
