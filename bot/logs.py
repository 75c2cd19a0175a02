"""Logs for an operator: ids, never what people wrote, never a secret; as text, or as JSON where logs are collected."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import JSONRenderer, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.types import EventDict

from bot.errors import StoreError

Form = Literal["text", "json"]


def about(**ids: object) -> AbstractContextManager[None]:
    """Every line that is logged inside, and in tasks begun there, belongs to these ids: fields of its JSON."""
    return bound_contextvars(**ids)


class _Blotting:
    """Replaces every known secret, the longest first, so that one that begins like another leaves no rest."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


class Redacting(logging.Formatter):
    """Writes a record as a line of text, exceptions included, without secrets."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._blotted = _Blotting(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return self._blotted(super().format(record))


class JsonLines(ProcessorFormatter):
    """Writes a record as one line of JSON: time, level, logger, event, the ids it is about, and an exception."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._blotted = _Blotting(secrets)
        super().__init__(
            foreign_pre_chain=[merge_contextvars, add_log_level, add_logger_name, _add_time, format_exc_info],
            # Secrets go before JSON is made of it: afterwards a quote in one would be written as two signs.
            processors=[
                ProcessorFormatter.remove_processors_meta,
                self._without_secrets,
                JSONRenderer(ensure_ascii=False, sort_keys=False),
            ],
        )

    def _without_secrets(self, _: Any, __: str, event: EventDict) -> EventDict:
        return {name: self._blotted(value) if isinstance(value, str) else value for name, value in event.items()}


def formatter(form: Form, secrets: Sequence[str]) -> logging.Formatter:
    return JsonLines(secrets) if form == "json" else Redacting(secrets)


def set_up(level: str, folder: Path, secrets: Sequence[str], *, terminal: str, form: Form = "text") -> None:
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
        handler.setFormatter(formatter(form, secrets))
    logging.basicConfig(level=level, handlers=[file, screen], force=True)
    # httpx logs each URL at INFO, and Telegram's URLs hold the token; the others log what people wrote at DEBUG.
    for chatty in ("httpx", "httpcore", "telegram", "discord", "websockets", "aiohttp.access", "markdown_it"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _add_time(_: Any, __: str, event: EventDict) -> EventDict:
    """When it was logged, in UTC."""
    return {"time": datetime.fromtimestamp(event["_record"].created, UTC).isoformat(timespec="milliseconds"), **event}
