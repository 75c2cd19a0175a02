"""How an answer says that a source could not be asked just now."""

from __future__ import annotations

from typing import Any

from bot.command import Scene
from bot.errors import SourceBusy, SourceError
from bot.korean.clock import span
from bot.sources.cached import Known


def stale(scene: Scene, known: Known[Any]) -> list[str]:
    """One line with its age for what was known before; none for what is fresh."""
    if known.fresh:
        return []
    whole_minutes = (scene.now - known.at).total_seconds() // 60 * 60
    return [scene.locale("source_stale", age=span(whole_minutes, scene.locale.language))]


def dead(scene: Scene, error: SourceError, sentence: str) -> str:
    """The command's own sentence; that too many people ask is no fault of the source."""
    return scene.locale("source_busy", source=error.source) if isinstance(error, SourceBusy) else sentence
