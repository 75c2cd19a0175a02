"""The decode loop: requests join and leave at any step; it knows only token ids.

The simplest engine that is right: each request has a key-value cache of its own, and one step gives every running
request one token, one after the other. No asyncio, no HTTP, no text; one thread calls it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Literal

import torch
from transformers import DynamicCache, PreTrainedModel

from bot.messages import Sampling

Finish = Literal["", "stop", "length", "error"]


_GREEDY = 1e-5  # below this, dividing by the temperature leaves the range of float32


class QueueFull(Exception):
    """As many requests wait as may."""


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt to continue. What `sampling` leaves open is the engine's default."""

    id: str
    ids: tuple[int, ...]
    sampling: Sampling


@dataclass(frozen=True, slots=True)
class Produced:
    """What one step gave one request: a token, or the end, or both. A stop token is not handed out.

    `finish` is "stop", "length" (max_tokens, or the window is full), "error" (the model's numbers are not finite),
    or "" while it goes on.
    """

    request: str
    token: int | None
    finish: Finish = ""


class _Running:
    """A request that has a slot."""

    def __init__(self, request: Request, sampling: Sampling, model: PreTrainedModel) -> None:
        self.id = request.id
        self.sampling = sampling
        self.seen = list(request.ids)
        self.prompt_length = len(request.ids)
        self.unread = request.ids
        self.cache = DynamicCache(config=model.config)
        self.random = torch.Generator(device=model.device)
        if sampling.seed is None:
            self.random.seed()
        else:
            self.random.manual_seed(sampling.seed)

    @property
    def written(self) -> int:
        return len(self.seen) - self.prompt_length

    def take(self, token: int) -> None:
        self.seen.append(token)
        self.unread = (token,)


class Engine:
    """Continues prompts with one model.

    slots      requests that are written at the same time
    waiting    requests that may wait for a slot
    context    tokens of prompt and answer together: the model's positions
    stop_ids   tokens that end an answer
    defaults   what a request's sampling leaves open; max_tokens unset: until the window is full
    """

    def __init__(
        self,
        model: PreTrainedModel,
        *,
        slots: int,
        waiting: int,
        context: int,
        stop_ids: Iterable[int],
        defaults: Sampling,
    ) -> None:
        self._model = model
        self._slots = slots
        self._most_waiting = waiting
        self._stop_ids = frozenset(stop_ids)
        self._defaults = defaults
        self._running: OrderedDict[str, _Running] = OrderedDict()
        self._waiting: OrderedDict[str, Request] = OrderedDict()
        self.context = context

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def add(self, request: Request) -> None:
        """Queue a request; it gets its first token in the first step that has a slot for it.

        Raises QueueFull, and ValueError when the prompt is empty or leaves no room for an answer.
        """
        if not 0 < len(request.ids) < self.context:
            raise ValueError(f"a prompt of {len(request.ids)} tokens does not fit a window of {self.context}")
        if request.id in self._running or request.id in self._waiting:
            raise ValueError("a request with this id is under way")
        if len(self._waiting) >= self._most_waiting + self._slots - len(self._running):
            raise QueueFull
        self._waiting[request.id] = request

    def cancel(self, id: str) -> None:
        """Forget a request; its slot is free for the next step. Nothing happens when it has ended already."""
        self._waiting.pop(id, None)
        self._running.pop(id, None)

    @torch.inference_mode()
    def step(self) -> list[Produced]:
        """Give every running request one token. An exception of the model leaves this engine unusable."""
        while self._waiting and len(self._running) < self._slots:
            id, request = self._waiting.popitem(last=False)
            self._running[id] = _Running(request, _filled(request.sampling, self._defaults), self._model)
        produced = [self._advance(running) for running in self._running.values()]
        for one in produced:
            if one.finish:
                del self._running[one.request]
        return produced

    def _advance(self, running: _Running) -> Produced:
        logits = self._read(running)
        if not torch.isfinite(logits.max()):  # one NaN makes the maximum NaN; a forbidden token's -inf is fine
            return Produced(running.id, None, "error")
        token = choose(logits, running.seen, running.sampling, running.random)
        if token in self._stop_ids:
            return Produced(running.id, None, "stop")
        running.take(token)
        full = running.written == running.sampling.max_tokens or len(running.seen) >= self.context
        return Produced(running.id, token, "length" if full else "")

    def _read(self, running: _Running) -> torch.Tensor:
        ids = torch.tensor([running.unread], device=self._model.device)
        output = self._model(input_ids=ids, past_key_values=running.cache, use_cache=True, logits_to_keep=1)
        logits: torch.Tensor = output.logits
        return logits[0, -1].float()


def choose(logits: torch.Tensor, seen: list[int], sampling: Sampling, random: torch.Generator) -> int:
    """The next token. Order and meaning are transformers': penalty, temperature, top_k, top_p, then chance.

    temperature 0 takes the likeliest; top_k 0 and top_p 1 switch themselves off.
    """
    if sampling.repetition_penalty not in (None, 1.0):
        logits = _penalised(logits, seen, sampling.repetition_penalty)
    temperature = 1.0 if sampling.temperature is None else sampling.temperature
    if temperature < _GREEDY:
        return int(logits.argmax())
    logits = (logits - logits.max()) / temperature  # differences to the maximum can't overflow upwards
    ordered, tokens = logits.sort(descending=True, stable=True)
    if sampling.top_k:
        ordered = ordered[: sampling.top_k]
    chances = ordered.softmax(-1)
    if sampling.top_p is not None and sampling.top_p < 1:
        before = chances.cumsum(-1) - chances
        chances = chances.masked_fill(before >= sampling.top_p, 0.0)
        chances[0] = chances[0].clamp_min(torch.finfo(chances.dtype).tiny)  # top_p 0 still leaves the likeliest
    return int(tokens[torch.multinomial(chances, 1, generator=random)])


def _penalised(logits: torch.Tensor, seen: list[int], penalty: float) -> torch.Tensor:
    """Every token of prompt and answer made less likely, as transformers does it."""
    ids = torch.tensor(sorted(set(seen)), device=logits.device)
    scores = logits[ids]
    return logits.scatter(0, ids, torch.where(scores < 0, scores * penalty, scores / penalty))


def _filled(asked: Sampling, defaults: Sampling) -> Sampling:
    open_fields = {field.name for field in fields(asked) if getattr(asked, field.name) is None}
    return replace(asked, **{name: getattr(defaults, name) for name in open_fields})
