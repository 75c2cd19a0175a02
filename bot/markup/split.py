"""A body in parts that each fit a message: nothing but whitespace is lost at the cuts, no letter or code is broken."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice

from bot.markup.graphemes import boundary
from bot.markup.spans import clip, tidy
from bot.messages import Body, Span

_PARAGRAPH = re.compile(r"(?=\n[^\S\n]*\n)")
_LINE = re.compile(r"(?=\n)")
# Not after a digit: "1. " begins a list's item, and "2024. 5. 1." is one date.
_SENTENCE = re.compile(r"(?:(?<!\d)\.|[!?…])[\"'”’)\]」』]*(?=\s)|[。！？][”’）」』]*(?![。！？…”’）」』])")
_SPACE = re.compile(r"(?=\s)")

# Each with the share of the stretch that a part must keep at least, so that no boundary leaves a tiny part.
_RANKS = ((_PARAGRAPH, 0.5), (_LINE, 0.5), (_SENTENCE, 0.5), (_SPACE, 0.25))
_BEFORE_CODE = 0.25


def split(body: Body, length: int, measure: Callable[[Body], int], spans: int | None = None) -> list[Body]:
    """The body in parts of which each measures at most `length`; a blank body gives one empty part.

    `spans`: how many of them a part may have at most, None for any number.

    `measure` may count markup too, but must not shrink when text is added. Only two things give way, so that there is
    always progress: formatting that leaves no room for a single character is dropped, and a single character that is
    too long by itself makes a part. Buttons belong to no part.
    """
    return list(_Parts(body, length, measure, spans)) or [Body("")]


class _Parts:
    def __init__(self, body: Body, length: int, measure: Callable[[Body], int], most: int | None) -> None:
        self._text = body.text
        self._end = len(body.text.rstrip())
        self._spans = tidy(body.text, body.spans)
        self._length = length
        self._measure = measure
        self._most = most

    def __iter__(self) -> Iterator[Body]:
        start = self._visible(0)
        while start < self._end:
            cut = self._cut(start)
            part = clip(self._text, self._spans, start, cut)
            if part.text:
                yield part
            start = self._visible(cut)
            self._forget_spans(start)

    def _forget_spans(self, before: int) -> None:
        begun = bisect_left(self._spans, before, key=lambda span: span.start)
        self._spans = (*(span for span in self._spans[:begun] if span.end > before), *self._spans[begun:])

    def _cut(self, start: int) -> int:
        """The end of the part that begins at `start`: the best boundary that fits."""
        reach = self._reach(start)
        if reach == start:
            return self._cut_without_spans(start)
        if reach == self._end:
            return reach
        return next((cut for cut in self._boundaries(start, reach) if self._fits(start, cut)), reach)

    def _cut_without_spans(self, start: int) -> int:
        around = [span for span in self._spans if span.start <= start < span.end]
        if not around:
            return start + 1
        self._spans = tuple(span for span in self._spans if span not in around)
        return self._cut(start)

    def _fits(self, start: int, end: int) -> bool:
        part = clip(self._text, self._spans, start, end)
        return (self._most is None or len(part.spans) <= self._most) and self._measure(part) <= self._length

    def _reach(self, start: int) -> int:
        """The furthest end that fits; `start` if none does. Tries `length` characters first, as most count one."""
        fitting, step = start, max(self._length, 1)
        while self._fits(start, beyond := min(fitting + step, self._end)):
            if beyond == self._end:
                return beyond
            fitting, step = beyond, 1 if fitting == start else step * 2
        while beyond - fitting > 1:
            middle = (fitting + beyond) // 2
            if self._fits(start, middle):
                fitting = middle
            else:
                beyond = middle
        return fitting

    def _boundaries(self, start: int, reach: int) -> Iterator[int]:
        """Where the part may end, the best first."""
        code = next((span for span in self._spans if span.kind == "pre" and span.start < reach < span.end), None)
        if code:
            yield from self._around_code(code, start, reach)
        for pattern, share in _RANKS:
            yield from self._last(pattern, start + int((reach - start) * share), reach)
        if code:
            yield from self._last(_LINE, max(start, code.start), reach, in_code=True)
            if code.start > start:
                yield code.start
            yield from self._last(_SPACE, start, reach, in_code=True)
        yield from (cut for cut in range(reach, start, -1) if boundary(self._text, cut, start))

    def _around_code(self, code: Span, start: int, reach: int) -> Iterator[int]:
        """Before the code, if the next message can take it whole; else at the end of one of its later lines."""
        if code.start - start >= (reach - start) * _BEFORE_CODE and self._fits(code.start, code.end):
            yield code.start
        yield from self._last(_LINE, max(code.start, (start + reach) // 2), reach, in_code=True)

    def _last(self, pattern: re.Pattern[str], low: int, reach: int, *, in_code: bool = False) -> Iterator[int]:
        """The last match's end after `low`, up to `reach`; one position more is looked at, since it may be a space."""
        cuts = [match.end() for match in pattern.finditer(self._text, low, min(reach + 2, len(self._text)))]
        inside = (cut for cut in reversed(cuts) if low < cut <= reach and boundary(self._text, cut))
        yield from islice((cut for cut in inside if in_code or not self._inside_code(cut)), 1)

    def _inside_code(self, at: int) -> bool:
        return any(span.kind == "pre" and span.start < at < span.end for span in self._spans)

    def _visible(self, at: int) -> int:
        """Where the next part begins: past whitespace, but at the beginning of a line of code that is indented."""
        text = self._text
        begin = at
        while begin < self._end and text[begin].isspace():
            begin += 1
        line = text.rfind("\n", 0, begin) + 1
        code = next((span for span in self._spans if span.kind == "pre" and span.start <= begin < span.end), None)
        return max(line, code.start) if code and line >= at else begin
