"""JSON from outside, read field by field: what is missing or of the wrong kind is named, never guessed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn, TypeVar

from bot.errors import SourceError

# Figures in texts: "70,500", "-.69" (data.go.kr leaves the zero out).
_FIGURE = re.compile(r"[+-]?(\d[\d,]*)?(\.\d+)?", re.ASCII)
_LONGEST_FIGURE = 40
_YEARS = range(2000, 2101)  # others are no dates of forecasts and prices, and may not even fit a time zone


D = TypeVar("D", date, datetime)


def read(source: str, body: bytes) -> Reading:
    """The root of a JSON answer. Raises SourceError when it isn't JSON."""
    if not body.strip():
        raise SourceError(source, "sent nothing")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise SourceError(source, "sent HTML or XML instead of JSON")
    try:
        return Reading(source, json.loads(body, parse_float=Decimal, parse_constant=_no_constant))
    except (ValueError, RecursionError, InvalidOperation):
        raise SourceError(source, "sent something that isn't whole JSON") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


@dataclass(frozen=True, slots=True)
class Reading:
    """A value in an answer and the way to it, "daily.time[2]"."""

    source: str
    value: object
    way: str = ""

    def __getitem__(self, key: str | int) -> Reading:
        """Raises SourceError, naming the field, when there is none."""
        way = f"{self.way}[{key}]" if isinstance(key, int) else f"{self.way}.{key}".lstrip(".")
        if isinstance(key, str) and isinstance(self.value, Mapping) and key in self.value:
            return Reading(self.source, self.value[key], way)
        if isinstance(key, int) and isinstance(self.value, list) and 0 <= key < len(self.value):
            return Reading(self.source, self.value[key], way)
        raise SourceError(self.source, f"the answer lacks {way}")

    def maybe(self, key: str) -> Reading | None:
        """The field, or None when it is missing or null."""
        if not isinstance(self.value, Mapping) or self.value.get(key) is None:
            return None
        return self[key]

    def items(self) -> tuple[Reading, ...]:
        if not isinstance(self.value, list):
            self._fault("no list")
        return tuple(self[index] for index in range(len(self.value)))

    def text(self) -> str:
        if not isinstance(self.value, str):
            self._fault("no text")
        return self.value

    def decimal(self) -> Decimal:
        """A number, or a text that is one."""
        if isinstance(self.value, str):
            return self._figure(self.value)
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            self._fault("no number")
        return Decimal(self.value)

    def number(self) -> float:
        number = float(self.decimal())
        if not math.isfinite(number):
            self._fault("no number")
        return number

    def whole(self) -> int:
        """A number without a fraction."""
        number = self.number()
        if number != int(number):
            self._fault("no whole number")
        return int(number)

    def day(self) -> date:
        """A date written 2026-11-20 or 20261120."""
        return self._parsed(date.fromisoformat, "no date")

    def moment(self) -> datetime:
        return self._parsed(datetime.fromisoformat, "no time")

    def _parsed(self, parse: Callable[[str], D], what: str) -> D:
        try:
            found = parse(self.text())
        except ValueError:
            self._fault(what)
        if found.year not in _YEARS:
            self._fault(what)
        return found

    def _figure(self, text: str) -> Decimal:
        bare = text.strip()
        if len(bare) > _LONGEST_FIGURE or not any(map(str.isdigit, bare)) or not _FIGURE.fullmatch(bare):
            self._fault("no number")
        return Decimal(bare.replace(",", ""))

    def _fault(self, what: str) -> NoReturn:
        raise SourceError(self.source, f"{self.way or 'the answer'} is {what}")
