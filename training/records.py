"""One dialogue as a line of JSON: what every importer writes and everything in training/ reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.errors import IrangError
from bot.messages import Message


class BadRecord(IrangError):
    """The text is one line that names file and line."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Whose words a dialogue is, and what they agreed to.

    `people` are pseudonyms (bot.erasing.pseudonym). `version` is that of the text they agreed to, `at` when they did,
    ISO 8601: where there are several people, the latest of them.
    """

    people: tuple[str, ...]
    version: str
    at: str


@dataclass(frozen=True, slots=True)
class Record:
    """`split_key`: dialogues with the same one fall into the same part. `consent`: None for published collections."""

    messages: tuple[Message, ...]
    source: str
    licence: str
    split_key: str
    consent: Consent | None = None


def read(path: Path) -> Iterator[Record]:
    """The records of a file, one at a time. Raises BadRecord."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield parsed(line)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise BadRecord(f"{path}:{number}: not a record of a dialogue") from None


def parsed(line: str) -> Record:
    """Raises ValueError, KeyError, TypeError or AttributeError."""
    content: dict[str, Any] = json.loads(line)
    messages = tuple(Message(one["role"], one["content"]) for one in content.pop("messages"))
    return Record(messages=messages, consent=_consent(content.pop("consent", None)), **content)


def dumped(record: Record) -> str:
    return json.dumps(asdict(record), ensure_ascii=False) + "\n"


def write(path: Path, records: Iterable[Record]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(dumped(record))


def _consent(content: Any) -> Consent | None:
    return Consent(tuple(content["people"]), content["version"], content["at"]) if content else None
