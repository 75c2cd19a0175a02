"""Spans kept in the form that every platform takes: not empty, trimmed, properly nested, sorted outermost first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from bot.messages import Body, Span, SpanKind

# Outermost first: of two spans over the same stretch the earlier kind contains the later one.
NESTING: tuple[SpanKind, ...] = ("quote", "pre", "link", "bold", "italic", "strike", "code")


def tidy(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans without outer whitespace (a `pre` keeps its first line's indentation), the blank ones left out."""
    trimmed = (_trimmed(text, span) for span in spans)
    kept = {span for span in trimmed if span.start < span.end}
    return tuple(sorted(kept, key=lambda span: (span.start, -span.end, NESTING.index(span.kind), span.value)))


def clip(text: str, spans: Iterable[Span], start: int, end: int) -> Body:
    """The part [start, end) of a text as a body of its own, without trailing whitespace. Takes spans that are tidy."""
    while end > start and text[end - 1].isspace():
        end -= 1
    part = text[start:end]
    inside = (span for span in takewhile(lambda span: span.start < end, spans) if span.end > start)
    return Body(part, tidy(part, (_shifted(span, start, end) for span in inside)))


def _shifted(span: Span, start: int, end: int) -> Span:
    return Span(span.kind, max(span.start, start) - start, min(span.end, end) - start, span.value)


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    if span.kind == "pre" and start < end:
        start = max(span.start, text.rfind("\n", span.start, start) + 1)
    return span if (start, end) == (span.start, span.end) else Span(span.kind, start, end, span.value)
