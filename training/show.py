"""Tokens of a dialogue with what is learnt of them in colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text
from transformers import AutoTokenizer

from model import tokens
from model.folder import EMBEDDED
from model.prompt import Renderer
from training.labels import IGNORED

_UNFINISHED = "\ufffd"


def coloured(spelled: Sequence[str], labels: Sequence[int]) -> Text:
    """Green is learnt, dim is not; "|" stands between tokens."""
    text = Text()
    for token, label in zip(spelled, labels, strict=True):
        text.append(f"{token}|", style="dim" if label == IGNORED else "green")
    return text


def renderer(model: Path | None) -> Renderer:
    """That of a model's folder; None: of the embedded one."""
    if model:
        tokens.check(model / "tokenizer.json")
    return Renderer.load(model or EMBEDDED)


def spelled(model: Path | None, ids: Sequence[int]) -> list[str]:
    """What each token stands for; "·" for one in the middle of a letter, which its last token shows."""
    return list(_spelled(AutoTokenizer.from_pretrained(model or EMBEDDED, local_files_only=True), ids))


def _spelled(tokenizer: Any, ids: Sequence[int]) -> Iterator[str]:
    begun: list[int] = []
    for id in ids:
        begun.append(id)
        text = tokenizer.decode(begun)
        if text.endswith(_UNFINISHED):
            yield "·"
        else:
            yield text
            begun = []
