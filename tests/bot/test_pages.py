"""Checksums hold for every page, at every moment, whatever SQLite does to the file."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot import wal
from bot.pages import Sums


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma wal_autocheckpoint = 0")
        connection.execute("create table if not exists notes (id integer primary key, text text)")
        yield connection


def write(connection: sqlite3.Connection, count: int, letter: str = "x") -> None:
    for _ in range(count):
        connection.execute("insert into notes (text) values (?)", [letter * 900])


def test_they_are_kept_and_found_again(tmp_path: Path) -> None:
    with database(tmp_path / "a.db") as connection:
        write(connection, 30)
        connection.execute("pragma wal_checkpoint(truncate)")
        sums = Sums.of(tmp_path / "a.db")
        sums.write(tmp_path / "sums", closed=True)
    found = Sums.read(tmp_path / "sums")
    assert found
    assert (found.closed, found.page, len(found)) == (True, 4096, len(sums))
    assert found.differing(tmp_path / "a.db", wal.Log()) == 0
    assert (tmp_path / "sums").stat().st_mode & 0o777 == 0o600


def test_spoilt_checksums_are_none(tmp_path: Path) -> None:
    with database(tmp_path / "a.db"):
        Sums.of(tmp_path / "a.db").write(tmp_path / "sums")
    content = bytearray((tmp_path / "sums").read_bytes())
    for at in range(len(content)):
        content[at] ^= 4
        (tmp_path / "sums").write_bytes(content)
        assert Sums.read(tmp_path / "sums") is None
        content[at] ^= 4
    assert Sums.read(tmp_path / "none") is None


def test_one_bit_anywhere_makes_one_page_differ(tmp_path: Path) -> None:
    path, chance = tmp_path / "a.db", random.Random(1)
    with database(path) as connection:
        write(connection, 30)
    sums, content = Sums.of(path), bytearray(path.read_bytes())
    for _ in range(50):
        at, spoilt = chance.randrange(len(content)), content[:]
        spoilt[at] ^= 1 << chance.randrange(8)
        path.write_bytes(spoilt)
        assert sums.differing(path, wal.Log()) == 1
    path.write_bytes(content[:-5000])
    assert sums.differing(path, wal.Log()) >= 2


@pytest.mark.parametrize("shrinking", [False, True])
def test_what_the_file_will_say_is_known_before_the_log_is_folded(tmp_path: Path, shrinking: bool) -> None:
    path = tmp_path / "a.db"
    with database(path) as connection:
        write(connection, 200)
        connection.execute("pragma wal_checkpoint(truncate)")
        sums = Sums.of(path)
        write(connection, 20, "y")
        if shrinking:
            connection.execute("delete from notes where id > 20")
            connection.execute("vacuum")
        log = wal.read(path)
        assert sums.differing(path, log) == 0  # not noted yet: what the log overrules is not looked at
        sums.take(path, log)
        assert sums.differing(path, log) == 0  # noted, not folded
        connection.execute("pragma wal_checkpoint(passive)")
        assert sums.differing(path, log) == 0  # folded, log still there
        connection.execute("pragma wal_checkpoint(truncate)")
        assert sums.differing(path, wal.read(path)) == 0
        assert len(sums) * 4096 == path.stat().st_size


# ---- the log -------------------------------------------------------------------------------------


def test_a_log_tells_its_pages_and_its_last_transaction(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with database(path) as connection:
        write(connection, 10)
        log, index = wal.read(path), wal.index(path)
        assert index
        assert (log.last, log.salts, index.folded) == (index.frames, index.salts, 0)
        assert log.size == connection.execute("pragma page_count").fetchone()[0]
        connection.execute("pragma wal_checkpoint(passive)")
        again = wal.index(path)
        assert again
        assert again.folded == index.frames
        write(connection, 1)  # begins at the front of the file; what is behind it is of an earlier filling
        shorter = wal.read(path)
        assert 0 < shorter.last < log.last
        assert shorter.salts != log.salts


def test_a_log_that_is_cut_off_or_spoilt_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with database(path) as connection:
        write(connection, 10)
        for name in ("a.db", "a.db-wal"):
            shutil.copy(tmp_path / name, tmp_path / name.replace("a.db", "b.db"))
        whole = wal.read(path)
    file = tmp_path / "b.db-wal"
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    assert wal.read(tmp_path / "b.db").last < whole.last
    file.write_bytes(b"\0" * 20 + content[20:])
    assert wal.read(tmp_path / "b.db").broken
    file.write_bytes(b"")
    assert wal.read(tmp_path / "b.db") == wal.Log()
    assert wal.index(tmp_path / "b.db") is None
