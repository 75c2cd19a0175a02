"""A sample of what people prefer, and which of many are learnt: clean ones, each once, nobody above their share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice, zip_longest
from random import Random
from typing import TypeVar

from bot.consents import text_number
from bot.messages import Message
from training import cleaning
from training.importers.lines import Dropped
from training.records import Consent

LEAST = 10  # samples that one person may always give
_CLEAN = cleaning.rules("v2")

Prompt = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Taught:
    """An answer to follow. `prompt` ends with what was said; `by`: the pseudonyms to whose share it counts."""

    prompt: Prompt
    answer: str
    by: tuple[str, ...]
    consent: Consent


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that somebody liked, or did not."""

    prompt: Prompt
    answer: str
    good: bool
    by: tuple[str, ...]
    consent: Consent


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one prompt, the first of them preferred."""

    prompt: Prompt
    better: str
    worse: str
    by: tuple[str, ...]
    consent: Consent


S = TypeVar("S", Taught, Judged, Pair)


def cleaned(one: S) -> S | None:
    """As every set is cleaned, personal data masked; None for one that can't be kept."""
    match one:
        case Pair():
            better, worse = _CLEAN(talk(one.prompt, one.better)), _CLEAN(talk(one.prompt, one.worse))
            if not better or not worse or better[-1] == worse[-1]:
                return None
            return replace(one, prompt=better[:-1], better=better[-1].content, worse=worse[-1].content)
        case Taught() | Judged():
            kept = _CLEAN(talk(one.prompt, one.answer))
            return replace(one, prompt=kept[:-1], answer=kept[-1].content) if kept else None


def talk(prompt: Prompt, answer: str) -> tuple[Message, ...]:
    """A prompt with an answer to it."""
    return (*prompt, Message("assistant", answer))


def crossed(judged: Sequence[Judged]) -> Iterator[Pair]:
    """A liked answer beside a disliked one to the very same prompt, each of the more numerous kind once."""
    by_prompt: defaultdict[Prompt, tuple[list[Judged], list[Judged]]] = defaultdict(lambda: ([], []))
    for one in judged:
        by_prompt[one.prompt][one.good].append(one)
    for worse, better in by_prompt.values():
        if not worse or not better:
            continue
        several = islice(zip(cycle(better), cycle(worse), strict=False), max(len(better), len(worse)))
        for good, bad in several:
            consent = _agreed(good.consent, bad.consent)
            yield Pair(good.prompt, good.answer, bad.answer, _both(good.by, bad.by), consent)


def _both(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*some, *others}))


def _agreed(one: Consent, other: Consent) -> Consent:
    latest = max(one, other, key=lambda each: each.at)
    version = min(one.version, other.version, key=text_number)
    return Consent(_both(one.people, other.people), version, latest.at)


def once(found: Sequence[S]) -> list[S]:
    """Each sample once, whoever gave it; the words alone count."""
    seen: dict[object, S] = {}
    for one in found:
        seen.setdefault(_words(one), one)
    return list(seen.values())


def _words(one: Taught | Judged | Pair) -> object:
    match one:
        case Taught():
            return one.prompt, one.answer
        case Judged():
            return one.prompt, one.answer, one.good
        case Pair():
            return one.prompt, one.better, one.worse


def fair(found: Sequence[S], share: float, chance: Random, dropped: Dropped) -> list[S]:
    """Cleaned, in mixed order, people taking turns, and nobody above their share of what is kept."""
    clean = [kept for one in _interleaved(found, chance) if (kept := cleaned(one))]
    shared, most = clean, len(clean)
    while (allowed := max(LEAST, int(share * len(shared)))) < most:  # with less of one, there is less of all
        shared, most = _at_most(clean, allowed), allowed
    lost = {
        "link, picture, nothing left, or the same answer twice": len(found) - len(clean),
        "more than one person's share": len(clean) - len(shared),
    }
    dropped.update(+Counter(lost))
    return shared


def _at_most(found: Sequence[S], most: int) -> list[S]:
    """The first so many of each person."""
    taken: Counter[str] = Counter()
    kept: list[S] = []
    for one in found:
        if all(taken[person] < most for person in one.by):
            taken.update(one.by)
            kept.append(one)
    return kept


def _interleaved(found: Sequence[S], chance: Random) -> Iterator[S]:
    """One of each person, then another of each: no stretch of training is one person's."""
    piles: defaultdict[str, list[S]] = defaultdict(list)
    for one in found:
        piles[one.by[0]].append(one)
    order = list(piles.values())
    for pile in order:
        chance.shuffle(pile)
    chance.shuffle(order)
    for layer in zip_longest(*order):
        yield from (one for one in layer if one is not None)
