"""Logs: to a file and to the terminal, and never with a secret in them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.lanes import Job, Lanes
from bot.logs import Redacting, about, formatter, set_up
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


# ---- as JSON ----------------------------------------------------------------------------------------


def as_json(record: logging.LogRecord, *secrets: str) -> dict[str, object]:
    line = formatter("json", secrets).format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def record(message: str, *args: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("bot.question", logging.WARNING, "", 0, message, args, None)
    made.__dict__.update(more)
    return made


def test_a_line_of_json_has_time_level_logger_and_event() -> None:
    found = as_json(record("inbox row %d: 늦어요", 3, created=1795255200.25))
    assert found == {
        "time": "2026-11-21T10:00:00.250+00:00",
        "event": "inbox row 3: 늦어요",
        "level": "warning",
        "logger": "bot.question",
    }


def test_ids_that_a_line_is_about_are_fields_of_it() -> None:
    with about(lane="telegram:1:", inbox=7):
        found = as_json(record("look"))
    assert (found["lane"], found["inbox"]) == ("telegram:1:", 7)
    assert "lane" not in as_json(record("look"))


@pytest.mark.parametrize("secret", [TOKEN, 'a"quote\\and a slash', "열쇠-열쇠-열쇠"])
def test_json_has_no_secret_however_it_would_be_written_there(secret: str) -> None:
    try:
        raise ValueError(f"no such token: {secret}")
    except ValueError as error:
        failure = record("failed with %s", secret, exc_info=(ValueError, error, error.__traceback__))
    with about(lane=secret):
        found = as_json(failure, secret)
    text = json.dumps(found, ensure_ascii=False)
    assert secret not in text
    assert json.dumps(secret, ensure_ascii=False)[1:-1] not in text
    assert text.count("[secret]") == 3  # the event, the lane, the exception
    assert "Traceback" in str(found["exception"])


def test_json_goes_to_the_file_and_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO", tmp_path / "logs", [], terminal="INFO", form="json")
    logging.getLogger("bot.test").info("행 %d", 3)
    for text in (written(tmp_path / "logs"), capsys.readouterr().err):
        assert json.loads(text)["event"] == "행 3"


class Told:
    """A job that logs."""

    async def run(self) -> None:
        logging.getLogger("bot.test").info("at work")
        await asyncio.sleep(0)


async def test_what_is_logged_in_a_lane_is_about_that_lane(tmp_path: Path) -> None:
    set_up("INFO", tmp_path / "logs", [], terminal="ERROR", form="json")
    lanes: Lanes[Job] = Lanes()
    for lane in ("telegram:1:", "discord:2:"):
        lanes.put(lane, Told())
    while lanes.load() != (0, 0):  # noqa: ASYNC110 a lane that ends tells nobody
        await asyncio.sleep(0)
    lines = [json.loads(line) for line in written(tmp_path / "logs").splitlines()]
    assert [line["lane"] for line in lines] == ["telegram:1:", "discord:2:"]
