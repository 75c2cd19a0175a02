"""Server-sent events out of bytes that come in any pieces."""

from __future__ import annotations

import codecs

LONGEST_LINE = 1_000_000  # characters; a line without end would fill the memory


class TooLong(Exception):
    """A line goes on and on."""


class EventReader:
    """Feed it bytes; it gives each event's data, and None for a comment, which only says that somebody is there."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self._line = ""
        self._after_return = False
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[str | None]:
        """Raises TooLong."""
        text = self._decode(chunk)
        if self._after_return and text:  # the line feed of a CR LF that was torn apart
            text, self._after_return = text.removeprefix("\n"), False
        self._after_return = self._after_return or text.endswith("\r")
        # Not splitlines(): JSON may hold U+2028 and its like.
        *lines, self._line = (self._line + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if len(self._line) + sum(map(len, self._data)) > LONGEST_LINE:
            raise TooLong
        return [event for line in lines for event in self._read(line)]

    def _read(self, line: str) -> list[str | None]:
        if line.startswith(":"):
            return [None]
        if line:
            name, _, value = line.partition(":")
            if name == "data":
                self._data.append(value.removeprefix(" "))
            return []
        data, self._data = self._data, []
        return ["\n".join(data)] if data else []
