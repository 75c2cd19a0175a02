"""The model's own process: started, watched, restarted. It gets no secret, and ends with the bot however that ends."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import httpx

from model import unix
from model.exits import BAD_SETTINGS, NO_MEMORY
from model.sockets import LONGEST_PATH

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parent.parent
_GRACE = 5.0  # seconds between asking a process to end and killing it
_TELL_EVERY = 10.0  # seconds of loading after which the log says that it goes on
_LONGEST_LINE = 1 << 20

# What a Python with torch may need to run: never a token, whatever it is called.
_PASSED_ON = re.compile(
    r"PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH|PYTHON(PATH|HOME|UTF8|HASHSEED|WARNINGS|DONTWRITEBYTECODE)"
    r"|VIRTUAL_ENV|SSL_CERT_FILE|SYSTEMROOT|(CUDA|NVIDIA|HIP|ROCR|OMP|MKL|OPENBLAS|PYTORCH|TORCH)_\w+"
)
_SECRET = re.compile(r"TOKEN|SECRET|PASS|KEY|CREDENTIAL|AUTH")


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What of it the model's process gets."""
    return {
        name: value
        for name, value in environment.items()
        if _PASSED_ON.fullmatch(name) and not _SECRET.search(name.upper())
    }


class ModelProcess:
    """Keeps a model folder served on a Unix socket: `socket`, which is another than the given one if that is too long.

    options      further options of `python -m model serve`, by name: {"threads": 2, "adapter": ["a=folder"]}
    beside       another model answers meanwhile, and this one loads behind it; whoever owns it says when that is over
    stuck_after  seconds without any token, though asked for one, after which the process is killed
    check_every  seconds between two questions for a token
    load_within  seconds that loading may take
    """

    program: ClassVar[tuple[str, ...]] = ("-m", "model")

    def __init__(
        self,
        folder: Path,
        socket: Path,
        options: Mapping[str, object] = MappingProxyType({}),
        *,
        beside: bool = False,
        stuck_after: float = 60.0,
        check_every: float = 15.0,
        load_within: float = 900.0,
        first_delay: float = 0.5,
        longest_delay: float = 30.0,
        healthy_after: float = 60.0,
    ) -> None:
        self._folder = folder.resolve()
        self._options = tuple(_words(options))
        self.beside = beside
        self._stuck_after = stuck_after
        self._check_every = check_every
        self._load_within = load_within
        self._first_delay = first_delay
        self._longest_delay = longest_delay
        self._healthy_after = healthy_after
        self._ready = asyncio.Event()
        self._ended = asyncio.Event()
        self._stop = asyncio.Event()
        self._over = asyncio.Event()
        self._over.set()
        self.socket = socket.absolute()
        self._own_folder: Path | None = None
        if len(os.fsencode(self.socket)) > LONGEST_PATH:
            self._own_folder = Path(tempfile.gettempdir()) / f"irang-{secrets.token_hex(8)}"
            self.socket = self._own_folder / "model.sock"
        self.pid: int | None = None
        self.last_words = ""  # the last line that it wrote to stderr: why it doesn't start
        self.lacked_memory = False  # when it ended last

    async def run(self) -> None:
        """Keep it running until `stop` or until cancelled; both end the process first."""
        self._over.clear()
        if self._own_folder:
            self._own_folder.mkdir(mode=0o700)
            log.info("the data folder's path is too long for a socket: using %s", self.socket)
        delay = self._first_delay
        try:
            while not self._stop.is_set():
                code, healthy = await self._live()
                if self._stop.is_set():
                    return
                delay = self._first_delay if healthy else delay
                delay = self._longest_delay if code == BAD_SETTINGS else delay
                log.warning("the model's process ended (%s): next try in %.1f s", code, delay)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), delay)
                delay = min(delay * 2, self._longest_delay)
        finally:
            if self._own_folder:
                shutil.rmtree(self._own_folder, ignore_errors=True)
            self._over.set()

    async def wait_ready(self, within: float) -> bool:
        """Whether it has written a token `within` so many seconds, and can be asked."""
        try:
            await asyncio.wait_for(self._ready.wait(), within)
        except TimeoutError:
            return False
        return True

    async def loads(self, within: float) -> bool:
        """Whether it writes its first token before it ends for the first time, and `within` so many seconds."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._ready, self._ended)]
        try:
            await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._ready.is_set()

    async def stop(self) -> None:
        """End the process, kindly and then surely; `run` returns."""
        self._stop.set()
        await self._over.wait()

    async def _live(self) -> tuple[int | None, bool]:
        """One life of the process: its exit code, and whether it was ready for long."""
        loop = asyncio.get_running_loop()
        try:
            process = await self._spawn()
        except OSError as error:
            self.last_words = f"the model's process can't be started: {error.strerror}"
            log.error("%s", self.last_words)
            self._ended.set()
            return None, False
        began, self.pid = loop.time(), process.pid
        readers = [asyncio.create_task(task) for task in (self._listen(process), self._log(process))]
        watching = asyncio.create_task(self._watch(process))
        stopping = asyncio.create_task(self._stop.wait())
        exited = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({exited, watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            healthy = self._ready.is_set() and loop.time() - began >= self._healthy_after
            self._ready.clear()
            stopping.cancel()
            await _end(process)
            await asyncio.gather(*readers)
            await _let_go(process)
            self.lacked_memory = process.returncode == NO_MEMORY
            self._ended.set()
            watching.cancel()
            self.pid = None
        with suppress(asyncio.CancelledError):
            await watching  # a fault in the watching itself is not to be missed
        return process.returncode, healthy

    async def _spawn(self) -> Process:
        beside = ("--beside",) if self.beside else ()
        options = (f"--model={self._folder}", f"--uds={self.socket}", *self._options, *beside)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *self.program,
            "serve",
            *options,
            stdin=PIPE,  # never written to: its end tells the process that we are gone
            stdout=PIPE,
            stderr=PIPE,
            env=clean_environment(os.environ),
            cwd=_ROOT,
            start_new_session=True,  # Ctrl-C in the terminal is for us alone
            limit=_LONGEST_LINE,
        )

    async def _listen(self, process: Process) -> None:
        assert process.stdout
        async for line in _lines(process.stdout):
            if line.startswith("ready "):
                log.info("the model is %s", line)
                self._ready.set()

    async def _log(self, process: Process) -> None:
        assert process.stderr
        async for line in _lines(process.stderr):
            self.last_words = line
            log.info("model: %s", line)

    async def _watch(self, process: Process) -> None:
        if not await self._loaded():
            log.error("the model has not loaded within %.0f s: killing its process", self._load_within)
            return _kill(process)
        loop = asyncio.get_running_loop()
        alive = loop.time()
        way = unix.transport(self.socket, httpx.Limits())
        async with httpx.AsyncClient(transport=way, timeout=self._stuck_after, trust_env=False) as client:
            while loop.time() - alive < self._stuck_after:
                await asyncio.sleep(self._check_every)
                if await _healthy(client):
                    alive = loop.time()
        log.error("the model has written nothing for %.0f s: killing its process", loop.time() - alive)
        return _kill(process)

    async def _loaded(self) -> bool:
        waited = 0.0
        while not await self.wait_ready(min(_TELL_EVERY, self._load_within)):
            waited += _TELL_EVERY
            if waited >= self._load_within:
                return False
            if not self._ready.is_set():  # it may have come to life this very moment
                log.info("the model is still loading (%.0f s)", waited)
        return True


def _words(options: Mapping[str, object]) -> Iterator[str]:
    """As the command line wants them; a list gives its option several times, True gives it without a value."""
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            yield f"--{name}" if one is True else f"--{name}={one}"


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # longer than the limit: asyncio has dropped it
            continue
        if not line:
            return
        yield line.decode(errors="replace").strip()


async def _healthy(client: httpx.AsyncClient) -> bool:
    try:
        response = await client.get("http://irang/health")
    except httpx.RequestError:
        return False
    return response.status_code == httpx.codes.OK


async def _let_go(process: Process) -> None:
    """Close our end of its standard input: only then is everything of it gone."""
    assert process.stdin
    process.stdin.close()
    with suppress(ConnectionError):
        await process.stdin.wait_closed()


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_GRACE):
            await process.wait()
    except TimeoutError:
        log.warning("the model's process does not end: killing it")
    finally:
        if process.returncode is None:
            _kill(process)
    await process.wait()


def _kill(process: Process) -> None:
    """The process and whatever it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
