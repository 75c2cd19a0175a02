"""A checksum for each page of the database file, kept beside it: SQLite has none, and would read a spoilt letter aloud.

The file changes only when its log is folded into it. What it will say afterwards is known, and written down, before:
so the checksums hold at every moment for every page that no frame of the log overrules.
"""

from __future__ import annotations

import os
import struct
import sys
import zlib
from array import array
from contextlib import suppress
from pathlib import Path

from bot import wal

_MAGIC = b"irang pages 1\n"
_HEAD = struct.Struct("<?II")  # closed in good order, bytes of a page, pages
_CHUNK = 256  # pages read at once


class Sums:
    """`of(database)` reckons them, `read` finds those that were kept; `closed`: nothing may have changed since."""

    def __init__(self, page: int, sums: array[int], *, closed: bool = False) -> None:
        self.page = page
        self.closed = closed
        self._sums = sums

    def __len__(self) -> int:
        return len(self._sums)

    @classmethod
    def of(cls, database: Path) -> Sums:
        """The checksums of a file as it is now."""
        page = _page_size(database)
        return cls(page, _reckoned(database, page))

    @classmethod
    def read(cls, kept: Path) -> Sums | None:
        """None when there are none, or when they are spoilt themselves."""
        with suppress(FileNotFoundError):
            content = kept.read_bytes()
            body, crc = content[:-4], content[-4:]
            if content.startswith(_MAGIC) and zlib.crc32(body).to_bytes(4, "little") == crc:
                closed, page, count = _HEAD.unpack_from(body, len(_MAGIC))
                sums = array("I", body[len(_MAGIC) + _HEAD.size :])
                return cls(page, _swapped(sums), closed=closed) if len(sums) == count else None
        return None

    def write(self, kept: Path, *, closed: bool = False) -> None:
        """Durable when this returns. Raises OSError."""
        body = _MAGIC + _HEAD.pack(closed, self.page, len(self._sums)) + _swapped(self._sums[:]).tobytes()
        fresh = kept.with_name(f"{kept.name}.new")
        with open(fresh, "wb", opener=_private) as file:  # Path.open takes no opener
            file.write(body + zlib.crc32(body).to_bytes(4, "little"))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(kept)
        sync(kept.parent)

    def take(self, database: Path, log: wal.Log) -> None:
        """What the file will say when the log is folded into it."""
        if not log.size:
            return
        del self._sums[log.size :]
        self._sums.extend([0] * (log.size - len(self._sums)))
        for number, image in wal.images(database, log, self.page):
            if number <= log.size:
                self._sums[number - 1] = zlib.crc32(image)

    def differing(self, database: Path, log: wal.Log) -> int:
        """How many pages say something else, or are not there, or too many; but for those that the log overrules."""
        now = _reckoned(database, self.page)
        count = log.size or max(len(now), len(self._sums))
        return sum(
            number not in log.pages and _at(now, number) != _at(self._sums, number) for number in range(1, count + 1)
        )


def sync(folder: Path) -> None:
    """Make what was renamed in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reckoned(database: Path, page: int) -> array[int]:
    """The last page may be cut short: then it has the checksum of what is there."""
    sums = array("I")
    with database.open("rb") as file:
        while chunk := file.read(page * _CHUNK):
            sums.extend(zlib.crc32(chunk[at : at + page]) for at in range(0, len(chunk), page))
    return sums


def _at(sums: array[int], number: int) -> int:
    return sums[number - 1] if number <= len(sums) else -1


def _page_size(database: Path) -> int:
    """https://sqlite.org/fileformat2.html#page_size: 1 means 65,536."""
    with database.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:18], "big")
    return 65536 if size == 1 else size or 4096


def _swapped(sums: array[int]) -> array[int]:
    if sys.byteorder == "big":
        sums.byteswap()
    return sums


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
