"""`irang forms`: the scenarios there are, and what people filled in."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from typer.testing import CliRunner, Result

from bot.effects import Moment
from bot.errors import ConfigError, StoreError
from bot.forms_cli import forms
from bot.submissions import Submit
from bot.tables import migrations
from tests.bot.memory import HOME, NOON, heard


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "forms").mkdir(parents=True)


def irang(*words: str) -> Result:
    return CliRunner().invoke(forms, words, env={"COLUMNS": "200"})


def filled(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "data" / "irang.db")) as connection:
        db = Database(connection)
        migrations.apply(db)
        for row, form in enumerate(("reservation", "order"), 1):
            Submit(form, (("name", f"[red]김{row}"),)).apply(db, Moment(row, heard("네"), HOME, NOON))
        connection.commit()


def test_the_shipped_scenarios_and_the_operator_s_own_are_listed(tmp_path: Path) -> None:
    (tmp_path / "data" / "forms" / "order.yaml").write_text("name: 주문\nabout: 김밥\nsystem: 받아요\n", "utf-8")
    shown = irang("list").stdout
    assert all(name in shown for name in ("/reservation", "/english", "/order", "주문"))


def test_a_faulty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data" / "forms" / "order.yaml").write_text("name: [", "utf-8")
    result = irang("list")
    assert isinstance(result.exception, ConfigError)
    assert "order.yaml" in str(result.exception)


def test_answers_are_shown_as_they_were_given_and_those_of_one_form_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    assert "name: [red]김1" in irang("answers").stdout
    shown = irang("answers", "order").stdout
    assert ("김2" in shown, "김1" in shown) == (True, False)


def test_answers_as_json_are_a_line_each(tmp_path: Path) -> None:
    filled(tmp_path)
    lines = [json.loads(line) for line in irang("answers", "--json").stdout.splitlines()]
    assert [line["form"] for line in lines] == ["reservation", "order"]
    assert lines[0] == {
        "form": "reservation",
        "at": NOON.isoformat(),
        "name": "민수",
        "answers": {"name": "[red]김1"},
    }


def test_before_the_first_start_it_says_what_to_do() -> None:
    result = irang("answers")
    assert isinstance(result.exception, StoreError)
    assert "start the bot once" in str(result.exception)
