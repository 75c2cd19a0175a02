"""What systemd is told: that we are ready, alive, ending. https://www.freedesktop.org/software/systemd/man/sd_notify"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


def tell(state: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody was there to be told: a service manager that set NOTIFY_SOCKET."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as messenger:
            messenger.sendto(state.encode(), f"\0{address[1:]}" if address[0] == "@" else address)
    except OSError as error:
        log.debug("the service manager can't be told: %s", error.strerror)
        return False
    return True


def beat_every(environ: Mapping[str, str] = os.environ) -> float | None:
    """Seconds between two signs of life: half of what the service manager waits. None: it waits for none of us."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2_000_000 if microseconds.isdecimal() and int(microseconds) else None
