"""The database as an operator reads it: beside the writer, on a connection that can't write."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.errors import StoreError

T = TypeVar("T")


class Reader:
    """Long looks that must not hold up the one thread that writes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "irang.db"

    async def read(self, look: Callable[[Database], T]) -> T:
        """What `look` finds, in a thread of its own. Raises StoreError when the database can't be read."""
        return await asyncio.to_thread(self._look, look)

    def _look(self, look: Callable[[Database], T]) -> T:
        try:
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as opened:
                opened.text_factory = lambda stored: stored.decode(errors="replace")
                return look(Database(opened))
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: can't be read ({error})") from None

    def size(self) -> int:
        """Bytes on disk, with what is not yet folded in."""
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
