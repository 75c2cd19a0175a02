"""Ways in which disks, crashes and people spoil a database."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

PAGE = 4096

Damage = Callable[[Path, random.Random], None]


def truncated(folder: Path, chance: random.Random) -> None:
    _cut(folder / "irang.db", chance)


def overwritten(folder: Path, chance: random.Random) -> None:
    _spoil(folder / "irang.db", chance)


def zeroed(folder: Path, chance: random.Random) -> None:
    """Whole pages of zeros, as a file system leaves them after a crash."""
    file = folder / "irang.db"
    content = bytearray(file.read_bytes())
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) // PAGE) * PAGE
        content[at : at + PAGE] = bytes(PAGE)
    file.write_bytes(content)


def swapped(folder: Path, chance: random.Random) -> None:
    """Two pages in each other's place: a write that went astray."""
    file = folder / "irang.db"
    content = bytearray(file.read_bytes())
    one, other = (chance.randrange(len(content) // PAGE) * PAGE for _ in range(2))
    content[one : one + PAGE], content[other : other + PAGE] = (
        content[other : other + PAGE],
        content[one : one + PAGE],
    )
    file.write_bytes(content)


def beheaded(folder: Path, chance: random.Random) -> None:
    file = folder / "irang.db"
    content = file.read_bytes()
    file.write_bytes(chance.randbytes(100) + content[100:])


def emptied(folder: Path, chance: random.Random) -> None:
    (folder / "irang.db").write_bytes(b"")


def removed(folder: Path, chance: random.Random) -> None:
    (folder / "irang.db").unlink()


def turned_back(folder: Path, chance: random.Random) -> None:
    """Some pages as they were at the last backup: a disk that forgot what it had promised to keep."""
    file, older = folder / "irang.db", sorted((folder / "backups").glob("irang-*.db"))[-1].read_bytes()
    content = bytearray(file.read_bytes())
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(1, max(2, min(len(content), len(older)) // PAGE)) * PAGE
        content[at : at + PAGE] = older[at : at + PAGE]
    file.write_bytes(content)


def and_the_newest_backup(folder: Path, chance: random.Random) -> None:
    """The database, and the backup that would be restored."""
    chance.choice([truncated, beheaded, emptied, zeroed])(folder, chance)
    _spoil(sorted((folder / "backups").glob("irang-*.db"))[-1], chance)


def log_missing(folder: Path, chance: random.Random) -> None:
    (folder / "irang.db-wal").unlink()


def log_and_index_missing(folder: Path, chance: random.Random) -> None:
    (folder / "irang.db-wal").unlink()
    (folder / "irang.db-shm").unlink()


def log_overwritten(folder: Path, chance: random.Random) -> None:
    _spoil(folder / "irang.db-wal", chance)


def log_truncated(folder: Path, chance: random.Random) -> None:
    _cut(folder / "irang.db-wal", chance)


def log_spoilt_without_index(folder: Path, chance: random.Random) -> None:
    """The index was on a disk that lost it; what is left is what the log says of itself."""
    _spoil(folder / "irang.db-wal", chance)
    (folder / "irang.db-shm").unlink()


def index_spoilt(folder: Path, chance: random.Random) -> None:
    file = folder / "irang.db-shm"
    file.write_bytes(chance.randbytes(file.stat().st_size))


def sums_spoilt(folder: Path, chance: random.Random) -> None:
    _spoil(folder / "irang.sums", chance)


ANY: tuple[Damage, ...] = (
    truncated,
    overwritten,
    overwritten,
    zeroed,
    swapped,
    beheaded,
    emptied,
    removed,
    turned_back,
    and_the_newest_backup,
    sums_spoilt,
)
CRASHED: tuple[Damage, ...] = (
    log_missing,
    log_and_index_missing,
    log_overwritten,
    log_overwritten,
    log_truncated,
    log_truncated,
    log_spoilt_without_index,
    index_spoilt,
)


def _cut(file: Path, chance: random.Random) -> None:
    """Somewhere, often between two pages."""
    size = file.stat().st_size
    at = chance.randrange(size) if size else 0
    with file.open("r+b") as handle:
        handle.truncate(at // PAGE * PAGE if chance.random() < 0.3 else at)


def _spoil(file: Path, chance: random.Random) -> None:
    """Other bytes in one to sixty-four places, each different from what was there."""
    content = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 1, 4, 64))):
        if content:
            content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    file.write_bytes(content)
