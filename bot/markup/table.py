"""A Markdown table as lines of text with aligned columns, for a font in which every letter is equally wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat

from markdown_it.rules_block.table import escapedSplit

# A longer cell runs over its column: padding a whole column to it would multiply the text.
WIDEST_COLUMN = 32


def aligned(lines: Sequence[str], plain: Callable[[str], str]) -> str:
    """The table's source lines (header, delimiters, rows) as text; `plain` takes a cell's Markdown off."""
    sides = [_side(cell) for cell in _cells(lines[1])]
    rows = [[plain(cell) for cell in _cells(line)] for line in (lines[0], *lines[2:])]
    widths = _widths(rows)
    header, *others = (_row(row, widths, sides) for row in rows)
    rule = "-+-".join("-" * width for width in widths)
    return "\n".join((header, rule, *others))


def _cells(line: str) -> list[str]:
    cells = [str(cell).strip() for cell in escapedSplit(line.strip())]
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return cells


def _side(delimiter: str) -> str:
    if not delimiter.endswith(":"):
        return "left"
    return "center" if delimiter.startswith(":") else "right"


def _widths(rows: Iterable[Sequence[str]]) -> list[int]:
    widths: list[int] = []
    for row in rows:
        widths += [0] * (len(row) - len(widths))
        for column, cell in enumerate(row):
            widths[column] = max(widths[column], min(_width(cell), WIDEST_COLUMN))
    return widths


def _row(cells: Sequence[str], widths: Sequence[int], sides: Sequence[str]) -> str:
    """A row with more cells than the header goes on, left-aligned."""
    columns = zip(cells, widths, chain(sides, repeat("left")), strict=False)
    return " | ".join(_padded(cell, width, side) for cell, width, side in columns).rstrip()


def _padded(cell: str, width: int, side: str) -> str:
    room = max(width - _width(cell), 0)
    match side:
        case "right":
            return " " * room + cell
        case "center":
            return " " * (room // 2) + cell + " " * (room - room // 2)
        case _:
            return cell + " " * room


def _width(text: str) -> int:
    """Columns on the screen: East Asian wide letters take two, marks that sit on a letter none."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if letter.isascii():
        return 1
    # a syllable of conjoining letters is as wide as its first one
    if unicodedata.category(letter) in ("Mn", "Me", "Cf") or "\u1160" <= letter <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
