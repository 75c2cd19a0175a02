"""Tokens of a dialogue with what is learnt of them in colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from training.labels import IGNORED


def coloured(ids: Sequence[int], labels: Sequence[int], spelled: Callable[[int], str]) -> Text:
    """Green is learnt, dim is not; "|" stands between tokens."""
    text = Text()
    for id, label in zip(ids, labels, strict=True):
        text.append(spelled(id) + "|", style="dim" if label == IGNORED else "green")
    return text
