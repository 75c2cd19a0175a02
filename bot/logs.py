"""Logs for an operator: ids, never what people wrote, never a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bot.errors import StoreError


class Redacting(logging.Formatter):
    """Writes a record, exceptions included, with every known secret blotted out."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line


def set_up(level: str, folder: Path, secrets: Sequence[str], *, terminal: str) -> None:
    """Everything from `level` on goes to folder/irang.log, what is at least `terminal` to stderr too.

    Raises StoreError when the folder can't be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # the data folder, which holds conversations
        folder.mkdir(exist_ok=True, mode=0o700)
        file = RotatingFileHandler(folder / "irang.log", maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder}: no place for the log ({error.strerror}): check its owner and free space") from None
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(terminal)
    for handler in (file, screen):
        handler.setFormatter(Redacting(secrets))
    logging.basicConfig(level=level, handlers=[file, screen], force=True)
    # httpx logs each URL at INFO, and Telegram's URLs hold the token; the others log what people wrote at DEBUG.
    for chatty in ("httpx", "httpcore", "telegram", "discord", "websockets", "aiohttp.access", "markdown_it"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
