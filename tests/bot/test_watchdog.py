"""What hears nothing is begun anew; when that does not help, and nobody else hears anything, the process ends."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer import Exit

from bot import cli as command_line
from bot import notify
from bot.app import SystemClock
from bot.command import Command
from bot.config import WatchSettings
from bot.errors import BadToken, Deaf, Unusable
from bot.ports import Intake, Platform, Pulse
from bot.watchdog import Watchdog
from tests.stage import Stage

SOON = WatchSettings(deaf_minutes=0.002, restarts=2)  # 0.12 s


class Eared(Stage):
    """A platform with a pulse. `hears`: how many of its runs hear something, from which on."""

    def __init__(self, name: str = "stage", *, from_run: int = 1, once: bool = False) -> None:
        super().__init__()
        self.name = name
        self.runs = 0
        self.error: Exception | None = None
        self._from_run = from_run
        self._once = once
        self._last: datetime | None = None
        self.ended = 0

    def pulse(self) -> Pulse:
        return Pulse(self._last, None, "" if self._last else "no answer")

    async def run(self, intake: Intake | None = None, commands: Sequence[Command] = ()) -> None:
        self.runs += 1
        try:
            while True:
                if self.runs >= self._from_run and not (self._once and self._last):
                    self._last = datetime.now(UTC)
                if self.error:
                    raise self.error
                await asyncio.sleep(0.01)
        finally:
            self.ended += 1


def dog(*platforms: Platform, settings: WatchSettings = SOON) -> Watchdog:
    return Watchdog(settings, platforms, SystemClock())


async def test_what_hears_is_left_alone() -> None:
    ears = Eared()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.6):
            await dog(ears).attend(ears, ears.run)
    assert (ears.runs, ears.ended) == (1, 1)


async def test_what_is_deaf_is_begun_anew_and_that_may_help(caplog: pytest.LogCaptureFixture) -> None:
    ears = Eared(from_run=3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2):
            await dog(ears).attend(ears, ears.run)
    assert ears.runs == 3
    assert [record.levelno for record in caplog.records if record.name == "bot.watchdog"] == [logging.ERROR] * 2


async def test_when_it_does_not_help_the_process_shall_end() -> None:
    ears = Eared(from_run=99)
    with pytest.raises(Deaf, match=r"stage: deaf in spite of restarts \(no answer\)"):
        async with asyncio.timeout(10):
            await dog(ears).attend(ears, ears.run)
    assert (ears.runs, ears.ended) == (3, 3)


async def test_what_fell_silent_later_is_deaf_too() -> None:
    ears = Eared(once=True)
    with pytest.raises(Deaf):
        async with asyncio.timeout(10):
            await dog(ears).attend(ears, ears.run)


async def test_while_another_platform_hears_the_process_is_well() -> None:
    deaf, well = Eared("deaf", from_run=99), Eared("well")
    watchdog = dog(deaf, well)
    hearing = asyncio.create_task(watchdog.attend(well, well.run))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):
            await watchdog.attend(deaf, deaf.run)
    hearing.cancel()
    assert deaf.runs > 3
    assert well.runs == 1
    assert watchdog.alive()


@pytest.mark.parametrize("settings", [WatchSettings(deaf_minutes=0), WatchSettings(deaf_minutes=0.002, restarts=0)])
async def test_it_can_be_switched_off(settings: WatchSettings) -> None:
    ears = Eared(from_run=99)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await dog(ears, settings=settings).attend(ears, ears.run)
    assert (ears.runs == 1) == (not settings.deaf_minutes)


async def test_what_a_platform_dies_of_is_passed_on() -> None:
    ears = Eared()
    ears.error = BadToken("telegram doesn't know this token")
    with pytest.raises(BadToken):
        await dog(ears).attend(ears, ears.run)


@pytest.mark.parametrize("end_of_it", [Deaf("telegram", ""), Unusable("file is not a database")])
def test_what_a_new_start_may_mend_ends_the_process_with_70(end_of_it: Exception) -> None:
    async def work() -> None:
        raise ExceptionGroup("running", [end_of_it])

    with pytest.raises(Exit) as end:
        command_line._guarded(work)
    assert end.value.exit_code == 70


# ---- the service manager -------------------------------------------------------------------------


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_is_told(tmp_path: Path, abstract: bool) -> None:
    name = f"@irang-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name[1:]}" if abstract else name)
        manager.settimeout(5)
        assert notify.tell("READY=1", {"NOTIFY_SOCKET": name})
        assert manager.recv(100) == b"READY=1"


def test_without_a_service_manager_nothing_is_told(tmp_path: Path) -> None:
    for address in ("", "nonsense", str(tmp_path / "nobody")):
        assert not notify.tell("READY=1", {"NOTIFY_SOCKET": address})


def test_signs_of_life_come_twice_as_often_as_they_are_waited_for() -> None:
    assert notify.beat_every({"WATCHDOG_USEC": "30000000"}) == 15.0
    assert notify.beat_every({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}) is None
    assert notify.beat_every({}) is None
    assert notify.beat_every({"WATCHDOG_USEC": "x"}) is None


async def test_ready_comes_first_and_signs_of_life_follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "40000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        reporting = asyncio.create_task(dog().report())
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(5):
            told = [await loop.sock_recv(manager, 100) for _ in range(3)]
        reporting.cancel()
    assert told == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


async def test_no_sign_of_life_when_everybody_was_deaf_for_longer_than_restarts_take() -> None:
    ears = Eared(from_run=99)
    watchdog = dog(ears, settings=WatchSettings(deaf_minutes=0.0005, restarts=1))  # 0.09 s in all
    assert watchdog.alive()
    async with asyncio.timeout(5):
        while watchdog.alive():  # noqa: ASYNC110 time alone changes it
            await asyncio.sleep(0.01)
