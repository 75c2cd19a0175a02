"""Small whole numbers as people say them: 세, 3, 열두."""

from __future__ import annotations

from bot.korean.numbers import number


def count(text: str) -> int | None:
    """The whole number that the text is, None when it is none or absurdly large."""
    value = number(text.strip())
    if value is None or value != int(value) or not 0 <= value < 1_000_000:
        return None
    return int(value)
