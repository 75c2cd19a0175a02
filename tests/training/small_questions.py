"""A set of a few articles with questions, in SQuAD's form, that a training of a second learns from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAMES = ("Ada", "Bob", "Eve", "Kim", "Lee", "Max")


def place(root: Path) -> Path:
    """`root`/data/sets/quiz; its articles are short enough for the tiny model."""
    folder = root / "data/sets/quiz"
    folder.mkdir(parents=True)
    for part, some in (("train", NAMES), ("valid", NAMES), ("test", NAMES[2:])):
        (folder / f"{part}.json").write_text(json.dumps({"data": [article(name) for name in some]}))
    return folder


def article(name: str) -> dict[str, Any]:
    """One passage, one question that it answers, one that it doesn't."""
    passage = f"{name} sang."
    asked = [
        {"id": f"{name}1", "question": "who?", "answers": [{"text": name, "answer_start": 0}], "is_impossible": False},
        {"id": f"{name}2", "question": "when?", "answers": [], "is_impossible": True},
    ]
    return {"title": name, "paragraphs": [{"context": passage, "qas": asked}]}
