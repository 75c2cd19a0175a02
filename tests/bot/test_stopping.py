"""Asked to end, the bot lets answers end; asked again, or when something hangs, it leaves at once."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import threading
from pathlib import Path

import pytest

from bot.app import running
from bot.stopping import GRACE, Stopping
from tests.stage import Script, Stage, on_stage, open_settings


async def asked(stopping: Stopping, number: signal.Signals) -> None:
    """Run something endless until a signal ends it."""
    begun = asyncio.Event()

    async def endless() -> None:
        begun.set()
        await asyncio.Event().wait()

    working = asyncio.create_task(stopping.until(endless()))
    await begun.wait()
    os.kill(os.getpid(), number)
    async with asyncio.timeout(5):
        await working
    assert stopping.last_call
    stopping.last_call.cancel()


@pytest.mark.parametrize(("number", "grace"), [(signal.SIGTERM, GRACE), (signal.SIGINT, 0.0)])
async def test_sigterm_leaves_time_and_ctrl_c_none(number: signal.Signals, grace: float) -> None:
    stopping = Stopping(leave=lambda code: pytest.fail(f"left with {code}"))
    await asked(stopping, number)
    assert stopping.grace == grace


async def test_work_that_ends_by_itself_needs_no_signal() -> None:
    async def work() -> None:
        return None

    stopping = Stopping()
    await stopping.until(work())
    assert stopping.last_call is None


async def test_a_second_signal_leaves_at_once() -> None:
    left: list[int] = []
    stopping = Stopping(leave=left.append)
    begun, end = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await end.wait()

    working = asyncio.create_task(stopping.until(stubborn()))
    await begun.wait()
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)
    assert left == [128 + signal.SIGTERM]
    end.set()
    await working
    assert stopping.last_call
    stopping.last_call.cancel()


async def test_a_loop_that_hangs_does_not_keep_the_process_alive() -> None:
    left: queue.Queue[int] = queue.Queue()
    stopping = Stopping(within=0.05, leave=left.put)
    stopping.asked(signal.SIGTERM, asyncio.get_running_loop().create_future())
    assert left.get(timeout=5) == 1  # the loop stands still meanwhile
    assert threading.main_thread().is_alive()


async def test_an_answer_under_way_is_finished_when_there_is_time(tmp_path: Path) -> None:
    stage, model, stopping = Stage(), Script(), Stopping()
    model.gate.clear()
    async with running(open_settings(), tmp_path, [stage], model, stopping=stopping) as bot:
        serving = asyncio.create_task(bot.run([stage]))
        await stage.say("하나")
        await stage.until(lambda: model.running)
        await stage.say("둘")  # waits in the same lane
        await until_taken(bot.core.lanes.load, (1, 1))
        stopping.grace = 5.0
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        model.gate.set()
    assert stage.texts() == ["답: 하나"]
    async with on_stage(tmp_path, stage, model):
        await stage.settled("답: 하나", "답: 둘")


async def test_without_time_it_is_left_to_the_next_start(tmp_path: Path) -> None:
    stage, model = Stage(), Script()
    model.gate.clear()
    async with running(open_settings(), tmp_path, [stage], model) as bot:
        serving = asyncio.create_task(bot.run([stage]))
        await stage.say("하나")
        await stage.until(lambda: model.running)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    model.gate.set()
    async with on_stage(tmp_path, stage, model):
        await stage.settled("답: 하나")


async def until_taken(load: object, wanted: tuple[int, int]) -> None:
    assert callable(load)
    async with asyncio.timeout(5):
        while load() != wanted:  # noqa: ASYNC110 nobody tells of a job that waits
            await asyncio.sleep(0.01)
