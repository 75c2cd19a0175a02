"""KakaoTalk's text export, as the PC and as a phone writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from unicodedata import normalize

from training.importers.lines import Agreed, Agreement, Dropped, Line

_DAY = re.compile(r"^-{3,} (\d{4})년 (\d{1,2})월 (\d{1,2})일 .*-{3,}$")
_TIME = r"(?P<half>오전|오후) (?P<hour>\d{1,2}):(?P<minute>\d\d)"
_PC = re.compile(rf"^\[(?P<who>[^\]]+)\] \[{_TIME}\] (?P<text>.*)$")
_PHONE = re.compile(  # the app itself tells a day, or politely who came and went; anything else is somebody's text
    rf"^(?P<y>\d{{4}})년 (?P<m>\d{{1,2}})월 (?P<d>\d{{1,2}})일 {_TIME}(?:, (?P<who>.+?) : (?P<text>.*)|, .*니다\.?)?$"
)
_THINGS = re.compile(r"^(사진( \d+장)?|동영상|이모티콘|삭제된 메시지입니다\.?|보이스톡.*|파일: .*)$")
_APP = ""  # the speaker of what the app itself says


def kakaotalk(file: Path, agreement: Agreement, dropped: Dropped) -> Iterator[Agreed]:
    """Dialogues of those who consented alone."""
    yield from agreement.talks("kakaotalk", _without_things(_lines(file), dropped), dropped)


def _lines(file: Path) -> Iterator[Line]:
    """A message may go on over several lines; what the app itself says (a day, somebody came) ends one.

    The first line of either form tells whose export it is: one of the other form was pasted into a message.
    """
    now, forms = Line(_APP, ""), [_Pc().begun, _phone]
    with file.open(encoding="utf-8-sig") as rows:
        for row in (normalize("NFC", row.rstrip("\r\n")) for row in rows):
            found = next(((line, form) for form in forms if (line := form(row))), None)
            if found is None:
                now = replace(now, text=f"{now.text}\n{row}")
                continue
            if now.speaker != _APP:
                yield now
            now, forms = found[0], [found[1]]
    if now.speaker != _APP:
        yield now


class _Pc:
    """Times below a line for each day."""

    def __init__(self) -> None:
        self._day = date(1970, 1, 1)

    def begun(self, row: str) -> Line | None:
        """The message that begins here; None in the midst of one."""
        if (found := _DAY.match(row)) and (day := _day(*found.groups())):
            self._day = day
            return Line(_APP, row)
        if (found := _PC.match(row)) and (at := _at(self._day, found)):
            return Line(found["who"], found["text"], at)
        return None


def _phone(row: str) -> Line | None:
    """The message that begins here; None in the midst of one."""
    found = _PHONE.match(row)
    if not found or not (day := _day(found["y"], found["m"], found["d"])) or not (at := _at(day, found)):
        return None
    return Line(found["who"] or _APP, found["text"] or "", at)


def _day(*numbers: str) -> date | None:
    """None where the calendar has no such day: people write what they like."""
    try:
        return date(*map(int, numbers))
    except ValueError:
        return None


def _at(day: date, found: re.Match[str]) -> datetime | None:
    hour, minute = int(found["hour"]), int(found["minute"])
    if hour > 12 or minute > 59:
        return None
    return datetime(day.year, day.month, day.day, hour % 12 + (12 if found["half"] == "오후" else 0), minute)


def _without_things(lines: Iterator[Line], dropped: Dropped) -> Iterator[Line]:
    for line in lines:
        if _THINGS.match(line.text.strip()):
            dropped["no text"] += 1
        else:
            yield line
