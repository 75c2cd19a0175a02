"""One dialogue as a line of JSON: what every importer writes and everything in training/ reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import IrangError
from bot.messages import Message


class BadRecord(IrangError):
    """The text is one line that names file and line."""


@dataclass(frozen=True, slots=True)
class Record:
    """`split_key`: dialogues with the same one fall into the same part; `consent`: the person whose words they are."""

    messages: tuple[Message, ...]
    source: str
    licence: str
    split_key: str
    consent: str | None = None


def read(path: Path) -> Iterator[Record]:
    """The records of a file, one at a time. Raises BadRecord."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                content = json.loads(line)
                messages = tuple(Message(one["role"], one["content"]) for one in content.pop("messages"))
                yield Record(messages=messages, **content)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise BadRecord(f"{path}:{number}: not a record of a dialogue") from None


def write(path: Path, records: Iterable[Record]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")
