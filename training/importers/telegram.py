"""Telegram Desktop's result.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from training.importers.lines import Agreed, Agreement, Dropped, Line
from training.importers.streaming import arrays


def telegram(file: Path, agreement: Agreement, dropped: Dropped) -> Iterator[Agreed]:
    """Dialogues of those whose from_id ("user123") consented. Raises ImportRefused for a file of another shape."""
    for chat in arrays(file, "messages"):
        yield from agreement.talks("telegram", _lines(chat, dropped), dropped)


def _lines(messages: Iterable[dict[str, Any]], dropped: Dropped) -> Iterator[Line]:
    for message in messages:
        try:
            text = _text(message.get("text", ""))
            if message.get("type") != "message" or message.get("forwarded_from") or not text.strip():
                dropped["forwarded or no text"] += 1
                continue
            line = Line(message["from_id"], text, datetime.fromisoformat(message["date"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            dropped["not a message"] += 1
            continue
        yield line


def _text(parts: str | list[Any]) -> str:
    """A text with links or bold words comes as a list of strings and {"text": …}."""
    if isinstance(parts, str):
        return parts
    return "".join(part if isinstance(part, str) else part["text"] for part in parts)
