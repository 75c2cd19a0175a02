"""Dialogues that share a question or an answer get one split key, so that paraphrases never straddle two parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.messages import Message
from training.records import Record

PARTS = ("train", "valid", "test")


def clustered(records: Sequence[Record]) -> Iterator[Record]:
    """Union-find over the match keys of last questions and answers; the key is the cluster's smallest hash."""
    parent: dict[int, int] = {}
    for record in records:
        keys = match_keys(record.messages)
        roots = [_root(parent, key) for key in keys]
        least = min(roots)
        for root in roots:
            parent[root] = least
    for record in records:
        key = match_keys(record.messages)[0]
        yield replace(record, split_key=f"{_root(parent, key):016x}")


def match_keys(messages: Sequence[Message]) -> list[int]:
    """64-bit hashes that ignore letter case, spaces and punctuation. `messages` ends with a question and a reply."""
    return [_hash(kind, message.content) for kind, message in zip("qa", messages[-2:], strict=False)]


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
    key = "".join(character for character in text.casefold() if character.isalnum()) or text
    return int.from_bytes(hashlib.sha256(f"{kind}:{key}".encode()).digest()[:8])


def _root(parent: dict[int, int], key: int) -> int:
    parent.setdefault(key, key)
    while parent[key] != key:
        parent[key] = parent[parent[key]]
        key = parent[key]
    return key
