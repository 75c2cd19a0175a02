"""What people said one after the other -> a dialogue of two roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import normalize

from bot.erasing import pseudonym
from bot.errors import IrangError
from bot.messages import Message
from training.records import Consent

Talk = tuple[Message, ...]
Agreed = tuple[Talk, Consent]
_PAUSE = timedelta(hours=1)  # after so long a silence something new begins


class ImportRefused(IrangError):
    """A file that will not be read: one line that says why and how to mend it."""


class Dropped(Counter[str]):
    """How many rows were left out, by reason. `first`: where the first one for a reason stands, where that is known.

    `here`: where in its file the dialogue stands that was read last, from an importer that can tell.
    """

    def __init__(
        self, counts: Mapping[str, int] | Iterable[tuple[str, int]] = (), first: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(dict(counts))  # dataclasses.asdict hands over pairs, which a Counter would count
        self.first = dict(first or {})
        self.here = ""

    def copy(self) -> Dropped:
        return Dropped(self, self.first)

    def __reduce__(self) -> tuple[Any, ...]:
        return Dropped, (dict(self), self.first)

    def note(self, reason: str, place: str) -> None:
        self[reason] += 1
        self.first.setdefault(reason, place)

    def told(self) -> dict[str, str]:
        """By reason, the most frequent first: 12, first line 3."""
        return {
            reason: f"{rows:,}" + (f", first {self.first[reason]}" if reason in self.first else "")
            for reason, rows in self.most_common()
            if rows
        }


@dataclass(frozen=True, slots=True)
class Line:
    """`at` is local to the export; None where it tells no time."""

    speaker: str
    text: str
    at: datetime | None = None


# ---- lines into dialogues ------------------------------------------------------------------------


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


def _later(before: Line, line: Line) -> bool:
    return before.at is not None and line.at is not None and line.at - before.at > _PAUSE


# ---- chats of people who agreed ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreement:
    """A consent file: who agreed, to which version of which text, and when (ISO 8601)."""

    names: frozenset[str]
    version: str
    at: str

    def talks(self, platform: str, lines: Iterable[Line], dropped: Dropped) -> Iterator[Agreed]:
        """The dialogues of a chat between people who agreed, each with their consent."""
        for sitting in sittings(lines, self.names, dropped):
            people = tuple(sorted({pseudonym(platform, _id(platform, line.speaker)) for line in sitting}))
            for found in talk(sitting, dropped):
                yield found, Consent(people, self.version, self.at)


def consented(file: Path | None) -> Agreement:
    """Reads a consent file: `version: …` and `at: …` of what was agreed to, then one name or id a line; # comments.

    Names are as the export has them, with or without a "- " of a list before them. Raises ImportRefused.
    """
    if file is not None and not file.is_file():
        raise ImportRefused(f"{file}: no such file")
    if file is None:
        raise ImportRefused("a chat export needs --consent FILE: version:, at: and the speakers who agreed, one a line")
    given, names = {"version": "", "at": ""}, set()
    for number, line in enumerate(normalize("NFC", file.read_text(encoding="utf-8")).splitlines(), 1):
        text = line.partition("#")[0].strip()
        key, colon, value = text.partition(":")
        if colon and key in given:
            given[key] = value.strip()
            _dated(file, number, given["at"])
        elif text:
            names.add(text.removeprefix("- "))
    for key, value in given.items():
        if not value:
            raise ImportRefused(f"{file}: expected a line `{key}: …` of the text that they agreed to")
    if not names:
        raise ImportRefused(f"{file}: names nobody")
    return Agreement(frozenset(names), given["version"], given["at"])


def _dated(file: Path, number: int, at: str) -> None:
    try:
        datetime.fromisoformat(at or "2000-01-01")
    except ValueError:
        raise ImportRefused(f"{file}:{number}: expected a date as 2026-11-21 or 2026-11-21T12:00:00+09:00") from None


def _id(platform: str, speaker: str) -> str:
    """Telegram's export writes user123 where its Bot API, and so our own database, says 123."""
    return speaker.removeprefix("user") if platform == "telegram" else speaker
