"""What is wrong with a set, before any training second."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.messages import Message
from bot.moderation import Words
from model.prompt import Renderer
from training.cleaning.privacy import masked
from training.clusters import By, match_keys, whole
from training.labels import IGNORED, Scheme, labels, targets
from training.records import Record
from training.rendering import fit

_MAY_BE_KNOWN = "random"  # a part whose questions are held out, and whose answers training may know
_HELD_OUT: Mapping[By, slice] = {"cluster": slice(0, 2), "row": slice(0, 2), "answer": slice(1, 2)}  # of match_keys


@dataclass(slots=True)
class Findings:
    """`lengths`: dialogues by tens of characters; `leaking`: held-out rows of which train knows what `by` holds out."""

    by: By = "cluster"
    rows: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    licences: Counter[tuple[str, str]] = field(default_factory=Counter)
    personal: Counter[str] = field(default_factory=Counter)
    abusive: int = 0
    duplicates: int = 0
    leaking: int = 0

    @property
    def stops(self) -> bool:
        """Whether nobody should train on it."""
        leaks = self.leaking and self.by != "row"  # there they are meant, to compare with others' figures
        return bool(self.faults or leaks or any(not licence for _, licence in self.licences))


def check(
    parts: Mapping[str, Callable[[], Iterable[Record]]],
    words: Words,
    looked: Callable[[int], None] = lambda count: None,
    by: By = "cluster",
) -> Findings:
    """Reads each part once and `train` twice, a row at a time, beside 24 bytes for each row.

    `looked` hears the count of rows. `by`: how the set was split.
    """
    found, wholes, held_out = Findings(by), array("Q"), _HELD_OUT[by]
    learnt = _learnt(parts["train"]()) if "train" in parts else np.zeros(0, dtype=np.uint64)
    for name, records in parts.items():
        for record in records():
            found.rows[name] += 1
            if fault := roles_fault(record.messages):
                found.faults[fault] += 1
            wholes.append(whole(record.messages))
            if name not in ("train", _MAY_BE_KNOWN):
                found.leaking += _knows(learnt, match_keys(record.messages)[held_out])
            _read(record, words, found)
            looked(found.rows.total())
    found.duplicates = len(wholes) - len(np.unique(np.frombuffer(wholes, dtype=np.uint64))) if wholes else 0
    return found


def roles_fault(messages: Sequence[Message]) -> str:
    """ "" when user and assistant take turns, behind one system message at most; the assistant has the last word."""
    talk = list(messages[1:] if messages and messages[0].role == "system" else messages)
    if not talk or talk[-1].role != "assistant":
        return "no reply at the end"
    expected = ["user", "assistant"] * (len(talk) // 2)
    return "" if [message.role for message in talk] == expected else "roles do not alternate"


def _learnt(records: Iterable[Record]) -> NDArray[np.uint64]:
    """Every key of the training rows, sorted."""
    keys = array("Q", (key for record in records for key in match_keys(record.messages)))
    return np.unique(np.frombuffer(keys, dtype=np.uint64)) if keys else np.zeros(0, dtype=np.uint64)


def _knows(sorted_keys: NDArray[np.uint64], keys: Sequence[int]) -> bool:
    wanted = np.array(keys, dtype=np.uint64)
    places = np.searchsorted(sorted_keys, wanted)
    return any(
        place < len(sorted_keys) and sorted_keys[place] == key for place, key in zip(places, wanted, strict=True)
    )


def _read(record: Record, words: Words, found: Findings) -> None:
    text = "\n".join(message.content for message in record.messages)
    found.lengths[len(text) // 10 * 10] += 1
    found.licences[record.source, record.licence] += 1
    found.abusive += bool(words.found(text))
    masked(text, found.personal)


# ---- what a model would see ----------------------------------------------------------------------


@dataclass(slots=True)
class Labelled:
    """Of `rows` that were rendered: tokens, how many of them are learnt, and what the window costs.

    shortened  rows that lose their oldest turns
    cut        rows whose last turn alone is longer than the window: its reply would be cut, so they are not learnt
    unlabelled rows from which nothing would be learnt
    """

    rows: int = 0
    tokens: int = 0
    learnt: int = 0
    shortened: int = 0
    cut: int = 0
    unlabelled: int = 0

    @property
    def share(self) -> float:
        return self.learnt / self.tokens if self.tokens else 0.0


def labelled(records: Iterable[Record], renderer: Renderer, scheme: Scheme, window: int) -> Labelled:
    """What this scheme learns of these rows in a window of so many tokens."""
    found = Labelled()
    for record in records:
        kept, example = fit(record.messages, renderer, window)
        marks = targets(labels(example, scheme), scheme)
        learnt = sum(mark != IGNORED for mark in marks)
        found.rows += 1
        found.tokens += len(example.ids)
        found.learnt += learnt
        found.shortened += len(kept) < len(record.messages)
        found.cut += len(example.ids) > window
        found.unlabelled += not learnt
    return found


def every(records: Iterable[Record], step: int) -> Iterator[Record]:
    """Each step-th one, from the first."""
    return (record for at, record in enumerate(records) if at % step == 0)
