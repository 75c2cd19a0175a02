"""Logging set up inside a block, and as it was before afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

CHATTY = ("httpx", "httpcore", "telegram", "discord", "websockets", "aiohttp.access", "markdown_it")


@contextmanager
def apart() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in CHATTY}
    root.handlers[:] = []  # so that nobody closes them
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)
        for name, its in levels.items():
            logging.getLogger(name).setLevel(its)
