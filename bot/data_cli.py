"""`irang data`: other people's dialogues become a set to learn from, and are looked at first."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console as Screen
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.errors import IrangError
from bot.where import ConfigPath, settings_of

data = typer.Typer(help="Sets of dialogues to learn from.", no_args_is_help=True)
_screen = Screen(highlight=False, soft_wrap=True)

_PLAIN = re.compile(r"\w[\w.-]*")
_BARS = 40  # rows of a histogram
_LONGEST = 100  # bytes of a set's name, which stands in the names of files
_EVERY = 2_000  # rows between two looks at the progress
_RENDERED = 20_000  # rows that `check` renders to see what would be learnt

Name = Annotated[str, typer.Argument(help="A set of data/sets.")]
Valid = Annotated[int, typer.Option(min=0, max=50, help="Percent held out to stop by.")]
Test = Annotated[int, typer.Option(min=0, max=50, help="Percent held out to measure on.")]
By = Annotated[str, typer.Option(help="cluster: no question or answer in two parts; row: any, to compare with others.")]
Scheme = Annotated[str, typer.Option(help="What is learnt: all, last_reply, replies, shift.")]
Model = Annotated[Path | None, typer.Option(help="The folder whose tokenizer counts (the embedded model's).")]
Window = Annotated[int, typer.Option(min=16, help="Tokens of a row at most.")]


@data.command("import")
def bring(
    kind: Annotated[str, typer.Argument(help="songys, jsonl, chatterbot, squad, aihub, kakaotalk, telegram, own, …")],
    file: Annotated[Path, typer.Argument(help="What the publisher gives; for own: data/irang.db.")],
    name: Name,
    licence: Annotated[str, typer.Option(help="Its licence, as SPDX writes it.")],
    consent: Annotated[Path | None, typer.Option(help="Who agreed, to what and when (chat exports).")] = None,
    rules: Annotated[str, typer.Option(help="Cleaning: v2, original or none.")] = "v2",
    valid: Valid = 5,
    test: Test = 5,
    by: By = "cluster",
    config: ConfigPath = None,
) -> None:
    """Read, clean, split and write a set; every row left out is counted."""
    from training import cleaning, sets
    from training.importers.lines import Dropped

    _one_of("--rules", rules, cleaning.NAMES)
    dropped = Dropped()
    folder, row_or_cluster = _folder(name, config), _by(by)
    replaced = folder.exists()
    with _told_of_text(file, consent), _counting("rows kept", dropped) as count:
        found = sets.talks(kind, file, consent, dropped)
        records = sets.made(found, kind, licence, dropped, cleaning.rules(rules))
        rows = sets.save(folder, records, dropped, rules=rules, split=(valid, test), by=row_or_cluster, kept=count)
    _show_parts(rows)
    if replaced:
        _screen.print(f"the set {name} that was there is replaced", markup=False)
    if dropped:
        _screen.print(_table("left out", "rows", dropped.told()))


@data.command()
def split(name: Name, valid: Valid = 5, test: Test = 5, by: By = "cluster", config: ConfigPath = None) -> None:
    """Deal the rows of a set out anew."""
    from training import sets

    _show_parts(sets.resplit(_folder(name, config), (valid, test), _by(by)))


@data.command()
def check(
    name: Name,
    scheme: Scheme = "replies",
    model: Model = None,
    window: Window = 256,
    config: ConfigPath = None,
) -> None:
    """What is wrong with it; exit 1 if nobody should train on it."""
    from bot.moderation import Words
    from training import checks, manifests, sets
    from training.show import renderer

    folder, chosen = _folder(name, config), _scheme(scheme)
    known = manifests.of_dialogues(folder)
    by = known.split.get("by", "cluster")
    parts = {part: partial(sets.rows, folder, part) for part in known.rows}
    with _counting("rows read", Counter()) as count:
        found = checks.check(parts, Words.load(), count, by)
    step = -(-known.rows["train"] // _RENDERED) or 1
    spread = checks.every(sets.rows(folder, "train"), step)
    seen = checks.labelled(spread, renderer(model), chosen, window)
    _screen.print(_table("part", "rows", dict(found.rows)))
    _screen.print(_table("source", "licence", dict(found.licences.keys())))
    _screen.print(_table(f"of {seen.rows} rows, {scheme}, window {window}", "", _learnt(seen)))
    _screen.print(_table("looked for", "found", _looked_for(found)))
    _screen.print(_histogram(found.lengths))
    _screen.print(f"split by {by}" + (": leaking rows are meant" if by == "row" else ""), markup=False)
    if known.stale:
        _screen.print(f"rows of people who asked for it were taken out on {known.stale}", markup=False)
    raise typer.Exit(int(found.stops))


@data.command()
def show(
    name: Name,
    number: Annotated[int, typer.Argument(min=1, help="Which row, from 1.")] = 1,
    part: Annotated[str, typer.Option(help="train, valid or test.")] = "train",
    scheme: Scheme = "replies",
    model: Model = None,
    config: ConfigPath = None,
) -> None:
    """The tokens of a row: what is learnt of them in green, what is not dim."""
    from training import manifests, sets
    from training.labels import labels
    from training.show import coloured, renderer, spelled

    folder = _folder(name, config)
    manifests.of_dialogues(folder, (part,))
    record = next(islice(sets.rows(folder, part), number - 1, None), None)
    if record is None:
        raise IrangError(f"{folder / part}.jsonl: has fewer than {number} rows")
    example = renderer(model).example(record.messages)
    _screen.print(coloured(spelled(model, example.ids), labels(example, _scheme(scheme))))


@data.command()
def stats(name: Name, config: ConfigPath = None) -> None:
    """Its manifest."""
    from training import manifests

    known = manifests.read(_folder(name, config)).plain()
    _screen.print(json.dumps(known, ensure_ascii=False, indent=1), markup=False)


# ---- what was asked for --------------------------------------------------------------------------


def _folder(name: str, config: Path | None) -> Path:
    """Inside data/sets and nowhere else, whether it is there yet or not."""
    if not _PLAIN.fullmatch(name) or len(name.encode()) > _LONGEST:
        letters = f"letters, digits, '.', '_' and '-', of {_LONGEST} bytes at most,"
        raise IrangError(f"{name:.70}: expected a name of {letters} for the set")
    settings, root = settings_of(config)
    return root / settings.bot.data / "sets" / name


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise IrangError(f"{option} {value}: expected one of {', '.join(allowed)}")


def _by(value: str) -> Any:
    _one_of("--by", value, ("cluster", "row"))
    return value


def _scheme(value: str) -> Any:
    _one_of("--scheme", value, ("all", "last_reply", "replies", "shift"))
    return value


@contextmanager
def _told_of_text(file: Path, consent: Path | None) -> Iterator[None]:
    """Raises IrangError for a file that is no UTF-8."""
    try:
        yield
    except UnicodeError as error:
        files = " or ".join(str(each) for each in (file, consent) if each)
        raise IrangError(f"{files}: not UTF-8 ({error}): save it as UTF-8 and import it again") from None


# ---- what is shown -------------------------------------------------------------------------------


@contextmanager
def _counting(what: str, dropped: Counter[str]) -> Iterator[Any]:
    """Counts rows on the terminal while they are read."""
    screen = Screen(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task(what)

        def count(rows: int) -> None:
            if rows % _EVERY == 0:
                progress.update(task, description=f"{rows:,} {what}, {dropped.total():,} left out")

        yield count


def _table(head: str, value: str, rows: Mapping[str, object]) -> Table:
    table = Table(head, value)
    for name, number in rows.items():
        table.add_row(name, f"{number:,}" if isinstance(number, int) else str(number))
    return table


def _show_parts(rows: Mapping[str, int]) -> None:
    _screen.print(_table("part", "rows", rows))
    if empty := [part for part in ("train", "valid") if not rows[part]]:
        wants = (
            "`irang train` needs both: add dialogues, or deal them out with --valid and --test of `irang data split`"
        )
        _screen.print(f"no row of {' and '.join(empty)}: {wants}", markup=False)


def _learnt(seen: Any) -> dict[str, object]:
    return {
        "tokens": seen.tokens,
        "learnt": f"{seen.share:.1%}",
        "lose their oldest turns": seen.shortened,
        "last turn longer than the window": seen.cut,
        "nothing learnt": seen.unlabelled,
    }


def _looked_for(found: Any) -> dict[str, object]:
    shared = "an answer" if found.by == "answer" else "a question or an answer"
    return {
        **found.faults,
        "the same dialogue again": found.duplicates,
        f"held-out rows that share {shared} with train": found.leaking,
        "abusive words": found.abusive,
        **{f"personal data: {kind}": count for kind, count in found.personal.items()},
    }


def _histogram(lengths: Mapping[int, int]) -> Table:
    """Dialogues by their length in characters, a row for each ten of them or for as many as leave a short table."""
    wide = 10 * -(-(max(lengths, default=0) + 10) // (10 * _BARS))
    found: Counter[int] = Counter()
    for length, count in lengths.items():
        found[length // wide * wide] += count
    most = max(found.values(), default=1)
    table = Table("characters", "rows", "")
    for length, count in sorted(found.items()):
        table.add_row(f"{length}-{length + wide - 1}", f"{count:,}", "█" * round(30 * count / most))
    return table
