"""The leaderboard as one HTML file: tables to sort, curves, answers side by side; nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from training.leaderboard import Board, Cell, Column, answered, cells, openers
from training.runs import Run

_WIDTH, _HEIGHT, _EDGE = 320, 140, 30  # of a curve, in CSS pixels

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 96rem; padding: 0 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #8886; text-align: left; vertical-align: top }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
th button { font: inherit; font-weight: bold; border: 0; background: none; color: inherit; cursor: pointer; padding: 0 }
th[aria-sort=ascending] button::after { content: " ▲" }
th[aria-sort=descending] button::after { content: " ▼" }
figure { display: inline-block; margin: 1rem 1rem 0 0 }
svg text { font: 11px system-ui, sans-serif; fill: currentColor }
.train { stroke: #2b6cb0 } .valid { stroke: #c05621 }
polyline { fill: none; stroke-width: 2 } line { stroke: #8888 }
"""

_SORT = """
for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => {
  const head = button.parentElement, body = head.closest("table").tBodies[0]
  const down = head.getAttribute("aria-sort") === "ascending"
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort")
  head.setAttribute("aria-sort", down ? "descending" : "ascending")
  const key = row => row.cells[head.cellIndex].dataset.order
  const number = head.dataset.number !== undefined
  const rows = [...body.rows].sort((one, other) => {
    const a = key(one), b = key(other)
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined)
    return (number ? a - b : a.localeCompare(b)) * (down ? -1 : 1)
  })
  body.append(...rows)
})
"""


def page(found: Sequence[Board]) -> str:
    """The whole file. Everything that a record holds is text in it, never markup."""
    sections = "\n".join(_section(board) for board in found) or "<p>No finished run yet.</p>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Leaderboard</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style></head><body>\n<h1>Leaderboard</h1>\n"
        "<p>Runs with different tokenizers are compared by held-out bits per character of the reply only. "
        "In brackets: the interval of 95 of 100 bootstrap resamples.</p>\n"
        f"{sections}\n<script>{_SORT}</script></body></html>\n"
    )


def _section(board: Board) -> str:
    heading = f"<h2>{escape(board.data)} <small>sha256 {escape(board.version[:12])}</small></h2>"
    titles = "".join(_title(column, board.comparable) for column in board.columns)
    rows = "\n".join(f"<tr>{_row(run, board.columns)}</tr>" for run in board.runs)
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    curves = "\n".join(curve(run) for run in board.runs if run.epochs)
    return f'<section>{heading}\n<div class="wide">{table}</div>\n{curves}\n{_samples(board)}</section>'


def _title(column: Column, comparable: bool) -> str:
    """A button to sort by, unless the rows' figures can't be compared."""
    if column.same_tokenizer and not comparable:
        return f'<th title="comparable within one tokenizer only">{escape(column.title)}</th>'
    number = " data-number" if column.number else ""
    return f"<th{number}><button>{escape(column.title)}</button></th>"


def _row(run: Run, columns: Sequence[Column]) -> str:
    return "".join(_cell(column, cell) for column, cell in zip(columns, cells(run, columns), strict=True))


def _cell(column: Column, cell: Cell) -> str:
    order = "" if cell.order is None else f' data-order="{escape(str(cell.order))}"'
    kind = ' class="number"' if column.number else ""
    return f"<td{kind}{order}>{escape(cell.text)}</td>"


def _samples(board: Board) -> str:
    said = openers(board)
    if not said:
        return ""
    titles = "".join(f"<th>{escape(run.name)}</th>" for run in board.runs)
    rows = "\n".join(f"<tr><th>{escape(one)}</th>{_answers(board, one)}</tr>" for one in said)
    return (
        f'<h3>Answers side by side</h3>\n<div class="wide"><table><thead><tr><th>said</th>{titles}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _answers(board: Board, said: str) -> str:
    return "".join(f"<td>{escape(answered(run, said))}</td>" for run in board.runs)


def curve(run: Run) -> str:
    """Training and held-out loss by epoch, from 0 up, so that a flat line looks flat.

    The first may be a part of an epoch: one that was ended by the clock.
    """
    lines = {kind: _points(run, f"{kind}_loss") for kind in ("train", "valid")}
    top = max((loss for points in lines.values() for _, loss in points), default=0.0) or 1.0
    epochs = [epoch for points in lines.values() for epoch, _ in points] or [1.0]
    first, last = min(epochs), max(epochs)
    drawn = "".join(_polyline(kind, points, first, last, top) for kind, points in lines.items() if points)
    floor = _HEIGHT - _EDGE
    return (
        f'<figure><svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="losses of {escape(run.name)}">'
        f'<line x1="{_EDGE}" y1="{floor}" x2="{_WIDTH}" y2="{floor}"/>'
        f'<text x="0" y="16">{top:.2f}</text><text x="0" y="{floor}">0</text>'
        f'<text x="{_EDGE}" y="{floor + 16}">epoch {first:g}</text>'
        f'<text x="{_WIDTH}" y="{floor + 16}" text-anchor="end">{last:g}</text>{drawn}</svg>'
        f"<figcaption>{escape(run.name)}: loss in training (blue) and held out (orange)</figcaption></figure>"
    )


def _points(run: Run, name: str) -> list[tuple[float, float]]:
    return [(float(one["epoch"]), float(one[name])) for one in run.epochs if one.get(name) is not None]


def _polyline(kind: str, points: Sequence[tuple[float, float]], first: float, last: float, top: float) -> str:
    wide, high = _WIDTH - _EDGE - 8, _HEIGHT - _EDGE - 12
    places = [
        (_EDGE + wide * (epoch - first) / ((last - first) or 1), _HEIGHT - _EDGE - high * loss / top)
        for epoch, loss in points
    ]
    return f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
