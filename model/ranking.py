"""How likely a model finds answers that are given: a small model judges better than it writes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from bot.messages import Message
from model.memory import Memory, taken
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
        spelled = [[*(self._renderer.encode(answer)[: self._longest] or [stop]), stop] for answer in answers]
        memory, device = Memory(self._context), self._model.device
        asked = memory.seat(len(prompt))  # read once, for all of the answers
        first = read(self._model, Packed([Stretch(asked, 0, prompt)], device))
        begun = taken(asked, len(prompt))
        stretches = [Stretch(memory.seat(len(prompt) + len(ids), begun), len(prompt), ids[:-1]) for ids in spelled]
        packed = Packed(stretches, device)
        ends = packed.last.tolist()
        places = [at for end, ids in zip(ends, spelled, strict=True) for at in range(end - len(ids) + 2, end + 1)]
        rest = read(self._model, packed, torch.tensor(places, device=device))
        parts = torch.split(rest, [len(ids) - 1 for ids in spelled])
        return [_mean(torch.cat([first, part]), ids) for part, ids in zip(parts, spelled, strict=True)]


def _mean(logits: torch.Tensor, ids: Sequence[int]) -> float:
    """The mean log-probability of these tokens; `logits`: what was expected where each stands."""
    wanted = torch.tensor(ids, device=logits.device)
    return float(logits.log_softmax(-1).gather(-1, wanted[:, None]).mean())
