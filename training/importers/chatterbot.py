"""chatterbot-corpus YAML: the first line of a list and what answers it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.corpora import conversations
from training.importers.lines import Dropped, Line, Talk, talk


def chatterbot(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """The first answer alone: what follows is sometimes another answer, sometimes a further turn."""
    for said, *answers in conversations(file.read_text(encoding="utf-8-sig")):
        dropped["not surely an answer to the line before"] += max(0, len(answers) - 1)
        yield from talk([Line("Q", said), *(Line("A", answer) for answer in answers[:1])], dropped)
