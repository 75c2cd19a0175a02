"""No test may wait for ever: one that stands still fails, and says where each of its tasks stands."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Generator
from types import FrameType

import pytest

_LONGEST = 300  # seconds: several times the slowest test, on a machine that is slow and busy


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    def give_up(number: int, frame: FrameType | None) -> None:
        signal.alarm(_LONGEST)  # ending it may stand still as well
        for task in _tasks():
            task.print_stack(file=sys.stderr)
        raise TimeoutError(f"{item.nodeid} took more than {_LONGEST} s")

    if "long" in item.keywords or not hasattr(signal, "SIGALRM"):
        return (yield)
    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(_LONGEST)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _tasks() -> set[asyncio.Task[object]]:
    try:
        return asyncio.all_tasks()
    except RuntimeError:  # no loop is running: the test's own stack says where it stands
        return set()
