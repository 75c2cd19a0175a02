"""SQLite through sqlite-utils: one file, one writer thread, many small transactions in one commit."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

from sqlite_utils import Database

from bot.errors import InUse, StoreError
from bot.tables import migrations, newer

log = logging.getLogger(__name__)
T = TypeVar("T")

# What opening a database may fail with that says nothing about the file: https://sqlite.org/rescode.html
_NO_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
_GROUP = 256  # works in one commit at most, so that a flood does not hold back the first of them


class Store:
    """The bot's memory on disk.

    `run(work)` runs `work(db)` inside a transaction on the writer thread and returns after it is on disk: works that
    arrive while another commit is under way share the next one. A work that raises is undone alone.
    """

    def __init__(self, connection: sqlite3.Connection, lock: IO[str]) -> None:
        self._db = Database(connection)
        self._lock = lock
        self._works: queue.SimpleQueue[tuple[Callable[[Database], object], Future[object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="store", daemon=True)
        self._door = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Raises InUse when another process holds the folder, StoreError when it can't be written or is too new."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with ExitStack() as undo:
                lock = undo.enter_context(_lock(folder))
                connection = undo.enter_context(closing(_ready(folder)))
                undo.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{folder}: no place for the database ({error}): check its owner and free space") from None
        store = cls(connection, lock)
        store._thread.start()
        return store

    async def run(self, work: Callable[[Database], T]) -> T:
        """Do `work` and return its result once it is durable; raises what it raised, StoreError after `close`."""
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # a caller who gives up waiting does not undo the work
        with self._door:
            if self._closed:
                raise StoreError("the database is closed: the bot is stopping")
            self._works.put((work, done))  # type: ignore[arg-type]  # the queue mixes works of every type
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Finish what is queued and let the data folder go."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._works.put(None)
        self._thread.join()
        self._db.close()
        self._lock.close()

    def _write(self) -> None:
        """The writer thread: take all that waits, do it in one transaction, then tell everybody."""
        while (first := self._works.get()) is not None:
            group = [first]
            while len(group) < _GROUP and not self._works.empty():
                following = self._works.get()
                if following is None:
                    self._works.put(None)
                    break
                group.append(following)
            self._commit(group)

    def _commit(self, group: list[tuple[Callable[[Database], object], Future[object]]]) -> None:
        settled: list[Callable[[], None]] = []
        try:
            # IMMEDIATE: the lock is taken before the first read, so that no transaction has to be upgraded.
            self._db.conn.execute("begin immediate")
            for work, done in group:
                settled.append(self._attempt(work, done))
                if not self._db.conn.in_transaction:
                    raise sqlite3.OperationalError("a work ended the transaction of all")
            self._db.conn.execute("commit")
        except sqlite3.Error as error:  # the disk is full, the file is gone: nobody's work is on disk
            failure = error
            if self._db.conn.in_transaction:
                self._db.conn.execute("rollback")
            settled = [partial(done.set_exception, failure) for _, done in group]
        for tell in settled:
            tell()

    def _attempt(self, work: Callable[[Database], object], done: Future[object]) -> Callable[[], None]:
        """Do one work in a savepoint; returns what to tell its caller after the commit."""
        try:
            with self._db.atomic():
                result = work(self._db)
        except StopIteration as error:  # no future takes one: its caller would wait for ever
            return partial(done.set_exception, RuntimeError(f"the work ran out of rows: {error!r}"))
        except Exception as error:
            if isinstance(error, sqlite3.Error) and not self._db.conn.in_transaction:
                raise  # SQLite undid everybody's work, as it does when the disk is full
            return partial(done.set_exception, error)
        return partial(done.set_result, result)


def _lock(folder: Path) -> IO[str]:
    """One writing process per data folder: SQLite before 3.51.3 can corrupt a WAL with two."""
    lock = (folder / "irang.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise InUse(
            f"{folder}: another irang (process {holder}) runs here: stop it or set another [bot] data"
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _bring_up_to_date(folder: Path, db: Database) -> None:
    if ahead := newer(db):
        raise StoreError(f"{folder}: the database was made by a newer irang ({ahead}): update this one")
    migrations.apply(db)


def _ready(folder: Path) -> sqlite3.Connection:
    """The database, brought up to date; one whose damage shows only then is put aside like any damaged one."""
    path = folder / "irang.db"
    connection = _connect(path)
    try:
        _bring_up_to_date(folder, Database(connection))
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF in _NO_DAMAGE:
            raise
        connection = _anew(path)
        _bring_up_to_date(folder, Database(connection))
    except StoreError:
        connection.close()
        raise
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    """Open the database; a damaged one is put aside, loudly, and a new one begun."""
    connection = _open(path)
    if _sound(connection):
        return connection
    connection.close()
    return _anew(path)


def _anew(path: Path) -> sqlite3.Connection:
    """Put the database aside and begin another."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for suffix in ("", "-wal", "-shm"):
        if (file := Path(f"{path}{suffix}")).exists():
            file.rename(f"{aside}{suffix}")
    log.error("%s was damaged: it lies at %s now, and a new database was begun", path, aside)
    connection = _open(path)
    _sound(connection)
    return connection


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    os.chmod(path, 0o600)  # people's conversations
    connection.text_factory = _text
    return connection


def _text(stored: bytes) -> str:
    return stored.decode(errors="replace")  # a disk that spoilt one letter does not silence a conversation


def _sound(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")  # a commit survives a power cut
        connection.execute("pragma secure_delete = on")  # what is forgotten leaves the pages too
        return bool(connection.execute("pragma quick_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _NO_DAMAGE:
            raise
        return False
    except UnicodeDecodeError:  # SQLite's complaint quotes what was spoilt
        return False
