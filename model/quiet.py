"""Work that lets everything else on the machine go first: a model that is loaded beside the one that answers.

Linux shares the processor among sessions before it shares it among threads (sched(7), "The autogroup feature"): there
a thread's niceness counts within its session alone. A model's process leads a session of its own, so it is the session
that goes behind while the model is loaded. Where the kernel doesn't do that, the loading thread goes behind.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)

# A thread of niceness 10 gets a ninth of what one of niceness 0 gets: enough to come to an end.
NICENESS = 10
# A session of niceness 19 gets a seventieth, and so what others leave; where they leave nothing for half a minute, it
# gets as much as a thread of niceness 10, or it would never come to an end.
SESSION_NICENESS = 19
PATIENCE = 30.0
SESSION = Path("/proc/self/autogroup")
_TRIES = 50
_changing = threading.Lock()


def quietly(work: Callable[[], T]) -> T:
    """What `work` returns, or raises, done in a thread of low priority with all the threads that it starts.

    On Linux niceness is a thread's own, so that the caller and what it starts later are as quick as before; where it
    is the whole process's (macOS), nothing is made slower, since an ordinary user could not take it back.
    """
    done: Future[T] = Future()

    def thread() -> None:
        try:
            if hasattr(os, "sched_getaffinity"):  # Linux
                with suppress(OSError):  # a container may forbid it: then it is as quick as the others
                    _go_behind()
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001  it is raised again for the caller
            done.set_exception(error)

    worker = threading.Thread(target=thread, name="loading", daemon=True)
    worker.start()
    return done.result()


def session_behind() -> None:
    """Let all other sessions go first, if this process leads its own: others in it should not be slowed down."""
    if os.getsid(0) == os.getpid():
        _share(SESSION_NICENESS)
        impatience = threading.Timer(PATIENCE, _less_behind)
        impatience.daemon = True
        impatience.start()


def session_level() -> None:
    """Let this process's session be as quick as the others again, if it was put behind them."""
    with _changing:
        if _niceness() in (SESSION_NICENESS, NICENESS):
            _share(0)


def _less_behind() -> None:
    with _changing:
        if _niceness() == SESSION_NICENESS:  # it is still loading
            _share(NICENESS)


def _go_behind() -> None:
    """The calling thread. An idle thread's processor counts as free for others; its session keeps it alive."""
    if _niceness() == SESSION_NICENESS:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _niceness() -> int | None:
    """The session's; None where the kernel does not share by session."""
    try:
        return int(SESSION.read_text(encoding="ascii").split()[-1])
    except (OSError, IndexError, ValueError):
        return None


def _share(niceness: int) -> None:
    """The kernel allows users one such change in a tenth of a second, on the whole machine."""
    for _ in range(_TRIES):
        try:
            SESSION.write_text(str(niceness), encoding="ascii")
        except BlockingIOError:
            time.sleep(0.1)
        except OSError:  # no such file
            return
        else:
            return
    log.warning("%s could not be set to %d: others change theirs all the time", SESSION, niceness)
