"""Dialogues that share a question or an answer get one split key, so that paraphrases never straddle two parts."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.messages import Message
from training.corpora import letters
from training.records import Record

PARTS = ("train", "valid", "test")
By = Literal["cluster", "row", "answer"]  # what no two parts share: question and answer, nothing, an answer
Dealt = Literal["cluster", "row"]  # those that a row's key and its words decide


class Clusters:
    """Collects what dialogues share, 8 bytes for each question, answer and whole: millions of rows fit in memory."""

    def __init__(self) -> None:
        self._keys = array("Q")  # two a dialogue
        self._wholes = array("Q")

    def add(self, messages: Sequence[Message]) -> None:
        """`messages` ends with a question and a reply."""
        self._keys.extend(match_keys(messages))
        self._wholes.append(whole(messages))

    def split_keys(self) -> Iterator[str]:
        """In the order they were added, the smallest hash of each dialogue's cluster."""
        hashes, places = np.unique(_viewed(self._keys), return_inverse=True)
        roots = _united(len(hashes), places.reshape(-1, 2))
        least = hashes[roots[places.reshape(-1, 2)[:, 0]]]  # hashes are sorted: the least root has the least hash
        return (f"{key:016x}" for key in least.tolist())

    def repeats(self) -> Iterator[bool]:
        """In the order they were added, whether the very same dialogue came before."""
        first = np.zeros(len(self._wholes), dtype=bool)
        first[np.unique(_viewed(self._wholes), return_index=True)[1]] = True
        return (not each for each in first.tolist())


def clustered(records: Sequence[Record]) -> Iterator[Record]:
    """The records with their split keys."""
    clusters = Clusters()
    for record in records:
        clusters.add(record.messages)
    for record, key in zip(records, clusters.split_keys(), strict=True):
        yield replace(record, split_key=key)


def match_keys(messages: Sequence[Message]) -> list[int]:
    """64-bit hashes that ignore letter case, spaces and punctuation. `messages` ends with a question and a reply."""
    return [_hash(kind, message.content) for kind, message in zip("qa", messages[-2:], strict=False)]


def whole(messages: Sequence[Message]) -> int:
    """A 64-bit hash of every word and role."""
    return _digest("\0".join(f"{message.role}:{message.content}" for message in messages))


def part(split_key: str, valid: int = 5, test: int = 5) -> str:
    """The part by percent."""
    at = int.from_bytes(hashlib.sha256(split_key.encode()).digest()[:8]) % 100
    return "test" if at < test else "valid" if at < test + valid else "train"


def parted(records: Iterable[Record]) -> dict[str, list[Record]]:
    parts: dict[str, list[Record]] = {name: [] for name in PARTS}
    for record in records:
        parts[part(record.split_key)].append(record)
    return parts


def _hash(kind: str, text: str) -> int:
    return _digest(f"{kind}:{letters(text) or text}")


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:8])


def _viewed(numbers: array[int]) -> NDArray[np.uint64]:
    return np.frombuffer(numbers, dtype=np.uint64) if numbers else np.zeros(0, dtype=np.uint64)


def _united(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The least member of each node's component: labels sink along the pairs until nothing changes any more."""
    least = np.arange(count)
    while True:
        lower = np.minimum(least[pairs[:, 0]], least[pairs[:, 1]])
        before = least.copy()
        np.minimum.at(least, pairs[:, 0], lower)
        np.minimum.at(least, pairs[:, 1], lower)
        least = least[least]  # two steps at once
        if np.array_equal(before, least):
            return least
