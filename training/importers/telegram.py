"""Telegram Desktop's result.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from training.importers.lines import Dropped, ImportRefused, Line, Talk, sittings, talk


def telegram(file: Path, allowed: frozenset[str], dropped: Dropped) -> Iterator[Talk]:
    """Dialogues of those whose from_id ("user123") consented. Raises ImportRefused for a file of another shape."""
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
        chats = content["chats"]["list"] if "chats" in content else [content]
        lines = [list(_lines(chat["messages"], dropped)) for chat in chats]
    except (ValueError, KeyError, TypeError):
        raise ImportRefused(f"{file}: expected Telegram's export with messages[]") from None
    for chat in lines:
        for sitting in sittings(chat, allowed, dropped):
            yield from talk(sitting, dropped)


def _lines(messages: list[dict[str, Any]], dropped: Dropped) -> Iterator[Line]:
    for message in messages:
        text = _text(message.get("text", ""))
        if message.get("type") != "message" or message.get("forwarded_from") or not text.strip():
            dropped["forwarded or no text"] += 1
            continue
        yield Line(message["from_id"], text, datetime.fromisoformat(message["date"]))


def _text(parts: str | list[Any]) -> str:
    """A text with links or bold words comes as a list of strings and {"text": …}."""
    if isinstance(parts, str):
        return parts
    return "".join(part if isinstance(part, str) else part["text"] for part in parts)
