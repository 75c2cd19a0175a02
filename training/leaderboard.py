"""Every finished run side by side, rebuilt from its record: never typed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from bot.errors import IrangError
from training.runs import Run, Runs, published

BEGIN, END = "<!-- runs: made by `irang leaderboard --markdown` -->", "<!-- end of runs -->"
MISSING = "–"
_SAMPLES = 6  # openers in the Markdown; the page has them all


class LeaderboardRefused(IrangError):
    """A record that can't be read, or a document without the place for the tables: which one."""


@dataclass(frozen=True, slots=True)
class Column:
    """`same_tokenizer`: figures of different tokenizers say nothing beside each other, so nothing is sorted by them."""

    title: str
    number: bool = False
    same_tokenizer: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """`order` is what to sort by; None for what is not known, which stands last."""

    text: str
    order: float | str | None


@dataclass(frozen=True, slots=True)
class Board:
    """The runs on one data set (`data`, and of it exactly the same version), the best held-out bits first."""

    data: str
    version: str
    runs: tuple[Run, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of dialogues; or where questions are answered, all that any run has something in."""
        if not any("f1" in run.metrics for run in self.runs):
            return COLUMNS
        rows = [cells(run, ALL) for run in self.runs]
        return tuple(column for at, column in enumerate(ALL) if any(row[at].order is not None for row in rows))

    @property
    def comparable(self) -> bool:
        """Whether all have one tokenizer, so that losses and perplexities can be compared too."""
        return len({tokenizer(run) for run in self.runs}) < 2


COLUMNS = (
    Column("model"),
    Column("tokenizer"),
    Column("epochs", number=True),
    Column("scheme"),
    Column("loss", number=True, same_tokenizer=True),
    Column("val loss", number=True, same_tokenizer=True),
    Column("bits/char", number=True),
    Column("bits/char, random split", number=True),
    Column("perplexity", number=True, same_tokenizer=True),
    Column("chrF", number=True),
    Column("distinct-1", number=True),
    Column("distinct-2", number=True),
    Column("empty", number=True),
    Column("looping", number=True),
    Column("cut", number=True),
    Column("copied", number=True),
    Column("ms/reply", number=True),
    Column("run"),
    Column("comment"),
)
# What a narrow screen shows before anything else: what runs are compared by, and which they are.
_FIRST = ("bits/char", "F1", "model", "run", "chrF", "looping", "copied", "scheme", "EM", "epochs", "val loss")

# What SQuAD is measured by, in percent: all questions, those with an answer, those without; and saying nothing at all.
QUESTIONS = tuple(
    Column(title, number=True)
    for title in ("EM", "F1", "HasAns EM", "HasAns F1", "NoAns EM", "NoAns F1", "silence alone")
)
ALL = (*COLUMNS[:-2], *QUESTIONS, *COLUMNS[-2:])


# ---- which runs ----------------------------------------------------------------------------------


def committed(records: Path) -> list[Run]:
    """The runs whose records are in the repository. Raises LeaderboardRefused for one that can't be read."""
    return [_read(file) for file in sorted(records.glob("*.json"))]


def known(database: Path, records: Path) -> list[Run]:
    """Those of this machine and the committed ones; of a run that is both, this machine's."""
    runs = {run.id: run for run in committed(records)} | {run.id: run for run in Runs(database).all()}
    return list(runs.values())


def _read(file: Path) -> Run:
    try:
        return published(file)
    except (ValueError, TypeError) as fault:
        raise LeaderboardRefused(f"{file}: not a run's record: {fault}") from fault


def boards(runs: Iterable[Run]) -> list[Board]:
    """The finished ones by data set and version: figures on different data are not for one table."""
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        if run.state == "done":
            groups.setdefault((run.data, run.data_hash), []).append(run)
    return [
        Board(data, version, tuple(sorted(group, key=_best_first))) for (data, version), group in sorted(groups.items())
    ]


def _best_first(run: Run) -> tuple[bool, float, float, str]:
    bits = value(run, "bits_per_character")
    return bits is None, bits or 0.0, -(value(run, "f1") or 0.0), run.id


def fitting(board: Board, width: int) -> tuple[Column, ...]:
    """The most important columns, as many as fit side by side in so many cells of a screen, with frames."""
    rows = [cells(run, board.columns) for run in board.runs]
    taken, kept = 1, set()
    for at, column in sorted(enumerate(board.columns), key=lambda each: _importance(each[1])):
        taken += 3 + max(map(cell_len, (column.title, *(row[at].text for row in rows))))
        if taken > width:
            break
        kept.add(column)
    return tuple(column for column in board.columns if column in kept) or board.columns[:1]


def _importance(column: Column) -> int:
    return _FIRST.index(column.title) if column.title in _FIRST else len(_FIRST)


# ---- one row -------------------------------------------------------------------------------------


def value(run: Run, name: str) -> float | None:
    """A figure without its interval; None where the run has none."""
    figure = run.metrics.get(name)
    found = figure.get("value") if isinstance(figure, dict) else figure
    return None if found is None else float(found)


def interval(run: Run, name: str) -> tuple[float, float] | None:
    figure = run.metrics.get(name)
    if not isinstance(figure, dict) or not figure.get("interval"):
        return None
    low, high = figure["interval"]
    return float(low), float(high)


def tokenizer(run: Run) -> str:
    """What its tokens are; a base has its own."""
    named = run.config.get("tokenizer")
    new = run.config.get("scratch")
    own = f"BPE, {new['vocabulary']:,}" if isinstance(new, dict) else MISSING
    return named if isinstance(named, str) and named else run.base or own


def cells(run: Run, columns: Sequence[Column] = COLUMNS) -> list[Cell]:
    """A run's row, in the order of these columns."""
    row = dict(zip((column.title for column in ALL), _all_cells(run), strict=True))
    return [row[column.title] for column in columns]


def _all_cells(run: Run) -> list[Cell]:
    return [
        _words(run.name),
        _words(tokenizer(run)),
        Cell(str(len(run.epochs)) if run.epochs else MISSING, len(run.epochs) or None),
        _words(run.scheme),
        _losses(run.epochs, "train_loss"),
        _losses(run.epochs, "valid_loss"),
        _figure(run, "bits_per_character", 2),
        _figure(run, "bits_per_character_random", 2),
        _figure(run, "perplexity", 2),
        _figure(run, "chrf", 1),
        _figure(run, "distinct1", 3),
        _figure(run, "distinct2", 3),
        *(_share(run, name) for name in ("empty", "looping", "cut", "copied")),
        _figure(run, "ms_per_reply", 1),
        *(_figure(run, f"{name}{kind}", 1) for kind in ("", "_has", "_none") for name in ("exact", "f1")),
        _figure(run, "exact_silent", 1),
        _words(run.id),
        _words(run.comment),
    ]


def _words(text: str) -> Cell:
    return Cell(text or MISSING, text or None)


def _losses(epochs: Sequence[dict[str, Any]], name: str) -> Cell:
    """first -> second -> ... -> last, as the first team wrote them; sorted by the lowest."""
    losses = [float(one[name]) for one in epochs if one.get(name) is not None]
    if not losses:
        return Cell(MISSING, None)
    shown = [f"{loss:.2f}" for loss in losses]
    return Cell(" → ".join(shown if len(shown) < 5 else [*shown[:2], "…", shown[-1]]), min(losses))


def _figure(run: Run, name: str, digits: int) -> Cell:
    found = value(run, name)
    if found is None:
        return Cell(MISSING, None)
    around = interval(run, name)
    sure = f" ({around[0]:.{digits}f}–{around[1]:.{digits}f})" if around else ""
    return Cell(f"{found:.{digits}f}{sure}", found)


def _share(run: Run, name: str) -> Cell:
    found = value(run, name)
    if found is None:
        return Cell(MISSING, None)
    around = interval(run, name)
    sure = f" ({100 * around[0]:.1f}–{100 * around[1]:.1f})" if around and around[0] != around[1] else ""
    return Cell(f"{100 * found:.1f} %{sure}", found)


# ---- Markdown ------------------------------------------------------------------------------------


def markdown(found: Sequence[Board]) -> str:
    """A table of figures and one of samples for each data set."""
    return "\n\n".join(part for board in found for part in _section(board)) or "No finished run yet."


def _section(board: Board) -> list[str]:
    heading = f"### {_line(board.data)} (sha256 {board.version[:12] or 'unknown'})"
    rows = [[cell.text for cell in cells(run, board.columns)] for run in board.runs]
    figures = _table([column.title for column in board.columns], rows)
    said = openers(board)[:_SAMPLES]
    if not said:
        return [heading, figures]
    answers = [[one, *(answered(run, one) for run in board.runs)] for one in said]
    return [heading, figures, _table(["said", *(run.name for run in board.runs)], answers)]


def openers(board: Board) -> list[str]:
    """What was said to any of the runs, each once, in the order of the records."""
    return list(dict.fromkeys(sample["said"] for run in board.runs for sample in run.samples))


def answered(run: Run, said: str) -> str:
    return next((sample["answered"] for sample in run.samples if sample["said"] == said), MISSING)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(_line(cell) for cell in line)} |" for line in lines)


def _line(text: str) -> str:
    """Text that neither ends a cell nor becomes markup."""
    return re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", " ".join(text.split())) if text != "---" else text


def put(document: str, tables: str) -> str:
    """The document with renewed tables, else word for word as it was. Raises LeaderboardRefused without a place."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise LeaderboardRefused(f"the document has no place for the tables: expected {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def current(document: str, runs: Iterable[Run]) -> bool:
    """Whether the tables say what the records say."""
    return put(document, markdown(boards(runs))) == document
