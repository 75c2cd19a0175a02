"""What people said one after the other -> a dialogue of two roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import IrangError
from bot.messages import Message

Talk = tuple[Message, ...]
Dropped = Counter[str]

_PAUSE = timedelta(hours=1)  # after so long a silence something new begins


class ImportRefused(IrangError):
    """A file that will not be read: one line that says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Line:
    """`at` is local to the export; None where it tells no time."""

    speaker: str
    text: str
    at: datetime | None = None


def merged(lines: Iterable[Line]) -> list[Line]:
    """Consecutive lines of one speaker as one, joined by a blank; empty ones left out."""
    found: list[Line] = []
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if found and found[-1].speaker == line.speaker:
            found[-1] = Line(line.speaker, f"{found[-1].text} {text}", line.at)
        else:
            found.append(Line(line.speaker, text, line.at))
    return found


def talk(lines: Iterable[Line], dropped: Dropped) -> Iterator[Talk]:
    """At most one dialogue: who begins is the user, the other the assistant, and the assistant has the last word."""
    said = merged(lines)
    speakers = {line.speaker for line in said}
    if len(speakers) > 2:
        dropped["more than two speakers"] += 1
        return
    if len(speakers) < 2:
        dropped["nobody answers"] += 1
        return
    first = said[0].speaker
    said = said[: len(said) // 2 * 2]
    yield tuple(Message("user" if line.speaker == first else "assistant", line.text) for line in said)


def sittings(lines: Iterable[Line], allowed: frozenset[str], dropped: Dropped) -> Iterator[list[Line]]:
    """A chat cut at long silences; a line of somebody who didn't consent ends a sitting too and is never kept."""
    now: list[Line] = []
    for line in lines:
        if line.speaker not in allowed:
            dropped["no consent"] += 1
        if now and (line.speaker not in allowed or _later(now[-1], line)):
            yield now
            now = []
        if line.speaker in allowed:
            now.append(line)
    if now:
        yield now


def consented(file: Path | None) -> frozenset[str]:
    """Who agreed: one name or id a line, as the export has it; # begins a comment. Raises ImportRefused."""
    if file is None or not file.is_file():
        raise ImportRefused("a chat export needs --consent FILE: the speakers who agreed, one a line")
    lines = (line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    names = frozenset(line for line in lines if line)
    if not names:
        raise ImportRefused(f"{file}: names nobody")
    return names


def _later(before: Line, line: Line) -> bool:
    return before.at is not None and line.at is not None and line.at - before.at > _PAUSE
