"""AI-Hub's three shapes of dialogue: by topic, with summaries, over several sessions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.importers.lines import Dropped, ImportRefused, Line, Talk, talk


def topics(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """data[].body.dialogue[] with participantID and utterance; the summary collection has data[].body too."""
    for entry in _loaded(file, "data"):
        try:
            body = entry.get("body") or entry
            lines = [Line(str(one["participantID"]), one["utterance"]) for one in body["dialogue"]]
        except (KeyError, TypeError, AttributeError):
            dropped["not a dialogue"] += 1
            continue
        yield from talk(lines, dropped)


def sessions(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """info[].annotations.lines[] with speaker.id and norm_text."""
    for entry in _loaded(file, "info"):
        try:
            lines = [Line(str(one["speaker"]["id"]), one["norm_text"]) for one in entry["annotations"]["lines"]]
        except (KeyError, TypeError):
            dropped["not a dialogue"] += 1
            continue
        yield from talk(lines, dropped)


def _loaded(file: Path, key: str) -> list[Any]:
    """One file at a time is in memory: the collections come as thousands of small ones. Raises ImportRefused."""
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))[key]
    except (ValueError, KeyError, TypeError):
        raise ImportRefused(f"{file}: expected JSON with {key}[]") from None
    return found if isinstance(found, list) else [found]
