"""The bot as a process of its own: started, killed, and asked to end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]

_CONFIG = """\
[access]
open = true
[quota]
person_per_minute = 0
person_per_day = 0
chat_per_minute = 0
chat_per_day = 0
[delivery]
attempts = {attempts}
[memory]
turns = 2
[model]
url = "{model}"
threads = 1
[web]
enabled = false
[{platform}]
api = "{api}"
"""


class Ended(AssertionError):
    """The bot ended although nobody had killed it."""


class Victim:
    """`python -m bot run` in a folder, talking to one platform. `model` is an endpoint; "": the embedded model."""

    def __init__(
        self, folder: Path, *, platform: str, api: str, token: str, model: str = "", attempts: int = 100_000
    ) -> None:
        self._folder = folder
        self._config = folder / "config.toml"
        self._config.write_text(_CONFIG.format(platform=platform, api=api, model=model, attempts=attempts))
        self._environment = _without_tokens(os.environ) | {f"IRANG_{platform.upper()}_TOKEN": token}
        self._process: Process | None = None
        self.killed_at = 0.0  # on the clock of time.monotonic

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def ended_well(self) -> bool:
        """It came to its own end, or had not begun anything when SIGTERM came."""
        return self._process is not None and self._process.returncode in (0, -signal.SIGTERM)

    @property
    def output(self) -> Path:
        return self._folder / "output.txt"

    async def start(self) -> None:
        with self.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "run", "-c", str(self._config)),
                cwd=_ROOT,
                env=self._environment,
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
            )

    async def kill(self) -> None:
        """With -9. Raises Ended when there is nobody to kill."""
        assert self._process
        if self._process.returncode is not None:
            raise Ended(f"the bot ended by itself with {self._process.returncode}: {self._last_words()}")
        self._process.kill()
        self.killed_at = time.monotonic()
        await self._process.wait()

    async def stop(self) -> float:
        """With SIGTERM; the seconds that it takes. Kills it after 30. Raises Ended when there is nobody to stop."""
        assert self._process
        if self._process.returncode is not None:
            raise Ended(f"the bot ended by itself with {self._process.returncode}: {self._last_words()}")
        began = self.killed_at = time.monotonic()
        try:
            self._process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(30):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        return time.monotonic() - began

    async def bury(self) -> None:
        """Leave nothing running."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def _last_words(self) -> str:
        return self.output.read_text(errors="replace")[-2000:]


def _without_tokens(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("IRANG_")}
