"""JSONL: a {"messages": [{"role", "content"}]} a line, as most of the world has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bot.messages import Message
from training.importers.lines import Dropped, Talk

_ROLES = ("system", "user", "assistant")


def jsonl(file: Path, dropped: Dropped) -> Iterator[Talk]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            dropped.here = f"line {number}"
            try:
                entries = json.loads(line)["messages"]
                found = tuple(Message(one["role"], one["content"]) for one in entries)
            except (ValueError, KeyError, TypeError, RecursionError):
                dropped.note('no {"messages": [...]} in one line', dropped.here)
                continue
            if not all(isinstance(message.content, str) for message in found):
                dropped.note("content that is no text", dropped.here)
                continue
            if any(message.role not in _ROLES for message in found):
                dropped.note("unknown role", dropped.here)
                continue
            yield found
