"""KakaoTalk's text export, as the PC and as a phone writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from training.importers.lines import Agreed, Agreement, Dropped, Line

_DAY = re.compile(r"^-{3,} (\d{4})년 (\d{1,2})월 (\d{1,2})일 .*-{3,}$")
_PC = re.compile(r"^\[(?P<who>[^\]]+)\] \[(?P<half>오전|오후) (?P<hour>\d{1,2}):(?P<minute>\d\d)\] (?P<text>.*)$")
_PHONE = re.compile(
    r"^(?P<y>\d{4})년 (?P<m>\d{1,2})월 (?P<d>\d{1,2})일 (?P<half>오전|오후) (?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?:, (?P<who>.+?) : (?P<text>.*))?"
)
_THINGS = re.compile(r"^(사진( \d+장)?|동영상|이모티콘|삭제된 메시지입니다\.?|보이스톡.*|파일: .*)$")


def kakaotalk(file: Path, agreement: Agreement, dropped: Dropped) -> Iterator[Agreed]:
    """Dialogues of those who consented alone."""
    yield from agreement.talks("kakaotalk", _without_things(_lines(file), dropped), dropped)


def _lines(file: Path) -> Iterator[Line]:
    """A message may go on over several lines; what the app itself says (a day, somebody came) ends one."""
    day, now = date(1970, 1, 1), None
    with file.open(encoding="utf-8-sig") as rows:
        for row in (row.rstrip("\r\n") for row in rows):
            if found := _DAY.match(row):
                day = date(int(found[1]), int(found[2]), int(found[3]))
                ended, now = now, None
            elif found := _PC.match(row):
                ended, now = now, Line(found["who"], found["text"], _time(day, found))
            elif found := _PHONE.match(row):
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
                ended, now = now, Line(found["who"], found["text"], _time(day, found)) if found["who"] else None
            else:
                ended, now = None, now and Line(now.speaker, f"{now.text}\n{row}", now.at)
            if ended:
                yield ended
    if now:
        yield now


def _time(day: date, found: re.Match[str]) -> datetime:
    hour = int(found["hour"]) % 12 + (12 if found["half"] == "오후" else 0)
    return datetime(day.year, day.month, day.day, hour, int(found["minute"]))


def _without_things(lines: Iterator[Line], dropped: Dropped) -> Iterator[Line]:
    for line in lines:
        if _THINGS.match(line.text.strip()):
            dropped["no text"] += 1
        else:
            yield line
