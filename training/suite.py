"""What models are compared on and never learn from: openers, follow-ups, dialogues with a reference reply."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

from bot.messages import Message
from model.prompt import Renderer
from model.repertoire import Repertoire
from training import metrics
from training.corpora import Dialogue
from training.judging import answers
from training.liking import Judged, Pair, Prompt, talk
from training.measure import reply_bits
from training.metrics import FAULTS, Score, Written
from training.rendering import fit

SHIPPED = Path(__file__).resolve().parent / "suites"
PAIRS = 20  # held-out pairs of answers to one question below which single answers are matched
_AT_ONCE = 16  # prompts answered in one batch
_Z = NormalDist().inv_cdf((1 + metrics.LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Suite:
    """`prompts` are answered, `references` predicted. `digest`: of what stands in the files."""

    prompts: tuple[Prompt, ...]
    references: tuple[Dialogue, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Measured:
    """`figures` as run records keep them; `answers` to the suite's prompts, in their order, as people would get them.

    `liked` and `disliked`: the bits of held-out answers that people judged; `pairs`: of two to one prompt, first the
    preferred one's.
    """

    figures: dict[str, Any]
    answers: tuple[str, ...]
    liked: tuple[float, ...] = ()
    disliked: tuple[float, ...] = ()
    pairs: tuple[tuple[float, float], ...] = ()


def load(folder: Path = SHIPPED) -> Suite:
    openers, followups, replies = (folder / name for name in ("openers.txt", "followups.jsonl", "replies.jsonl"))
    prompts: list[Prompt] = [
        (Message("user", line),) for line in openers.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    prompts += [_followup(line) for line in followups.read_text(encoding="utf-8").splitlines()]
    references = tuple(_reference(line) for line in replies.read_text(encoding="utf-8").splitlines())
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in (openers, followups, replies))).hexdigest()
    return Suite(tuple(prompts), references, digest)


def measured(
    model: Any,
    renderer: Renderer,
    window: int,
    suite: Suite,
    pairs: Sequence[Pair] = (),
    judged: Sequence[Judged] = (),
    seed: int = 7,
    repertoire: Repertoire | None = None,
) -> Measured:
    """Bits per character of the references, shares of broken answers, and how often the preferred one is likelier.

    All of these are of the model's own words, which 다시 and tasks get; a `repertoire` speaks in the answers alone.
    """
    figures: dict[str, Any] = {}
    told = reply_bits(model, renderer, [_fitted(one, renderer, window) for one in suite.references])
    figures["bits_per_character"] = metrics.bits_per_character(told, seed).plain()
    written = _written(model, renderer, window, suite.prompts)
    figures |= {name: metrics.share(fault, written, seed).plain() for name, fault in FAULTS.items()}
    paired = paired_bits(model, renderer, window, pairs)
    if paired:
        figures["preference_accuracy"] = counted(better < worse for better, worse in paired)
    bits = _bits(model, renderer, window, [(one.prompt, one.answer) for one in judged])
    liked = tuple(cost for one, cost in zip(judged, bits, strict=True) if one.good)
    disliked = tuple(cost for one, cost in zip(judged, bits, strict=True) if not one.good)
    return Measured(figures, tuple(_served(suite.prompts, written, repertoire, seed)), liked, disliked, paired)


def gain(new: Measured, live: Measured) -> dict[str, Any] | None:
    """In how many held-out pairs learning has favoured the preferred answer more than the other, with the interval.

    What is compared is by how much each became likelier: the reward that DPO and KTO speak of (arXiv:2305.18290), which
    unlike likelihood does not depend on how long or how usual an answer is. Where there are few pairs, liked answers
    are matched with disliked ones to other prompts; None where there are none of these either.
    """
    of_pairs = [(*before, *after) for before, after in zip(live.pairs, new.pairs, strict=True)]
    won = [better - new_better > worse - new_worse for better, worse, new_better, new_worse in of_pairs]
    if len(won) < PAIRS:
        liked = [before - after for before, after in zip(live.liked, new.liked, strict=True)]
        disliked = [before - after for before, after in zip(live.disliked, new.disliked, strict=True)]
        won = [one > other for one, other in zip(liked, disliked, strict=False)]
    return counted(won) if won else None


def paired_bits(model: Any, renderer: Renderer, window: int, pairs: Sequence[Pair]) -> tuple[tuple[float, float], ...]:
    """Of the preferred answer as a whole, and of the other."""
    bits = _bits(model, renderer, window, [(one.prompt, text) for one in pairs for text in (one.better, one.worse)])
    return tuple(zip(bits[::2], bits[1::2], strict=True))


def counted(hits: Iterable[bool]) -> dict[str, Any]:
    """The share of hits as figures are kept, and of how many `pairs`. Raises ZeroDivisionError without any."""
    every = list(hits)
    return {**wilson(sum(every), len(every)).plain(), "pairs": len(every)}


def wilson(hits: int, count: int) -> Score:
    """A share and its 95 % interval: Wilson 1927, J. Am. Stat. Assoc. 22, 209-212."""
    share, square = hits / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _Z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return Score(share, middle - half, middle + half)


def _written(model: Any, renderer: Renderer, window: int, prompts: Sequence[Prompt]) -> list[Written]:
    """The likeliest answer to each prompt; nobody times them."""
    made: list[Written] = []
    for at in range(0, len(prompts), _AT_ONCE):
        some = prompts[at : at + _AT_ONCE]
        for prompt, answer in zip(some, answers(model, renderer, some, window), strict=True):
            made.append(Written(prompt[-1].content, "", answer.text, answer.finished, 0.0))
    return made


def _served(
    prompts: Sequence[Prompt], written: Sequence[Written], repertoire: Repertoire | None, seed: int
) -> Iterator[str]:
    """The same chance for every model that is asked, so that only what they know makes their answers differ."""
    for number, (prompt, own) in enumerate(zip(prompts, written, strict=True)):
        yield repertoire.answer(prompt, seed + number) if repertoire else own.answered


def _fitted(dialogue: Dialogue, renderer: Renderer, window: int) -> Dialogue:
    return Dialogue(fit(dialogue.messages, renderer, window)[0], dialogue.source)


def _bits(model: Any, renderer: Renderer, window: int, talks: Sequence[tuple[Prompt, str]]) -> list[float]:
    """Of each answer as a whole, its stop token included."""
    dialogues = [Dialogue(talk(prompt, answer), "") for prompt, answer in talks]
    fitted = [_fitted(one, renderer, window) for one in dialogues]
    return [told.bits for told in reply_bits(model, renderer, fitted, batch=_AT_ONCE)]


def _followup(line: str) -> Prompt:
    one = json.loads(line)
    return Message("user", one["said"]), Message("assistant", one["answered"]), Message("user", one["then"])


def _reference(line: str) -> Dialogue:
    messages = json.loads(line)["messages"]
    return Dialogue(tuple(Message(one["role"], one["content"]) for one in messages), "replies")
