"""Backups come when they are due, the oldest go, and what fails is said and tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import backups, control
from bot.app import running
from bot.config import BackupSettings
from bot.errors import IrangError, StoreError
from bot.keeping import Keeper
from bot.store import Store
from tests.stage import Script, Stage, open_settings

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Watch:
    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


@asynccontextmanager
async def keeping(folder: Path, **settings: float) -> AsyncIterator[tuple[Keeper, Watch]]:
    store, watch = Store.open(folder), Watch()
    try:
        yield Keeper(folder, BackupSettings.model_validate(settings), watch), watch
    finally:
        await asyncio.to_thread(store.close)


async def test_one_is_due_an_hour_after_the_last(tmp_path: Path) -> None:
    async with keeping(tmp_path) as (keeper, watch):
        assert keeper.due_in() == 0
        await keeper.back_up()
        assert keeper.due_in() == 3600
        watch.time += timedelta(minutes=50)
        assert keeper.due_in() == 600
        watch.time -= timedelta(days=1)  # a clock that was set back
        assert keeper.due_in() == 0


async def test_no_more_are_kept_than_asked_for(tmp_path: Path) -> None:
    async with keeping(tmp_path, keep=2) as (keeper, watch):
        for _ in range(4):
            await keeper.back_up()
            watch.time += timedelta(hours=1)
        assert [backup.at.hour for backup in backups.taken(tmp_path)] == [15, 14]


async def test_when_it_is_due_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.keeping._SOON", 0.01)
    async with keeping(tmp_path) as (keeper, _):
        running = asyncio.create_task(keeper.run())
        async with asyncio.timeout(10):
            while not backups.taken(tmp_path):  # noqa: ASYNC110 nobody tells of a file
                await asyncio.sleep(0.01)
        running.cancel()


async def test_none_is_made_when_that_is_switched_off(tmp_path: Path) -> None:
    async with keeping(tmp_path, every_hours=0) as (keeper, _):
        async with asyncio.timeout(5):
            await keeper.run()
        assert backups.taken(tmp_path) == []


async def test_one_that_fails_is_said(tmp_path: Path) -> None:
    async with keeping(tmp_path) as (keeper, _):
        (tmp_path / "backups").write_text("no folder")
        with pytest.raises(StoreError, match="could not be written"):
            await keeper.back_up()


async def test_the_running_bot_makes_one_when_it_is_asked(tmp_path: Path) -> None:
    async with running(open_settings(), tmp_path, [Stage()], Script()):
        socket = tmp_path / "data" / "control.sock"
        answered = await control.ask(socket, "backup", to=str(tmp_path / "mine.db"))
        assert answered
        assert backups.checked(Path(answered["path"])).path == tmp_path / "mine.db"
        with pytest.raises(IrangError, match="could not be written"):
            await control.ask(socket, "backup", to=str(tmp_path / "data" / "irang.lock" / "mine.db"))
