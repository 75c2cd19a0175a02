"""What SQLite's write-ahead log holds, read from outside: what SQLite does not find again there was damaged.

SQLite recovers a log up to the first frame that it finds spoilt, and says nothing of the transactions behind it.
Formats: https://sqlite.org/fileformat2.html#the_write_ahead_log and https://sqlite.org/walformat.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_HEADER, _FRAME = 32, 24  # bytes
_MAGIC = (0x377F0682, 0x377F0683)  # the last bit: checksums of big-endian words
_INDEX_VERSION = 3007000
_INDEX = 48  # bytes of the index's header, which is there twice; how much was folded stands behind both


@dataclass(frozen=True, slots=True)
class Log:
    """The frames of a log that carry its salts.

    salts   name this filling of the file; b"" when there is no readable header
    broken  there is something, and no readable header
    last    the number of the last frame that ends a transaction, counted from 1
    pages   pages of the database that frames overrule, with the place of the newest image in the file
    size    pages of the database after the last transaction
    """

    salts: bytes = b""
    broken: bool = False
    last: int = 0
    pages: Mapping[int, int] = field(default_factory=dict)
    size: int = 0


@dataclass(frozen=True, slots=True)
class Index:
    """The log's index in shared memory, whose file outlives a killed process: how many frames were committed, and how
    many of them lie in the database already. It is never ahead of what is on disk.
    """

    salts: bytes
    frames: int
    folded: int


def read(path: Path) -> Log:
    """The log of a database. Frames of an earlier filling, and one that was cut off, are left out."""
    try:
        with path.with_name(f"{path.name}-wal").open("rb") as file:
            header = file.read(_HEADER)
            file.seek(0, 2)
            length = file.tell()
            if not _readable(header):
                return Log(broken=length > 0)
            page = struct.unpack(">I", header[8:12])[0]
            frames = []
            for number in range(1, (length - _HEADER) // (_FRAME + page) + 1):
                at = _HEADER + (number - 1) * (_FRAME + page)
                file.seek(at)
                frames.append((number, at + _FRAME, file.read(_FRAME)))
    except FileNotFoundError:
        return Log()
    return _log(header[16:24], frames)


def index(path: Path) -> Index | None:
    """None when there is none, or when it was being changed at the end."""
    try:
        with path.with_name(f"{path.name}-shm").open("rb") as file:
            content = file.read(2 * _INDEX + 4)
    except FileNotFoundError:
        return None
    first, second = content[:_INDEX], content[_INDEX : 2 * _INDEX]
    if len(content) < 2 * _INDEX + 4 or first != second or struct.unpack("=I", first[:4])[0] != _INDEX_VERSION:
        return None
    if not first[12]:  # not begun
        return None
    frames, folded = struct.unpack("=I", first[16:20])[0], struct.unpack("=I", content[2 * _INDEX :])[0]
    return Index(first[32:40], frames, folded)


def images(path: Path, log: Log, page: int) -> Iterator[tuple[int, bytes]]:
    """The newest committed image of each page in the log."""
    with path.with_name(f"{path.name}-wal").open("rb") as file:
        for number, at in log.pages.items():
            file.seek(at)
            yield number, file.read(page)


def _log(salts: bytes, frames: list[tuple[int, int, bytes]]) -> Log:
    ours = [(number, at, *struct.unpack(">II", head[:8])) for number, at, head in frames if head[8:16] == salts]
    last = max((number for number, _, _, size in ours if size), default=0)
    size = next((size for number, _, _, size in ours if number == last), 0)
    pages = {page: at for number, at, page, _ in ours if number <= last}
    return Log(salts, False, last, pages, size)


def _readable(header: bytes) -> bool:
    if len(header) < _HEADER:
        return False
    magic, _, page = struct.unpack(">III", header[:12])
    if magic not in _MAGIC or not 512 <= page <= 65536:
        return False
    return _checksum(header[:24], ">" if magic & 1 else "<") == struct.unpack(">II", header[24:32])


def _checksum(content: bytes, order: str) -> tuple[int, int]:
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    first = second = 0
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
