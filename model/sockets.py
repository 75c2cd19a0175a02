"""Binding the socket that the model is served on: a stale one is replaced, a live one never."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from bot.errors import IrangError

LONGEST_PATH = 103  # bytes: macOS's limit; Linux takes 107


class SocketError(IrangError):
    """The socket can't be had; the text is one line that says why."""


def check_free(path: Path) -> None:
    """Raises SocketError when the path is too long, is something else, or somebody is listening there."""
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise SocketError(f"{path}: a socket's path has at most {LONGEST_PATH} bytes: choose a shorter one")
    if not path.parent.is_dir():
        raise SocketError(f"{path}: {path.parent} is no folder")
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise SocketError(f"{path}: is not a socket and is left alone")
    if _answers(path):
        raise SocketError(f"{path}: another process is serving there")


def bind_unix(path: Path) -> socket.socket:
    """A listening socket that only this user can reach. Raises SocketError as `check_free` does."""
    check_free(path)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)  # mode 0600 from its first moment on
    try:
        listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise SocketError(f"{path}: {error.strerror}") from None
    finally:
        os.umask(mask)
    listener.listen(128)
    return listener


def bind_tcp(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 takes any that is free. Raises SocketError."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SocketError(f"{host}:{port}: {error.strerror}") from None


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # it doesn't refuse: somebody is there and busy
            return True
        return True
