"""Loading beside a model that answers: behind everything else, and nothing is lost by the detour."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from model.quiet import NICENESS, quietly


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="niceness is a thread's own on Linux only")
def test_the_work_goes_behind_and_so_does_what_it_starts() -> None:
    def work() -> list[int]:
        seen = [niceness()]
        child = threading.Thread(target=lambda: seen.append(niceness()))
        child.start()
        child.join()
        return seen

    before = niceness()
    assert quietly(work) == [max(before, NICENESS)] * 2
    assert niceness() == before


def test_the_caller_gets_what_the_work_raises() -> None:
    def work() -> None:
        raise ValueError("a bad folder")

    with pytest.raises(ValueError, match="a bad folder"):
        quietly(work)
