"""The process under load, seen from outside: started, measured by what the kernel says of it, and ended."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).resolve().parents[2]
_MIB = 1 << 20
_START = 60.0  # seconds until it must be there
_END = 60.0


@dataclass
class Memory:
    """Resident memory in MiB, by seconds since the load began."""

    samples: list[tuple[float, float]] = field(default_factory=list)

    def at(self, seconds: float) -> float:
        """What it was then: the last sample until that time."""
        return [mib for when, mib in self.samples if when <= seconds or when == self.samples[0][0]][-1]

    def growth(self, since: float) -> float:
        """The most that it ever was afterwards, less what it was then."""
        return max(mib for when, mib in self.samples if when >= since or when == self.samples[-1][0]) - self.at(since)


class Watched:
    """`async with Watched(folder, api) as bot:` starts one and ends it; what it logged is in `folder`/log.txt.

    `lateness`, in milliseconds, is known once it has ended.
    """

    def __init__(self, folder: Path, api: str = "") -> None:
        self.url = ""
        self.memory = Memory()
        self.lateness: dict[str, int] = {}
        self._folder = folder
        self._api = api
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        arguments = [str(self._folder), *(("--api", self._api) if self._api else ())]
        with (self._folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.load.target", *arguments), cwd=_ROOT, stdin=PIPE, stdout=PIPE, stderr=log
            )
        try:
            self.url = (await self._told(_START))["url"]
        except BaseException:
            await self._bury()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._alive()
        assert process.stdin
        process.stdin.close()
        try:
            if kind is None:
                self.lateness = await self._told(_END)
            await asyncio.wait_for(process.wait(), _END)
        finally:
            await self._bury()

    async def sample(self, every: float) -> None:
        """Note its memory until cancelled."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            self.memory.samples.append((loop.time() - began, self.resident()))
            await asyncio.sleep(every)

    def resident(self) -> float:
        """MiB; https://www.kernel.org/doc/html/latest/filesystems/proc.html: the second field of statm, in pages."""
        pages = Path(f"/proc/{self._alive().pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / _MIB

    def busy(self) -> float:
        """Seconds of a core that it has used: fields 14 and 15 of stat; its name, the second field, may hold blanks."""
        stat = Path(f"/proc/{self._alive().pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    async def _bury(self) -> None:
        """Leave nothing running."""
        process = self._alive()
        if process.returncode is None:
            process.kill()
            await process.wait()

    def _alive(self) -> Process:
        assert self._process, "it was started"
        return self._process

    async def _told(self, within: float) -> dict[str, Any]:
        stdout = self._alive().stdout
        assert stdout
        line = await asyncio.wait_for(stdout.readline(), within)
        if not line:
            words = (self._folder / "log.txt").read_text(errors="replace")[-2000:]
            raise AssertionError(f"the bot ended by itself: {words}")
        return dict(json.loads(line))
