"""Work that lets everything else on the machine go first: a model that is loaded beside the one that answers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

# Linux gives a thread of niceness 10 a ninth of what one of niceness 0 gets (sched(7)): enough to come to an end.
NICENESS = 10


def quietly(work: Callable[[], T]) -> T:
    """What `work` returns, or raises, done in a thread of low priority with all the threads that it starts.

    On Linux niceness is a thread's own, so that the caller and what it starts later are as quick as before; where it
    is the whole process's (macOS), nothing is made slower, since an ordinary user could not take it back.
    """
    done: Future[T] = Future()

    def thread() -> None:
        if hasattr(os, "sched_getaffinity"):  # Linux
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001  it is raised again for the caller
            done.set_exception(error)

    worker = threading.Thread(target=thread, name="loading", daemon=True)
    worker.start()
    return done.result()
