"""SQLite through sqlite-utils: one file, one writer thread, many small transactions in one commit."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

from sqlite_utils import Database

from bot import opening, wal
from bot.disk import Disk
from bot.errors import StoreError, Unusable
from bot.opening import Opened
from bot.patience import patiently

log = logging.getLogger(__name__)
T = TypeVar("T")

_GROUP = 256  # works in one commit at most, so that a flood does not hold back the first of them
_FOLD = 4 << 20  # bytes of the log after which it is folded into the file


class Store:
    """The bot's memory on disk.

    `run(work)` runs `work(db)` inside a transaction on the writer thread and returns after it is on disk: works that
    arrive while another commit is under way share the next one, in which they are done, and told of, in the order in
    which they came. A work that raises is undone alone.
    """

    def __init__(self, folder: Path, opened: Opened, lock: IO[str]) -> None:
        self.folder = folder
        self.recovery = opened.recovery
        self.disk = Disk()
        self._path = folder / opening.NAME
        self._db = Database(opened.connection)
        self._sums = opened.sums
        self._fold_at = _FOLD
        self._lock = lock
        self._works: queue.SimpleQueue[tuple[Callable[[Database], object], Future[object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="store", daemon=True)
        self._door = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Raises InUse when another process holds the folder, StoreError when it can't be written or is too new.

        A damaged database is replaced by the newest good backup; `recovery` tells what became of it.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with ExitStack() as undo:
                lock = undo.enter_context(opening.lock(folder))
                opened = opening.opened(folder)
                undo.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{folder}: no place for the database ({error}): check its owner and free space") from None
        store = cls(folder, opened, lock)
        store._thread.start()
        return store

    async def run(self, work: Callable[[Database], T]) -> T:
        """Do `work` and return its result once it is durable; raises what it raised.

        Raises StoreError after `close`, and Unusable once the file was found damaged: nothing is written to it then.
        """
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # a caller who gives up waiting does not undo the work
        with self._door:
            if self._closed:
                raise StoreError("the database is closed: the bot is stopping")
            self._works.put((work, done))  # type: ignore[arg-type]  # the queue mixes works of every type
        return await asyncio.wrap_future(done)

    async def insist(self, work: Callable[[Database], T]) -> T:
        """As `run`, as often as it takes until the disk takes it: what an earlier try did in the database is undone."""
        return await patiently(lambda: self.run(work))

    async def checkpoint(self) -> None:
        """Bring the log back into the database file and empty it, so that what was deleted is nowhere on the disk.

        Raises StoreError while somebody still reads an older state.
        """
        if not await self.run(_Apart(self._fold)):
            raise StoreError("the log can't be emptied yet: somebody reads from it")

    async def scrub(self) -> None:
        """Write the file anew and empty the log, so that nothing that was deleted is left on the disk.

        secure_delete alone leaves copies where SQLite moved rows between pages. Nothing else is written meanwhile.
        Raises StoreError while somebody still reads an older state.
        """
        if not await self.run(_Apart(self._anew)):
            raise StoreError("the log can't be emptied yet: somebody reads from it")

    def close(self) -> None:
        """Finish what is queued and let the data folder go."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._works.put(None)
        self._thread.join()
        self._end()
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
            self._commit([each for each in group if not isinstance(each[0], _Apart)])
            for work, done in group:
                if isinstance(work, _Apart):
                    self._do_apart(work, done)
            self._fold_what_is_large()

    def _commit(self, group: list[tuple[Callable[[Database], object], Future[object]]]) -> None:
        settled: list[Callable[[], None]] = []
        if not group:
            return
        changes, faults = self._db.conn.total_changes, self.disk.faults
        try:
            if self.disk.unusable:
                raise self.disk.unusable
            # IMMEDIATE: the lock is taken before the first read, so that no transaction has to be upgraded.
            self._db.conn.execute("begin immediate")
            for work, done in group:
                settled.append(self._attempt(work, done))
                if not self._db.conn.in_transaction:
                    raise sqlite3.OperationalError("a work ended the transaction of all")
            self._db.conn.execute("commit")
        except (sqlite3.Error, Unusable) as error:  # the disk is full, the file is gone: nobody's work is on disk
            failure = self.disk.failed(error)
            if self._db.conn.in_transaction:
                self._db.conn.execute("rollback")
            settled = [partial(done.set_exception, failure) for _, done in group]
        if self._db.conn.total_changes > changes and self.disk.faults == faults:
            self.disk.took()
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
            return partial(done.set_exception, self.disk.failed(error))
        return partial(done.set_result, result)

    def _do_apart(self, work: _Apart, done: Future[object]) -> None:
        try:
            done.set_result(work(self._db))
        except (OSError, sqlite3.Error) as error:
            done.set_exception(self.disk.failed(error))

    # ---- the log and the file ----------------------------------------------------------------------

    def _fold_what_is_large(self) -> None:
        """Keep the log short. Where a reader or a full disk is in the way, it grows by as much again first."""
        size = self._log_size()
        if size < self._fold_at:
            return
        try:
            folded = self._fold(self._db)
        except (OSError, sqlite3.Error) as error:
            folded = False
            log.error("the log can't be folded into the database: %s; it goes on growing", error)
        self._fold_at = _FOLD if folded else size + _FOLD

    def _fold(self, db: Database) -> bool:
        """Bring the log into the file and empty it; whether that could be done to its end.

        What the file will say is noted before: bot/pages.py tells why.
        """
        self._sums.take(self._path, wal.read(self._path))
        self._sums.write(self._path.with_name(opening.SUMS))
        db.execute("pragma busy_timeout = 200")  # nobody who writes waits long for a reader
        try:
            return bool(db.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0)
        finally:
            db.execute("pragma busy_timeout = 10000")

    def _anew(self, db: Database) -> bool:
        db.execute("vacuum")
        return self._fold(db)

    def _log_size(self) -> int:
        file = self._path.with_name(f"{opening.NAME}-wal")
        return file.stat().st_size if file.exists() else 0

    def _end(self) -> None:
        """Close the file so that the next start can tell whether anything touched it meanwhile."""
        try:
            if self._fold(self._db):
                self._sums.write(self._path.with_name(opening.SUMS), closed=True)
        except (OSError, sqlite3.Error) as error:
            log.error("the database could not be closed in good order: %s", error)
        self._db.close()


class _Apart:
    """A work that is done outside of any transaction, after those that waited with it."""

    def __init__(self, work: Callable[[Database], bool]) -> None:
        self._work = work

    def __call__(self, db: Database) -> bool:
        return self._work(db)
