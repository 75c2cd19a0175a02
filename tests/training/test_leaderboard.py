"""The tables are what the records say, whatever the records hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from bot.errors import IrangError
from bot.leaderboard_cli import leaderboard
from training.leaderboard import (
    BEGIN,
    COLUMNS,
    END,
    Column,
    LeaderboardRefused,
    boards,
    cells,
    committed,
    current,
    fitting,
    known,
)
from training.leaderboard import markdown as tables
from training.page import curve, page
from training.runs import Run, Runs

DOCUMENT = f"# 순위\n\n앞의 말.\n\n{BEGIN}\n{END}\n\n뒤의 말.\n"


def run(id: str, bits: float | None = None, **more: Any) -> Run:
    figures: dict[str, Any] = {} if bits is None else {"bits_per_character": {"value": bits, "interval": [1, 4]}}
    made = Run(
        id=id,
        name=id,
        config={"tokenizer": "characters"},
        seed=1,
        data="songys",
        data_hash="0123456789abcdef",
        revision="abc",
        hardware="CPU",
        scheme="all",
        base="",
        at="2026-01-01",
        metrics=figures,
        state="done",
    )
    return replace(made, **more)


EPOCHS = [{"epoch": at, "train_loss": 4.0 - at, "valid_loss": 4.5 - at} for at in (1, 2, 3)]


def row(found: Run) -> dict[str, str]:
    return {column.title: cell.text for column, cell in zip(COLUMNS, cells(found), strict=True)}


def test_the_best_bits_stand_first_and_runs_without_them_last() -> None:
    (board,) = boards([run("none"), run("worse", 3.0), run("better", 2.0)])
    assert [one.id for one in board.runs] == ["better", "worse", "none"]


def test_unfinished_runs_are_left_out_and_other_data_gets_its_own_table() -> None:
    found = boards([run("a", 2.0), run("b", 1.0, data_hash="other"), run("c", 1.0, state="failed")])
    assert [[one.id for one in board.runs] for board in found] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("width", "shown"), [(1, ["model"]), (27, ["bits/char"]), (34, ["model", "bits/char"]), (1000, COLUMNS)]
)
def test_a_narrow_screen_shows_what_matters_most(width: int, shown: Sequence[str | Column]) -> None:
    (board,) = boards([run("안녕", 2.0)])
    columns = fitting(board, width)
    assert list(columns) == [one for one in COLUMNS if one in shown or one.title in shown]
    if width > 1:
        assert sum(3 + max(cell_len(one.title), cell_len(row(board.runs[0])[one.title])) for one in columns) < width


def test_nothing_less_important_stands_in_for_what_does_not_fit() -> None:
    (board,) = boards([run("r" * 60, 2.0, name="a", epochs=EPOCHS)])
    assert [column.title for column in fitting(board, 80)] == ["model", "bits/char"]


def test_losses_read_as_a_way_from_epoch_to_epoch() -> None:
    shown = row(run("a", 2.0, epochs=EPOCHS))
    assert (shown["epochs"], shown["loss"], shown["val loss"]) == ("3", "3.00 → 2.00 → 1.00", "3.50 → 2.50 → 1.50")


def test_a_figure_shows_its_interval_and_a_missing_one_a_dash() -> None:
    shown = row(run("a", 2.345, metrics={"bits_per_character": 2.345, "empty": {"value": 0.1, "interval": [0, 0.2]}}))
    assert (shown["bits/char"], shown["empty"], shown["chrF"]) == ("2.35", "10.0 % (0.0–20.0)", "–")


def test_questions_are_measured_by_exact_match_and_f1_and_nothing_empty_is_shown() -> None:
    figures = {"exact": {"value": 50, "interval": [48, 52]}, "f1": 51.25, "f1_none": 90.0, "exact_silent": 49.0}
    (board,) = boards([run("worse", metrics={"f1": 40.0}), run("better", metrics=figures)])
    titles = [column.title for column in board.columns]
    assert titles == ["model", "tokenizer", "scheme", "EM", "F1", "NoAns F1", "silence alone", "run"]
    assert [one.id for one in board.runs] == ["better", "worse"]
    assert "| better | characters | all | 50.0 (48.0–52.0) | 51.2 | 90.0 | 49.0 |" in tables([board])
    assert "<button>F1</button>" in page([board])


def test_a_tokenizer_trained_here_is_named_by_its_size() -> None:
    assert row(run("a", 2.0, config={"scratch": {"vocabulary": 6000}}))["tokenizer"] == "BPE, 6,000"


def test_nothing_is_sorted_by_perplexity_or_loss_across_tokenizers() -> None:
    mixed = page(boards([run("a", 2.0), run("b", 2.0, config={"tokenizer": "6,000 pieces"})]))
    alike = page(boards([run("a", 2.0), run("b", 2.0)]))
    for title in ("loss", "val loss", "perplexity"):
        assert f"<button>{title}</button>" in alike
        assert f"<button>{title}</button>" not in mixed
    assert "<button>bits/char</button>" in mixed


def test_a_runs_words_never_become_markup() -> None:
    bad = run("<script>alert(1)</script>", 2.0, comment='a | b\n"c"', samples=[{"said": "<b>", "answered": "|`*_"}])
    shown = page(boards([bad]))
    assert "<script>alert" not in shown
    assert "<b>" not in shown
    lines = [line for line in tables(boards([bad])).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines[:3]} == {len(COLUMNS) + 1}
    assert "<script>" not in "".join(lines).replace("\\<script", "")


class Outside(HTMLParser):
    """Everything that a page would fetch, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_is_one_file_with_curves_and_answers_side_by_side() -> None:
    said = [{"said": "안녕", "answered": "반가워요"}]
    parser = Outside()
    parser.feed(shown := page(boards([run("a", 2.0, epochs=EPOCHS, samples=said), run("b", 3.0)])))
    assert parser.fetched == []
    assert parser.tags.count("polyline") == 2
    assert "<th>안녕</th><td>반가워요</td><td>–</td>" in shown


