"""Arrays in JSON files that are too large to be read whole: one element at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from training.importers.lines import ImportRefused

_CHUNK = 1 << 20  # characters read at a time
_LONGEST = 64 << 20  # characters of one element
_BLANK = re.compile(r"[ \t\r\n]*")


def arrays(file: Path, key: str) -> Iterator[Iterator[Any]]:
    """The elements of every array that stands under `key` outside of such arrays, array by array.

    An array has to be used up before the next one is asked for. A lone object counts as an array of one. Raises
    ImportRefused with file and line for what is no JSON, and when the key isn't there.
    """
    with file.open(encoding="utf-8-sig") as source:
        window, found = _Window(file, source), False
        while window.find(key):
            found = True
            yield window.elements()
        if not found:
            raise ImportRefused(f"{file}: expected JSON with {key}[]")


class _Window:
    """The part of a file that is in memory; `at` is where reading goes on."""

    def __init__(self, file: Path, source: IO[str]) -> None:
        self._file = file
        self._source = source
        self._text = ""
        self._at = 0
        self._line = 1
        self._decoder = json.JSONDecoder()

    def find(self, key: str) -> bool:
        """Go behind the next `"key":`. In a string its quotes would be escaped, so it can only be a key."""
        wanted = re.compile(r'(?<!\\)"' + re.escape(key) + r'"\s*:\s*(?=[\[{])')
        while True:
            if found := wanted.search(self._text, self._at):
                self._at = found.end()
                return True
            self._at = max(self._at, len(self._text) - len(key) - 64)  # it may be cut in two
            if not self._more():
                return False

    def elements(self) -> Iterator[Any]:
        if self._next() == "{":
            yield self._value()
            return
        self._at += 1
        while (sign := self._next()) != "]":
            if sign == ",":
                self._at += 1
            else:
                yield self._value()
        self._at += 1

    def _next(self) -> str:
        """The next sign that is no blank."""
        while True:
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise self._fault("ends in the middle")

    def _value(self) -> Any:
        """The value that begins here, however much has to be read for it."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if len(self._text) - self._at > _LONGEST or not self._more():
                    raise self._fault("no JSON") from None
                continue
            except RecursionError:
                raise self._fault("nested too deeply") from None
            if end == len(self._text) and self._more():  # a number may go on
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        """Read on; twice as much each time that a value is longer than what is here."""
        new = self._source.read(max(_CHUNK, len(self._text) - self._at))
        self._line += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + new
        self._at = 0
        return bool(new)

    def _fault(self, what: str) -> ImportRefused:
        return ImportRefused(f"{self._file}:{self._line + self._text.count(chr(10), 0, self._at)}: {what}")
