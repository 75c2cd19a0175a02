"""Our own database: nothing leaves it before people can say that it may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.importers.lines import Dropped, ImportRefused, Talk

REFUSED = frozenset({"discord"})  # Discord's developer policy forbids training on its messages


def may_learn_from(platform: str) -> bool:
    """No consent changes this answer."""
    return platform not in REFUSED


def own(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """Always raises ImportRefused for now: there is no table of consents yet, so nobody has agreed."""
    raise ImportRefused(f"{file}: nobody's consent is recorded yet, so nothing of it may be learnt")
