"""Logs: to a file and to the terminal, and never with a secret in them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.logs import Redacting, set_up
from tests.bot.logging_apart import CHATTY, apart

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    with apart():
        yield


def written(folder: Path) -> str:
    return (folder / "irang.log").read_text(encoding="utf-8")


def test_everything_goes_to_the_file_and_what_matters_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("INFO", tmp_path / "data" / "logs", [], terminal="WARNING")
    log = logging.getLogger("bot.test")
    log.debug("too much")
    log.info("행 3")
    log.warning("look")
    assert "too much" not in written(tmp_path / "data" / "logs")
    assert "INFO    bot.test: 행 3" in written(tmp_path / "data" / "logs")
    assert [line.split(" ", 2)[2] for line in capsys.readouterr().err.splitlines()] == ["WARNING bot.test: look"]


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    set_up("INFO", tmp_path / "data" / "logs", [], terminal="WARNING")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("data", "data/logs")] == [0o700] * 2


def test_a_secret_is_blotted_out_wherever_it_comes_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("DEBUG", tmp_path / "logs", [TOKEN, ""], terminal="DEBUG")
    log = logging.getLogger("bot.test")
    log.info("GET /bot%s/getMe", TOKEN)
    log.info(TOKEN)
    try:
        raise ValueError(f"no such token: {TOKEN}")
    except ValueError:
        log.exception("failed with %r", {"token": TOKEN})
    for text in (written(tmp_path / "logs"), capsys.readouterr().err):
        assert TOKEN not in text
        assert text.count("[secret]") == 4


def test_a_secret_that_begins_like_another_leaves_no_rest() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "one abc, two abcdef", None, None)
    assert Redacting(["abc", "abcdef"]).format(record).endswith("one [secret], two [secret]")


def test_libraries_that_log_addresses_and_talk_are_kept_quiet(tmp_path: Path) -> None:
    set_up("DEBUG", tmp_path / "logs", [], terminal="DEBUG")
    for name in CHATTY:
        logging.getLogger(name).info("https://api.telegram.org/botX/getMe")
        logging.getLogger(f"{name}.sub").debug("안녕")
    assert written(tmp_path / "logs") == ""


def test_libraries_are_not_made_louder_than_the_rest(tmp_path: Path) -> None:
    set_up("ERROR", tmp_path / "logs", [], terminal="ERROR")
    logging.getLogger("discord").warning("not now")
    assert written(tmp_path / "logs") == ""


def test_a_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="no place for the log"):
        set_up("INFO", tmp_path / "data" / "logs", [], terminal="WARNING")
