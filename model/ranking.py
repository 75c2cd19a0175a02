"""How likely a model finds answers that are given: a small model judges better than it writes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from bot.messages import Message
from model.memory import Memory
from model.packed import Packed, Stretch
from model.prompt import Renderer
from model.reading import read

_LONGEST = 64  # tokens of an answer that are looked at, and never more than a third of the context


class Ranking:
    """`model` is packed (model/packed.py) and may be writing for others meanwhile; `context` are its positions."""

    def __init__(self, model: PreTrainedModel, renderer: Renderer, context: int) -> None:
        self._model = model
        self._renderer = renderer
        self._context = context
        self._longest = min(_LONGEST, context // 3)

    @torch.inference_mode()
    def likelihoods(self, messages: Sequence[Message], answers: Sequence[str]) -> list[float]:
        """For each answer the mean log-probability in nats of its tokens and its stop token."""
        if not answers:
            return []
        prompt = self._renderer.render(messages, self._context - self._longest - 1).ids
        stop = min(self._renderer.stop_ids)
        spelled = [[*self._renderer.encode(answer)[: self._longest], stop] for answer in answers]
        memory = Memory(self._context)
        stretches = [Stretch(memory.seat(len(prompt) + len(ids)), 0, [*prompt, *ids]) for ids in spelled]
        packed = Packed(stretches, self._model.device)
        ends = packed.last.tolist()
        before = [at for end, ids in zip(ends, spelled, strict=True) for at in range(end - len(ids), end)]
        logits = read(self._model, packed, torch.tensor(before, device=self._model.device))
        wanted = torch.tensor([id for ids in spelled for id in ids], device=logits.device)
        told = logits.log_softmax(-1).gather(-1, wanted[:, None])[:, 0]
        return [float(part.mean()) for part in torch.split(told, [len(ids) for ids in spelled])]
