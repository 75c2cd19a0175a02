"""Loading beside a model that answers: behind everything else, and nothing is lost by the detour."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from model.quiet import NICENESS, SESSION, SESSION_NICENESS, quietly


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


LOADS = """
import os, sys, time
from model import quiet
from model.quiet import SESSION, quietly, session_behind, session_level

def told(): print(*SESSION.read_text().split()[-1:], os.sched_getscheduler(0) == os.SCHED_IDLE)

if "impatient" in sys.argv: quiet.PATIENCE = 2
if "behind" in sys.argv: session_behind()
quietly(told)
if "impatient" in sys.argv:
    ends = time.monotonic() + 30
    while SESSION.read_text().split()[-1:] == ["19"] and time.monotonic() < ends: time.sleep(0.1)
    told()
session_level()
told()
"""


@pytest.mark.skipif(not SESSION.exists(), reason="this kernel does not share by session")
def test_a_session_goes_behind_until_the_model_is_loaded() -> None:
    child = subprocess.run(
        [sys.executable, "-c", LOADS, "behind"], capture_output=True, text=True, check=True, start_new_session=True
    )
    assert child.stdout.splitlines() == [f"{SESSION_NICENESS} True", "0 False"]


@pytest.mark.skipif(not SESSION.exists(), reason="this kernel does not share by session")
def test_a_session_that_loads_for_long_gets_more_and_is_level_in_the_end() -> None:
    words = [sys.executable, "-c", LOADS, "behind", "impatient"]
    child = subprocess.run(words, capture_output=True, text=True, check=True, start_new_session=True)
    assert child.stdout.splitlines() == [f"{SESSION_NICENESS} True", f"{NICENESS} False", "0 False"]


@pytest.mark.skipif(not SESSION.exists(), reason="this kernel does not share by session")
def test_a_session_that_was_not_put_behind_stays_as_it_is() -> None:
    child = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    usual = SESSION.read_text(encoding="ascii").split()[-1:]  # empty: what the kernel started itself has no session
    assert child.stdout.splitlines() == [" ".join([*usual, "False"])] * 2


def test_the_caller_gets_what_the_work_raises() -> None:
    def work() -> None:
        raise ValueError("a bad folder")

    with pytest.raises(ValueError, match="a bad folder"):
        quietly(work)


def test_a_machine_that_forbids_it_loads_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> None:
        raise PermissionError

    monkeypatch.setattr("model.quiet._go_behind", forbidden)
    assert quietly(lambda: 1) == 1
