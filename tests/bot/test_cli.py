"""The command line: faults in one line each with the right exit code, and a chat through a pipe."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from typer import Exit
from typer.testing import CliRunner, Result

from bot import cli as command_line
from bot.app import Bot
from bot.config import Settings
from bot.errors import BadToken, ConfigError
from bot.store import Store
from tests.bot.logging_apart import apart

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In a folder of its own, with no token, and with logging as it was afterwards."""
    monkeypatch.chdir(tmp_path)
    for name in ("IRANG_TELEGRAM_TOKEN", "IRANG_DISCORD_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with apart():
        yield


def irang(*words: str, text: str = "") -> Result:
    return CliRunner().invoke(command_line.cli, words, input=text)


# ---- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "chat", "check"])
def test_a_bad_configuration_ends_with_78_and_a_line_for_each_fault(tmp_path: Path, command: str) -> None:
    (tmp_path / "config.toml").write_text(
        f'[bot]\nlanguage = "fr"\n[telegram]\ntoken_env = "{TOKEN}"\n[model]\nslots = 0\n', encoding="utf-8"
    )
    result = irang(command)
    assert result.exit_code == 78
    assert [line.split(": expected")[0] for line in result.stderr.splitlines()] == [
        "config.toml: [bot] language",
        "config.toml: [model] slots",
        "config.toml: [telegram] token_env",
    ]
    assert TOKEN[10:] not in result.output
    assert not (tmp_path / "data").exists()


def test_a_configuration_that_is_named_must_be_there() -> None:
    result = irang("chat", "--config", "other.toml")
    assert (result.exit_code, len(result.stderr.splitlines())) == (78, 1)
    assert "other.toml: no such file" in result.stderr


def test_a_second_process_on_the_same_data_is_told_and_harms_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "data")
    (tmp_path / "data" / "model.sock").write_text("the first one's")
    try:
        result = irang("chat", text="안녕\n")
    finally:
        store.close()
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].endswith(
        f"another irang (process {os.getpid()}) runs here: stop it or set another [bot] data"
    )
    assert result.stdout == ""
    assert (tmp_path / "data" / "model.sock").read_text() == "the first one's"


def test_a_data_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    result = irang("chat", text="안녕\n")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "check its owner and free space" in result.stderr


@pytest.mark.parametrize("wrong", [BadToken("telegram doesn't know this token"), ConfigError(["one", "two"])])
def test_a_fault_of_one_platform_among_several_is_a_fault_of_the_configuration(wrong: Exception) -> None:
    async def work() -> None:
        raise ExceptionGroup("both", [ExceptionGroup("inner", [wrong])])

    with pytest.raises(Exit) as end:
        command_line._guarded(work)
    assert end.value.exit_code == 78


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    async def work() -> None:
        raise ExceptionGroup("both", [BadToken("x"), ZeroDivisionError("ours")])

    with pytest.raises(ExceptionGroup, match="both"):
        command_line._guarded(work)


def test_no_traceback_shows_what_a_variable_holds() -> None:
    assert command_line.cli.pretty_exceptions_show_locals is False


# ---- what else it says -----------------------------------------------------------------------------


def test_check_says_a_line_for_each_finding_and_ends_with_1_when_one_is_not_fine(tmp_path: Path) -> None:
    result = irang("check")
    assert result.exit_code == 0
    assert all(line.startswith("✓ ") for line in result.stderr.splitlines())
    (tmp_path / "config.toml").write_text('[model]\nfolder = "[red]none"', encoding="utf-8")
    result = irang("check")
    assert result.exit_code == 1
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("✗ "))
    assert "[red]none lacks config.json" in line


def test_version_and_help() -> None:
    assert irang("version").stdout.startswith("irang ")
    assert all(word in irang("--help").stdout for word in ("run", "chat", "check", "version"))
    assert irang("dance").exit_code == 2


@pytest.mark.parametrize(("language", "words"), [("ko", "다시 실행하세요"), ("en", "start again")])
def test_how_to_connect_is_said_in_the_operator_s_language_in_two_lines(
    capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    settings = Settings.model_validate({"bot": {"language": language}, "telegram": {"token_env": "MY_TOKEN"}})
    command_line._tell_how_to_connect(settings, [])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(words in line for line in lines)
    assert "MY_TOKEN" in lines[0]
    assert "IRANG_DISCORD_TOKEN" in lines[1]


def test_what_is_switched_off_is_not_advertised(capsys: pytest.CaptureFixture[str]) -> None:
    off = Settings.model_validate({"telegram": {"enabled": False}, "discord": {"enabled": False}})
    command_line._tell_how_to_connect(off, [])
    assert capsys.readouterr().err == ""


def test_no_korean_sentence_stands_in_the_code() -> None:
    code = Path(command_line.__file__).read_text(encoding="utf-8").replace("이랑", "")
    assert not any("가" <= letter <= "힣" for letter in code)


def test_the_parts_that_it_imports_are_ours() -> None:
    command_line._own_packages()
    assert Bot.__module__ == "bot.app"


# ---- a chat through a pipe -------------------------------------------------------------------------


@asynccontextmanager
async def endpoint() -> AsyncIterator[str]:
    """An OpenAI-compatible server that says what it was told."""

    async def complete(request: web.Request) -> web.StreamResponse:
        said = (await request.json())["messages"][-1]["content"]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for delta, finish in (({"content": f"답: {said}"}, None), ({}, "stop")):
            chunk = {"model": "rote", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
            await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


async def piped(folder: Path, said: bytes, *words: str, command: str = "chat") -> tuple[int | None, list[str], str]:
    """What `irang chat` makes of what is piped in: its exit code, the lines of its answers, and stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error::ResourceWarning", "-m", "bot", command, *words),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(120):
            out, err = await process.communicate(said)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return process.returncode, out.decode().splitlines(), err.decode()


async def test_what_is_piped_into_run_is_answered_beside_the_page(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[web]\nlisten = "127.0.0.1:0"\n', encoding="utf-8")
    code, (hello, time), err = await piped(tmp_path, "안녕\n지금 몇 시야\n".encode(), command="run")
    assert code == 0
    assert any("가" <= letter <= "힣" for letter in hello)
    assert time.startswith("지금은 오")
    assert "http://127.0.0.1:" in err


async def test_the_model_that_comes_along_answers_through_a_pipe(tmp_path: Path) -> None:
    code, (hello, time), err = await piped(tmp_path, "안녕\n지금 몇 시야\n".encode())
    assert (code, err) == (0, "")
    assert any("가" <= letter <= "힣" for letter in hello)
    assert "모델이" not in hello
    assert time.startswith("지금은 오")


async def test_what_is_no_text_at_all_is_passed_over(tmp_path: Path) -> None:
    said = (
        "안녕\n".encode() + b"\0\n\n \xff\xfe\n" + unicodedata.normalize("NFD", "초기화").encode() + "\n마지막".encode()
    )
    async with endpoint() as url:
        (tmp_path / "config.toml").write_text(f'[model]\nurl = "{url}"', encoding="utf-8")
        code, lines, err = await piped(tmp_path, said)
    assert (code, err) == (0, "")
    assert lines == ["답: 안녕", "답: \ufffd\ufffd", "지금까지 한 이야기는 잊었어요. 새로 시작해요!", "답: 마지막"]
