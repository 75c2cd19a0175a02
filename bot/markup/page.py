"""A page that is written from top to bottom: plain text, and the spans that say how it looks."""

from __future__ import annotations

import re
from collections import Counter

from bot.markup.spans import tidy
from bot.messages import Body, Span, SpanKind

# C0 and C1 controls and the bidi embeddings: Telegram's servers drop or blank most of them, which would shift offsets.
_DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
_BREAK = re.compile("\r\n?|[\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")


def clean(text: str) -> str:
    """Line ends as \\n, no control character but \\n and \\t, U+FFFD for a lone surrogate."""
    if not _UNCLEAN.search(text):
        return text
    return _SURROGATE.sub("\ufffd", _DROPPED.sub("", _BREAK.sub("\n", text)))


class Page:
    """Writes text and marks spans.

    Whitespace waits in `_gap` until something visible follows, so that no line ends in a space and a new line
    replaces what waited before it.
    """

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[str] = []
        self._spans: list[Span] = []
        self._gap = ""
        self._at_line_start = True
        self._depth: Counter[SpanKind] = Counter()
        self._open: dict[SpanKind, tuple[int, str]] = {}

    def body(self) -> Body:
        text = "".join(self._parts)
        return Body(text, tidy(text, self._spans))

    def write(self, text: str) -> None:
        text = clean(text)
        if self._at_line_start:
            text = text.lstrip()
        visible = text.rstrip()
        if not visible:
            self._gap += text
            return
        self._put(visible)
        self._gap = text[len(visible) :]
        self._at_line_start = False

    def break_line(self, lines: int = 1, indent: str = "") -> None:
        self._gap = "\n" * lines + indent if self.length else ""
        self._at_line_start = True

    def mark(self, marker: str) -> None:
        """A list item's marker: what follows stands on the same line."""
        self.write(marker)
        self._gap = " "
        self._at_line_start = True

    def open(self, kind: SpanKind, value: str = "") -> None:
        """A kind inside the same kind is one span: Telegram takes no nested ones."""
        self._depth[kind] += 1
        if self._depth[kind] == 1:
            self._open[kind] = (self.length, value)

    def close(self, kind: SpanKind) -> None:
        self._depth[kind] -= 1
        if self._depth[kind] == 0:
            start, value = self._open.pop(kind)
            self._spans.append(Span(kind, start, self.length, value))

    def code(self, text: str) -> None:
        """Code on a line. A link or a quote can't contain it and is worth more: there it is plain text."""
        if "link" in self._open or "quote" in self._open:
            return self.write(text)
        self._interrupt()
        start = self.length
        self.write(text)
        self._spans.append(Span("code", start, self.length))
        return self._resume()

    def pre(self, code: str, language: str = "") -> None:
        """Code on lines of its own, their indentation kept; a quote around it ends above and goes on below."""
        code = re.sub(r"\A(?:[^\S\n]*\n)+", "", clean(code)).rstrip()
        if not code:
            return
        self._interrupt()
        self._gap = "\n" * max(self._gap.count("\n"), 1) if self.length else ""
        start = self.length + len(self._gap)
        self._put(code)
        self._spans.append(Span("pre", start, self.length, language))
        self.break_line()
        self._resume()

    def _interrupt(self) -> None:
        for kind, (start, value) in self._open.items():
            self._spans.append(Span(kind, start, self.length, value))

    def _resume(self) -> None:
        for kind, (_, value) in self._open.items():
            self._open[kind] = (self.length, value)

    def _put(self, text: str) -> None:
        text = self._gap + text
        self._gap = ""
        self._parts.append(text)
        self.length += len(text)
