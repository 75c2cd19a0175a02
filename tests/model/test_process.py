"""The model's process starts, is restarted, gets no secret, and never outlives its parent."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest
import torch

from bot.messages import Message, Piece, Prompt, Sampling
from model import __main__ as program
from model import sockets
from model.client import OpenAIBackend
from model.folder import EMBEDDED, FolderError
from model.process import ModelProcess, clean_environment
from model.sockets import SocketError
from tests.model.served import until
from tests.model.tiny import saying, tiny_folder

ROOT = Path(__file__).parents[2]
LOADING = 120.0  # seconds; importing torch on a busy machine
ASKED = Prompt((Message("user", "안녕"),), Sampling(max_tokens=9))
SERVE = (sys.executable, "-m", "model", "serve")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_folder(tmp_path_factory.mktemp("models") / "tiny", saying("가나 ?"))


@asynccontextmanager
async def supervised(model: ModelProcess) -> AsyncIterator[ModelProcess]:
    running = asyncio.create_task(model.run())
    try:
        yield model
    finally:
        await model.stop()
        await running


async def answer(model: ModelProcess) -> list[Piece]:
    backend = OpenAIBackend("http://irang/v1", uds=model.socket)
    try:
        return [piece async for piece in backend.generate(ASKED)]
    finally:
        await backend.close()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


# ---- one life after another ----------------------------------------------------------------------


async def test_a_killed_model_is_restarted_and_answers_again(folder: Path, tmp_path: Path) -> None:
    async with supervised(ModelProcess(folder, tmp_path / "m.sock", {"threads": 1}, first_delay=0.01)) as model:
        assert await model.wait_ready(LOADING)
        assert "".join(piece.text for piece in await answer(model)) == "가나 ?"
        first = model.pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(lambda: model.pid not in (first, None))
        assert await model.wait_ready(LOADING)
        assert (await answer(model))[-1].finish == "stop"
        last = model.pid
        assert last
    assert gone(last)
    assert not model.socket.exists()


async def test_a_stuck_model_is_killed_and_restarted(folder: Path, tmp_path: Path) -> None:
    model = ModelProcess(folder, tmp_path / "m.sock", first_delay=0.01, stuck_after=1.0, check_every=0.1)
    async with supervised(model):
        assert await model.wait_ready(LOADING)
        first = model.pid
        assert first
        os.kill(first, signal.SIGSTOP)
        await until(lambda: model.pid not in (first, None))
        assert gone(first)


async def test_cancelling_the_supervisor_ends_the_model(folder: Path, tmp_path: Path) -> None:
    model = ModelProcess(folder, tmp_path / "m.sock")
    running = asyncio.create_task(model.run())
    await until(lambda: model.pid is not None)
    pid = model.pid
    assert pid
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert gone(pid)


async def test_a_bad_folder_is_not_tried_again_in_a_hurry(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with supervised(ModelProcess(tmp_path / "none", tmp_path / "m.sock", longest_delay=17.0)) as model:
        await until(lambda: "next try in 17.0 s" in caplog.text)
        assert "no such model folder" in model.last_words
        assert not await model.wait_ready(0)


async def test_a_socket_path_that_is_too_long_is_replaced_by_a_short_one(tmp_path: Path) -> None:
    model = ModelProcess(tmp_path / "none", tmp_path / ("x" * 200) / "m.sock")
    async with supervised(model):
        await until(lambda: model.pid is not None)
        assert len(os.fsencode(model.socket)) <= sockets.LONGEST_PATH
        assert stat.S_IMODE(model.socket.parent.stat().st_mode) == 0o700
    assert not model.socket.parent.exists()


async def test_what_cannot_be_started_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with supervised(ModelProcess(tmp_path, tmp_path / "m.sock")) as model, asyncio.timeout(30):
        assert not await model.loads(LOADING)
        assert "No such file" in model.last_words


class Leaving(ModelProcess):
    """One that tells its options and ends."""

    program = ("-c", "import sys; print(*sys.argv, file=sys.stderr); sys.exit(71)")


async def test_a_process_tells_by_its_exit_that_there_was_no_memory(tmp_path: Path) -> None:
    async with supervised(Leaving(tmp_path, tmp_path / "m.sock")) as model:
        assert not model.lacked_memory
        assert not await model.loads(LOADING)
        assert model.lacked_memory


async def test_who_has_been_put_first_is_not_restarted_behind_others(tmp_path: Path) -> None:
    async with supervised(Leaving(tmp_path, tmp_path / "m.sock", beside=True, longest_delay=0.01)) as model:
        await until(lambda: model.last_words.endswith("--beside"))
        model.beside = False
        await until(lambda: model.last_words.endswith("m.sock"))


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"), None),
        (MemoryError(), None),
        (FolderError("new: out of luck"), RuntimeError("[enforce fail at alloc_cpu.cpp] can't allocate memory")),
        (FolderError("new: out of luck"), OSError(errno.ENOMEM, "Cannot allocate memory")),
    ],
)
def test_a_lack_of_memory_has_an_exit_code_of_its_own(
    fault: Exception,
    cause: Exception | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def serve(_: object) -> int:
        raise fault from cause

    monkeypatch.setattr(program, "_serve", serve)
    assert program.main(["serve", "--model=new", "--uds=m.sock", "--stay"]) == 71
    assert capsys.readouterr().err == "there is no memory for new\n"


@pytest.mark.parametrize(
    ("fault", "code"), [(FolderError("memory-tuned: config.json: not JSON in UTF-8"), 78), (RuntimeError("CUDA"), None)]
)
def test_other_faults_are_no_lack_of_memory(
    fault: Exception, code: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(_: object) -> int:
        raise fault

    monkeypatch.setattr(program, "_serve", serve)
    with nullcontext() if code else pytest.raises(RuntimeError, match="CUDA"):
        assert program.main(["serve", "--model=new", "--uds=m.sock", "--stay"]) == code


def test_no_secret_is_passed_on() -> None:
    given = {"PATH": "/bin", "LC_ALL": "C", "CUDA_VISIBLE_DEVICES": "0", "OMP_NUM_THREADS": "2", "IRANG_X": "x"}
    secrets = {"IRANG_TELEGRAM_TOKEN": "t", "HF_TOKEN": "t", "CUDA_TOKEN": "t", "AWS_SECRET_ACCESS_KEY": "k"}
    assert clean_environment(given | secrets) == {name: given[name] for name in given if name != "IRANG_X"}


# ---- `python -m model serve` by itself -----------------------------------------------------------


@pytest.fixture
def children() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for child in started:
        child.kill()
        child.communicate()


def serve(children: list[subprocess.Popen[str]], *options: str | Path) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    child = subprocess.Popen([*SERVE, *options], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    children.append(child)
    return child


def refused(child: subprocess.Popen[str]) -> str:
    """The one line with which it ends while its standard input is still open."""
    assert child.stdout
    assert child.stderr
    assert child.wait(LOADING) == 78
    assert child.stdout.read() == ""
    (complaint,) = child.stderr.read().splitlines()
    return complaint


def test_a_killed_parent_takes_the_model_along(
    folder: Path, tmp_path: Path, children: list[subprocess.Popen[str]]
) -> None:
    """The parent is a script that starts the model as the bot does, and then sleeps until it is killed."""
    script = (
        "import asyncio, sys; from pathlib import Path; from model.process import ModelProcess\n"
        "async def main():\n"
        "    model = ModelProcess(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "    running = asyncio.create_task(model.run())\n"
        "    await model.wait_ready(100)\n"
        "    print(model.pid, flush=True)\n"
        "    await running\n"
        "asyncio.run(main())"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, folder, tmp_path / "m.sock"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    children.append(parent)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    parent.kill()
    asyncio.run(until(lambda: gone(pid)))
    assert not (tmp_path / "m.sock").exists()


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(
    folder: Path, tmp_path: Path, children: list[subprocess.Popen[str]]
) -> None:
    path = tmp_path / "m.sock"
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(path))
    first = serve(children, "--model", folder, "--uds", path)
    assert first.stdout
    assert first.stdout.readline().startswith("ready tiny@")
    second = serve(children, "--model", folder, "--uds", path)
    assert refused(second).endswith("another process is serving there")
    assert first.poll() is None
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    assert not path.exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--model", "nowhere", "--uds", "m.sock"), "nowhere: no such model folder"),
        (("--model", "training", "--uds", "m.sock"), "training: config.json is missing"),
        (("--uds", "/nowhere/m.sock"), "/nowhere/m.sock: /nowhere is no folder"),
        (("--uds", "pyproject.toml"), "pyproject.toml: is not a socket and is left alone"),
        (("--uds", "x" * 200), "a socket's path has at most 103 bytes"),
        (("--port", "0"), "--port needs --key-env"),
        (("--port", "0", "--key-env", "IRANG_NO_KEY"), "the environment variable IRANG_NO_KEY is empty"),
    ],
)
def test_settings_that_cannot_work_are_told_in_one_line(
    options: tuple[str, ...], complaint: str, children: list[subprocess.Popen[str]]
) -> None:
    assert complaint in refused(serve(children, *options))


def test_a_live_socket_is_known_from_a_dead_one(tmp_path: Path) -> None:
    path = tmp_path / "m.sock"
    with sockets.bind_unix(path), pytest.raises(SocketError, match="another process"):
        sockets.bind_unix(path)
    sockets.bind_unix(path).close()


@pytest.mark.skipif(not (EMBEDDED / "config.json").exists(), reason="there is no embedded model yet")
async def test_the_embedded_model_answers(tmp_path: Path) -> None:
    async with supervised(ModelProcess(EMBEDDED, tmp_path / "m.sock")) as model:
        assert await model.wait_ready(LOADING)
        pieces = await answer(model)
    assert pieces[-1].model.startswith("irang-embedded@")
    assert "".join(piece.text for piece in pieces).strip()
