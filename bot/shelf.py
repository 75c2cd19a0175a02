"""The folder of documents: what lies in it, what comes in, what goes."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.documents import LARGEST, parse
from bot.errors import Unreadable
from bot.korean.folding import clean

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class File:
    """A file on the shelf. `stamp` differs after every change; `link`: it is no file of ours but leads elsewhere."""

    path: Path
    size: int
    modified: float
    stamp: str
    link: bool = False

    def read(self) -> bytes:
        """Raises Unreadable when it is gone, too large, or no plain file."""
        if self.link:
            raise Unreadable("a link is not followed: put the file itself here")
        return read(self.path)


def files(folder: Path) -> dict[str, File]:
    """Every file below the folder by its name: its path in NFC. Hidden ones are left out, links not followed."""
    found: dict[str, File] = {}
    for path in _visible(folder):
        try:
            about = path.lstat()
        except FileNotFoundError:  # taken away meanwhile
            continue
        name = clean(path.relative_to(folder).as_posix())
        while name in found:  # the same name once composed, once decomposed
            name += "′"
        stamp = f"{about.st_size}:{about.st_mtime_ns}:{about.st_ctime_ns}"
        found[name] = File(path, about.st_size, about.st_mtime, stamp, stat.S_ISLNK(about.st_mode))
    return found


def read(path: Path) -> bytes:
    """The bytes of a plain file, at most LARGEST; raises Unreadable."""
    try:
        # Without blocking: opening a pipe would wait for its writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Unreadable("not a file")
            if about.st_size > LARGEST:
                raise Unreadable(f"larger than {LARGEST // 2**20} MB: split it")
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(f"can't be read ({error.strerror})") from None


def put(folder: Path, source: Path, *, replace: bool = False) -> str:
    """Copy a document into the folder once it proved readable; returns its name.

    Raises Unreadable with the file's name: it can't be read, or another one of that name lies there.
    """
    name = clean(source.name)
    try:
        data = read(source)
        parse(name, data)
        if name.startswith("."):
            raise Unreadable("hidden files are left out: give it another name")
        there = files(folder).get(name)
        if there and there.path.samefile(source):
            return name
        if there and not replace:
            raise Unreadable("one of that name is there already: remove it, or add --replace")
        _write(folder / name, data)
        if there and there.path.name != name:  # the same name, decomposed
            there.path.unlink()
    except Unreadable as error:
        raise Unreadable(f"{source}: {error}") from None
    return name


def take_away(folder: Path, name: str) -> None:
    """Delete a document; raises Unreadable when there is none of that name."""
    file = files(folder).get(clean(name))
    if file is None:
        raise Unreadable(f"{name}: no such document: irang knowledge list shows them")
    file.path.unlink(missing_ok=True)


def _visible(folder: Path) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        log.warning("%s: can't be read (%s): its documents are left out", error.filename, error.strerror)

    for place, below, names in os.walk(folder, onerror=unreadable):
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: a bot that looks at the folder meanwhile sees no half of it."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".adding-", delete=False) as file:
            file.write(data)
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except OSError as error:
        raise Unreadable(f"can't be written to {path.parent} ({error.strerror})") from None
