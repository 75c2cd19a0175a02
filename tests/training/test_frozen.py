"""What things are measured on stays apart from what is learnt, but for what everybody says in these very words.

Writers who never saw each other's lines agree on the usual ones ("안녕", "크리스마스까지 며칠 남았어?"), up to one in
seven of a frozen file, none of them long. A file that was learnt from, or copied from what was, would share nearly all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.korean.folding import match_key
from training.suite import SHIPPED

ROOT = Path(__file__).resolve().parents[2]
FROZEN = [
    *sorted(SHIPPED.glob("*.jsonl")),
    SHIPPED / "openers.txt",
    *sorted((ROOT / "tests" / "understanding").glob("*.jsonl")),
]
LEARNT = [
    file for folder in ("", "smalltalk", "requests") for file in sorted((ROOT / "training" / folder).glob("*.jsonl"))
]
WORDS = {"said", "answered", "then", "content"}  # the fields in which somebody speaks
SHARED, LONGEST = 0.15, 21  # of a frozen file's texts; letters of one


def spoken(content: Any) -> Iterator[str]:
    match content:
        case dict():
            for name, value in content.items():
                yield from [value] if name in WORDS else spoken(value)
        case list():
            for value in content:
                yield from spoken(value)


def keys(file: Path) -> set[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    texts = lines if file.suffix == ".txt" else [text for line in lines for text in spoken(json.loads(line))]
    return {key for text in texts if (key := match_key(text))}


@cache
def learnt() -> frozenset[str]:
    return frozenset().union(*map(keys, LEARNT))


def test_everything_that_is_learnt_is_looked_at() -> None:
    assert {file.parent.name for file in LEARNT} == {"training", "smalltalk", "requests"}
    assert {file.name for file in LEARNT} >= {"asks.jsonl", "kinds.jsonl", "moods.jsonl", "turns.jsonl", "body.jsonl"}
    assert len(learnt()) > 100_000


@pytest.mark.parametrize("file", FROZEN, ids=lambda file: file.stem)
def test_what_is_frozen_is_apart_from_what_is_learnt(file: Path) -> None:
    frozen = keys(file)
    both = frozen & learnt()
    assert len(both) <= SHARED * len(frozen), f"{len(both)} of {len(frozen)}"
    assert max(map(len, both), default=0) <= LONGEST, sorted(both, key=len)[-5:]
