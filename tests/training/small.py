"""A data set of a few dozen dialogues and settings with which a training takes a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.messages import Message
from tests.model.tiny import tiny_folder
from training.config import Config
from training.finetune import Place
from training.records import Record, write


def place(root: Path, rows: int = 40) -> Place:
    """A data folder with the data set "toy"."""
    folder = root / "data/sets/toy"
    folder.mkdir(parents=True)
    for part, count in (("train", rows), ("valid", 8), ("test", 6)):
        write(folder / f"{part}.jsonl", (_record(f"{part}{number}", number % 7) for number in range(count)))
    return Place(root / "data")


def settings(root: Path, *, learning: dict[str, Any] | None = None, **more: Any) -> Config:
    """A tiny GPT-2 of `root`/base, two epochs; `learning` and the rest on top."""
    start = {} if "scratch" in more else {"base": {"folder": str(root / "base")}}
    if start and not (root / "base").exists():
        tiny_folder(root / "base")
    learnt = {"epochs": 2, "batch": 8, "rate": 1e-3, **(learning or {})}
    plain: dict[str, Any] = {"name": "toy", "data": {"set": "toy"}, "samples": {"said": ["q1"], "tokens": 4}}
    return Config.model_validate({**plain, **start, "learning": learnt, **more})


def _record(said: str, length: int) -> Record:
    messages = (Message("user", f"q {said}"), Message("assistant", "a" * (length + 1)))
    return Record(messages=messages, source="made up", licence="CC0-1.0", split_key=said)
