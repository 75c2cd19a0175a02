"""What the operator's documents say about a question: an index of their passages, made anew whenever need be."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from bot import ranking
from bot.documents import parse
from bot.errors import StoreError, Unreadable
from bot.passages import Part, Passage, parts
from bot.shelf import File, files
from bot.terms import folded, located, tokenizer

log = logging.getLogger(__name__)

_LAYOUT = "1"  # a new number whenever the tables or the way passages are cut change
_TABLES = ("passages_terms_df", "passages_terms", "passages", "documents", "made_by")
_PASSAGE = "insert into passages (document, place, text, topic, firm) values (:document, :place, :text, :topic, :firm)"
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})  # https://sqlite.org/rescode.html


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as the index has it. `passages` is 0 where there is a `fault`: one line that says what is wrong."""

    name: str
    title: str
    passages: int
    size: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of documents: new ones, changed ones, ones that are gone; `faults` are among the first two."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    faults: tuple[Listed, ...] = ()


class Knowledge:
    """The documents of a folder and the index over them. Every method may be called in any thread, and blocks.

    Several processes may use one index: SQLite's rollback journal is kept instead of a WAL, which versions before
    3.51.3 can damage when two processes write.
    """

    def __init__(self, folder: Path, index: Path) -> None:
        self.folder = folder
        self._index = index
        self._door = threading.Lock()

    @classmethod
    def open(cls, folder: Path, index: Path) -> Knowledge:
        """Make the folder and the index where they are missing; raises StoreError when they can't be."""
        knowledge = cls(folder, index)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            index.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder}: no place for documents ({error.strerror}): check its owner") from None
        with knowledge._door, knowledge._faults_told():
            _drop_if_damaged(index)
        with knowledge._writing():
            return knowledge

    def refresh(self) -> Changes:
        """Bring the index up to what lies in the folder, one document after the other; raises StoreError."""
        with self._writing() as db:
            found = files(self.folder)
            known = {row[0]: (row[1], row[2]) for row in db.execute("select name, stamp, sha256 from documents")}
            gone = sorted(known.keys() - found.keys())
            for name in gone:
                _replace(db, name, None, [])
            news = [name for name, file in found.items() if known.get(name, ("", ""))[0] != file.stamp]
            taken = {name: row for name in news if (row := _take(db, name, found[name], *known.get(name, ("", ""))))}
        return Changes(
            tuple(name for name in taken if name not in known),
            tuple(name for name in taken if name in known),
            tuple(gone),
            tuple(row for row in taken.values() if row.fault),
        )

    def documents(self) -> list[Listed]:
        """Every document of the index, by name; raises StoreError."""
        with self._reading() as db:
            rows = db.execute("select name, title, passages, size, fault from documents order by name").fetchall()
        return [Listed(*row) for row in rows]

    def search(self, question: str, limit: int = 4) -> list[Passage]:
        """The passages that answer the question, the best first; none when nothing fits. Raises StoreError."""
        with self._reading() as db:
            return ranking.search(db, question, limit)

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        """One thread at a time, on an index that has its tables even if somebody deleted it."""
        with (
            self._door,
            self._faults_told(),
            closing(sqlite3.connect(self._index, timeout=10, isolation_level=None)) as connection,
        ):
            connection.execute("pragma cache_spill = off")  # readers wait for a commit only
            db = Database(connection)
            _prepare(db)
            yield db

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        with (
            self._faults_told(),
            closing(sqlite3.connect(f"{self._index.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as connection,
        ):
            yield Database(connection)

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._index}: {error}: check its owner and free space, or delete it") from None


def _take(db: Database, name: str, file: File, stamp: str, known_sha: str) -> Listed | None:
    """Index one file, or note why it can't be; None when it only looked changed."""
    sha, title, found, fault = "", "", [], ""
    try:
        data = file.read()
        sha = sha256(data).hexdigest()
        if sha == known_sha:
            db.execute("update documents set stamp = ? where name = ?", [file.stamp, name])
            return None
        document = parse(name, data)
        title, found = document.title, list(parts(document))
    except Unreadable as error:
        fault = str(error)
        log.warning("%s: %s", name, fault)
    row = Listed(name, title or name, len(found), file.size, fault)
    _replace(db, name, _row(row, sha, file), [_described(row, part) for part in found])
    return row


def _row(listed: Listed, sha: str, file: File) -> dict[str, object]:
    return {
        "name": listed.name,
        "sha256": sha,
        "size": listed.size,
        "modified": datetime.fromtimestamp(file.modified, UTC).isoformat(),
        "stamp": file.stamp,
        "title": listed.title,
        "passages": listed.passages,
        "fault": listed.fault,
    }


def _described(document: Listed, part: Part) -> tuple[dict[str, object], str]:
    """The row of a passage and the terms it is found by: those of its title and headings as well."""
    topic = folded(f"{document.title} {part.where}")
    said = [*located(topic), *located(folded(part.text))]
    row: dict[str, object] = {
        "document": document.name,
        "place": part.where,
        "text": part.text,
        "topic": topic,
        "firm": " ".join({term.word for term in said if term.firm}),
    }
    return row, " ".join(term.word for term in said)


def _replace(
    db: Database, name: str, row: dict[str, object] | None, found: list[tuple[dict[str, object], str]]
) -> None:
    """Put a document in the place of what was known of it, all of it or nothing; `row` None: it is gone."""
    with _alone(db):
        db.execute("delete from passages_terms where rowid in (select id from passages where document = ?)", [name])
        db.execute("delete from passages where document = ?", [name])
        db.execute("delete from documents where name = ?", [name])
        if row:
            db.table("documents").insert(row)
        for passage, words in found:
            fresh = db.execute(_PASSAGE, passage)
            db.execute("insert into passages_terms (rowid, terms) values (?, ?)", [fresh.lastrowid, words])


def _drop_if_damaged(index: Path) -> None:
    """Throw a damaged index away: the documents are all that matters."""
    if not index.exists():
        return
    with closing(sqlite3.connect(index, timeout=10)) as connection:
        try:
            sound = connection.execute("pragma quick_check(1)").fetchone()[0] == "ok"
        except sqlite3.DatabaseError as error:
            sound = error.sqlite_errorcode & 0xFF not in _DAMAGED
    if not sound:
        log.warning("%s was damaged: it is made anew", index)
        for suffix in ("", "-journal"):
            Path(f"{index}{suffix}").unlink(missing_ok=True)


def _prepare(db: Database) -> None:
    """The tables as this program needs them: what another tokenizer or layout made is dropped."""
    maker = f"{_LAYOUT}+{tokenizer()}"
    if _maker(db) == maker:
        return
    with _alone(db):
        if _maker(db) == maker:  # another process was faster
            return
        for table in _TABLES:
            db.execute(f"drop table if exists {table}")
        db.execute("create table made_by (maker text)")
        db.execute("insert into made_by values (?)", [maker])
        _create(db)


def _maker(db: Database) -> str:
    made_by = "select maker from made_by" if db.table("made_by").exists() else "select null"
    return str(db.execute(made_by).fetchone()[0])


@contextmanager
def _alone(db: Database) -> Iterator[None]:
    """A transaction that takes its lock at once: one that has read cannot get it while another waits for the same."""
    with db.conn:
        db.conn.execute("begin immediate")
        yield


def _create(db: Database) -> None:
    db.execute(
        "create table documents (name text primary key, sha256 text, size integer, modified text, stamp text,"
        " title text, passages integer, fault text)"
    )
    db.execute(
        "create table passages (id integer primary key, document text, place text, text text, topic text, firm text)"
    )
    db.execute("create index passages_of on passages (document)")
    # `terms` cut the words already: SQLite shall neither fold them again nor lose an accent.
    db.execute("create virtual table passages_terms using fts5 (terms, tokenize = 'unicode61 remove_diacritics 0')")
    db.execute("create virtual table passages_terms_df using fts5vocab (passages_terms, row)")
