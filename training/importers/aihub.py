"""AI-Hub's three shapes of dialogue: by topic, with summaries, over several sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.importers.lines import Dropped, Line, Talk, talk
from training.importers.streaming import arrays


def topics(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """data[].body.dialogue[] with participantID and utterance; the summary collection has data[].body too."""
    for entry in (entry for array in arrays(file, "data") for entry in array):
        try:
            body = entry.get("body") or entry
            lines = [Line(str(one["participantID"]), _words(one["utterance"])) for one in body["dialogue"]]
        except (KeyError, TypeError, AttributeError):
            dropped["not a dialogue"] += 1
            continue
        yield from talk(lines, dropped)


def sessions(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """info[].annotations.lines[] with speaker.id and norm_text."""
    for entry in (entry for array in arrays(file, "info") for entry in array):
        try:
            lines = [Line(str(one["speaker"]["id"]), _words(one["norm_text"])) for one in entry["annotations"]["lines"]]
        except (KeyError, TypeError):
            dropped["not a dialogue"] += 1
            continue
        yield from talk(lines, dropped)


def _words(value: object) -> str:
    """Raises TypeError for what is none."""
    if not isinstance(value, str):
        raise TypeError
    return value
