"""`irang improve` from the command line: what there is, what was done, and blind comparison with keys."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot import improve_cli
from bot.errors import IrangError
from bot.locale import load
from bot.messages import Message
from tests.training.opinions import company
from training import improve as steps
from training.case import Case, Later
from training.contest import Match
from training.improvements import Improvements

app = typer.Typer()
app.command("improve")(improve_cli.improve)
app.command("other")(lambda: None)

MATCH = Match(3, (Message("user", "배고파"),), "뭐 드실래요?", "네", first_is_new=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    company(tmp_path / "data").close()
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["improve", *words])


def test_a_dry_run_says_what_there_is_and_writes_nothing(folder: Path) -> None:
    result = run("--dry-run")
    assert result.exit_code == 0, result.output
    assert "240 ratings: preferences are learnt by KTO" in result.output
    assert not (folder / "data/sets").exists()
    assert not (folder / "data/runs.db").exists()


@pytest.mark.parametrize("words", [(), ("--again",)])
def test_again_is_only_what_somebody_asks_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    begun: list[Case] = []
    monkeypatch.setattr(steps, "run", begun.append)
    assert run(*words).exit_code == 0
    assert [case.again for case in begun] == [bool(words)]


def test_steps_are_listed_with_their_reasons(folder: Path) -> None:
    rows = Improvements(folder / "data/runs.db")
    rows.note("improve-1", "export", "refused", {"reason": "too few"})
    result = run("--show")
    assert "improve-1" in result.output
    assert "too few" in result.output


def test_where_the_model_is_somebody_elses_nothing_is_begun(folder: Path) -> None:
    (folder / "config.toml").write_text('[model]\nurl = "http://127.0.0.1:8000/v1"\n')
    result = run()
    assert isinstance(result.exception, IrangError)
    assert "config.toml" in str(result.exception)


def keys(monkeypatch: pytest.MonkeyPatch, *pressed: str) -> None:
    """A terminal in which these keys are pressed, and then none."""
    waiting = list(pressed)

    def answer(_: str) -> str:
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    monkeypatch.setattr(builtins, "input", answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)


def test_both_answers_are_shown_unnamed_and_keys_are_asked_for_until_one_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys(monkeypatch, "x", " A ")
    assert improve_cli._judged(MATCH, 1, 20, load("ko")) == "a"
    shown = capsys.readouterr().out
    assert shown.index("A: 네") < shown.index("B: 뭐 드실래요?")
    assert "1/20" in shown


@pytest.mark.parametrize("pressed", [("q",), ()])
def test_it_can_be_left(monkeypatch: pytest.MonkeyPatch, pressed: tuple[str, ...]) -> None:
    keys(monkeypatch, *pressed)
    with pytest.raises(Later, match="irang improve"):
        improve_cli._judged(MATCH, 1, 20, load("ko"))


def test_without_a_terminal_the_answers_wait() -> None:
    with pytest.raises(Later, match="--judge 0"):
        improve_cli._judged(MATCH, 1, 20, load("ko"))
