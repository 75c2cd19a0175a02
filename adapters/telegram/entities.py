"""Texts as Telegram counts them: in UTF-16 units, where 가 is one and 😀 is two."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from telegram import MessageEntity

from bot.messages import Body, Span

MOST = 100  # https://core.telegram.org/constructor/config: entities beyond these are ignored
_KINDS = {
    "bold": MessageEntity.BOLD,
    "italic": MessageEntity.ITALIC,
    "strike": MessageEntity.STRIKETHROUGH,
    "code": MessageEntity.CODE,
    "pre": MessageEntity.PRE,
    "link": MessageEntity.TEXT_LINK,
    "quote": MessageEntity.BLOCKQUOTE,
}


def length(body: Body) -> int:
    """UTF-16 units of the text; its looks are sent beside it and count nothing."""
    return len(_units(body.text)) // 2


def entities(body: Body) -> list[MessageEntity]:
    """The spans of a body, placed in UTF-16 units."""
    places = list(accumulate((2 if char > "\uffff" else 1 for char in body.text), initial=0))
    return [_entity(span, places) for span in body.spans if _shown(span, len(body.text))][:MOST]


def _entity(span: Span, places: list[int]) -> MessageEntity:
    start = places[span.start]
    return MessageEntity(
        _KINDS[span.kind],
        offset=start,
        length=places[span.end] - start,
        url=span.value if span.kind == "link" else None,
        language=span.value or None if span.kind == "pre" else None,
    )


def _shown(span: Span, end: int) -> bool:
    """Telegram refuses a whole message for one empty stretch or one link that is none."""
    if span.kind == "link" and not span.value.startswith(("http://", "https://")):
        return False
    return 0 <= span.start < span.end <= end


def between(text: str, start: int, end: int) -> str:
    """The stretch of a text from one UTF-16 place to another."""
    return _text(_units(text)[2 * start : 2 * end])


def without(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """A text with stretches (in UTF-16 units) taken out, and the space or comma that belonged to them."""
    units, rest, place = _units(text), "", 0
    for start, end in sorted(stretches):
        rest = _joined(rest, _text(units[2 * place : 2 * start]))
        place = end
    return _joined(rest, _text(units[2 * place :])).strip() if place else _text(units)


def sound(text: str) -> str:
    """Half a surrogate pair, which JSON can carry and UTF-8 can't, becomes �."""
    return _text(_units(text))


def _joined(before: str, after: str) -> str:
    if not before:
        return after.lstrip(" ,")
    return before + (after.lstrip(" ") if before[-1].isspace() else after)


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _text(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")