def test_a_curve_falls_where_the_loss_falls_and_bears_one_epoch() -> None:
    places = re.search(r'class="train" points="([^"]+)"', curve(run("a", epochs=EPOCHS)))
    assert places
    heights = [float(place.split(",")[1]) for place in places[1].split()]
    assert heights == sorted(heights)
    assert "polyline" in curve(run("a", epochs=EPOCHS[:1]))


def test_a_curve_that_ends_within_its_first_epoch_stays_in_its_picture() -> None:
    drawn = curve(run("a", epochs=[{**EPOCHS[0], "epoch": 0.4}]))
    places = re.search(r'class="train" points="([^",]+),', drawn)
    assert places
    assert float(places[1]) >= 30, "right of the axis"
    assert "epoch 0.4" in drawn


def published(folder: Path, *runs: Run) -> Path:
    kept = Runs(folder / "runs.db")
    for one in runs:
        kept.save(one)
        kept.publish(one.id, folder / "records")
    return folder / "records"


def test_a_record_survives_publishing(tmp_path: Path) -> None:
    one = run("a", 2.0, epochs=EPOCHS)
    assert committed(published(tmp_path, one)) == [one]


def test_a_run_of_this_machine_stands_for_its_published_record(tmp_path: Path) -> None:
    records = published(tmp_path, run("a", 2.0))
    Runs(tmp_path / "here.db").save(run("a", 1.5))
    assert [one.metrics["bits_per_character"]["value"] for one in known(tmp_path / "here.db", records)] == [1.5]


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(LeaderboardRefused, match=r"bad\.json: not a run's record"):
        committed(tmp_path)


def test_a_document_without_a_place_is_refused() -> None:
    with pytest.raises(LeaderboardRefused, match="no place"):
        current("# 순위", [])


def command(tmp_path: Path, *options: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(leaderboard)
    settings = tmp_path / "config.toml"
    settings.write_text("", encoding="utf-8")
    paths = ["--records", str(tmp_path / "records"), "--document", str(tmp_path / "board.md")]
    found = CliRunner().invoke(app, [*options, *paths, "--config", str(settings)])
    return found.exit_code, found.output


def test_a_page_that_cannot_be_written_is_told_in_a_line(tmp_path: Path) -> None:
    published(tmp_path, run("a", 2.0))
    app = typer.Typer()
    app.command()(leaderboard)
    found = CliRunner().invoke(app, ["--html", "--out", str(tmp_path), "--records", str(tmp_path / "records")])
    assert str(found.exception) == f"{tmp_path}: Is a directory: expected the name of a file to write"


def test_check_passes_after_markdown_and_fails_after_a_change_by_hand(tmp_path: Path) -> None:
    published(tmp_path, run("a", 2.0))
    document = tmp_path / "board.md"
    document.write_text(DOCUMENT, encoding="utf-8")
    assert command(tmp_path, "--check")[0] == 1
    assert command(tmp_path, "--markdown")[0] == 0
    assert command(tmp_path, "--check")[0] == 0
    written = document.read_text(encoding="utf-8")
    assert written.startswith("# 순위\n\n앞의 말.")
    assert written.endswith("뒤의 말.\n")
    document.write_text(written.replace("2.00", "1.00"), encoding="utf-8")
    assert command(tmp_path, "--check")[0] == 1


def test_a_document_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(IrangError, match=r"board\.md: no such file"):
        leaderboard(check=True, records=tmp_path / "records", document=tmp_path / "board.md", out=None, config=None)


def test_a_run_of_this_machine_is_published_for_the_repository(tmp_path: Path) -> None:
    one = run("a", 2.0, epochs=EPOCHS)
    Runs(tmp_path / "data" / "runs.db").save(one)
    status, told = command(tmp_path, "--publish", "a")
    assert (status, told.strip().endswith("a.json")) == (0, True)
    assert committed(tmp_path / "records") == [one]


def test_the_terminal_shows_the_runs_and_html_makes_the_page(tmp_path: Path) -> None:
    assert "아직 없어요" in command(tmp_path)[1]
    published(tmp_path, run("a", 2.0))
    assert "songys" in command(tmp_path)[1]
    assert command(tmp_path, "--html")[0] == 0
    assert "<!doctype html>" in (tmp_path / "data" / "leaderboard.html").read_text(encoding="utf-8")


def test_the_committed_document_is_what_the_committed_records_give() -> None:
    root = Path(__file__).resolve().parents[2]
    document = (root / "docs" / "leaderboard.md").read_text(encoding="utf-8")
    assert current(document, committed(root / "training" / "records")), "run: irang leaderboard --markdown"
