"""data/sets/NAME: an import cleaned and split, with a manifest of what is in it and what was left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from training import cleaning, manifests, records
from training.checks import roles_fault
from training.cleaning import Clean
from training.clusters import PARTS, Clusters, Dealt, part
from training.importers.aihub import sessions, topics
from training.importers.chatterbot import chatterbot
from training.importers.jsonl import jsonl
from training.importers.kakaotalk import kakaotalk
from training.importers.lines import Dropped, ImportRefused, Talk, consented
from training.importers.own import own
from training.importers.songys import songys
from training.importers.squad import squad
from training.importers.telegram import telegram
from training.manifests import Manifest
from training.records import Consent, Record

OPEN = {
    "songys": songys, "jsonl": jsonl, "chatterbot": chatterbot, "squad": squad,
    "aihub": topics, "aihub-sessions": sessions,
}  # fmt: skip
CHATS = {"kakaotalk": kakaotalk, "telegram": telegram}
FORMATS = (*OPEN, *CHATS, "own")

_NO_TEXT = re.compile("[\0\ud800-\udfff]")

Found = tuple[Talk, Consent | None]


def talks(kind: str, file: Path, consent: Path | None, dropped: Dropped) -> Iterator[Found]:
    """Dialogues, each with the consent of whose words it is. Raises ImportRefused.

    That is for an unknown format, a missing file, a chat without consents, and a file of another shape.
    """
    if kind not in FORMATS:
        raise ImportRefused(f"{kind}: expected one of {', '.join(FORMATS)}")
    if file.is_dir():
        raise ImportRefused(f"{file}: a folder: expected one file of it")
    if not file.is_file():
        raise ImportRefused(f"{file}: no such file")
    if kind == "own":
        return own(file, dropped)
    if kind in CHATS:
        return CHATS[kind](file, consented(consent), dropped)
    return ((talk, None) for talk in OPEN[kind](file, dropped))


def made(
    found: Iterable[Found], source: str, licence: str, dropped: Dropped, clean: Clean | None = None
) -> Iterator[Record]:
    """Cleaned by v2 unless told otherwise; what has no reply at the end is left out."""
    cleaned = clean or cleaning.rules("v2")
    for number, (talk, consent) in enumerate(found, 1):
        place = dropped.here or f"dialogue {number}"
        if not all(_is_text(message.content) for message in talk):
            dropped.note("content that is no text", place)
            continue
        kept = cleaned(talk)
        if kept is None:
            dropped.note("link, picture or nothing left", place)
        elif fault := roles_fault(kept):
            dropped.note(fault, place)
        else:
            yield Record(kept, source, licence, "", consent)


def _is_text(content: object) -> bool:
    """Not what JSON may say instead of words, nor signs that no file in UTF-8 can hold or no person types."""
    return isinstance(content, str) and not _NO_TEXT.search(content)


def save(
    folder: Path,
    found: Iterable[Record],
    dropped: Dropped,
    *,
    rules: str = "v2",
    split: tuple[int, int] = (5, 5),
    by: Dealt = "cluster",
    kept: Callable[[int], None] = lambda count: None,
) -> dict[str, int]:
    """Splits, writes the parts and the manifest, and gives the rows of each part. Dialogues said twice are kept once.

    Raises ImportRefused where nothing is kept: a set of that name stays as it was.

    One row at a time is in memory, beside 24 bytes for each of them. `split`: percent of valid and test. `by` row: rows
    of one question or answer may lie in several parts, as others' figures have it. `kept` hears the count of rows.
    """
    heap, clusters = folder / "all.new", Clusters()
    with _tidied(heap):
        return _dealt(heap, clusters, found, dropped, rules, split, by, kept)


@contextmanager
def _tidied(heap: Path) -> Iterator[None]:
    """The file in between goes whatever happens, and so does a folder in which nothing came to lie."""
    heap.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        heap.unlink(missing_ok=True)
        with suppress(OSError):  # it holds a set
            heap.parent.rmdir()


def _dealt(
    heap: Path,
    clusters: Clusters,
    found: Iterable[Record],
    dropped: Dropped,
    rules: str,
    split: tuple[int, int],
    by: Dealt,
    kept: Callable[[int], None],
) -> dict[str, int]:
    folder, count = heap.parent, 0
    with heap.open("w", encoding="utf-8") as out:
        for count, record in enumerate(found, 1):
            clusters.add(record.messages)
            out.write(records.dumped(record))
            kept(count)
    if not count:
        why = (
            ", ".join(f"{reason}: {told}" for reason, told in dropped.told().items())
            or "nothing in the file looks like that format"
        )
        raise ImportRefused(f"{folder.name}: nothing was kept ({why}); a set of that name stays as it was")
    writer = _Writer(folder, split, by)
    with writer:
        for record, key, repeat in zip(records.read(heap), clusters.split_keys(), clusters.repeats(), strict=True):
            if repeat:
                dropped["the same dialogue again"] += 1
            else:
                writer.put(replace(record, split_key=key))
    manifests.write(folder, writer.ended({"rules": rules, "dropped": dict(Counter(dropped))}))
    return writer.rows


def resplit(folder: Path, split: tuple[int, int], by: Dealt) -> dict[str, int]:
    """Deal the rows of a set out anew; whatever else was noted of it stays. Raises ImportRefused.

    That is for a set with a further part as well: no key of a row says what belongs there.
    """
    known = manifests.of_dialogues(folder)
    if others := [name for name in known.rows if name not in PARTS]:
        raise ImportRefused(f"{folder}: it has a part {', '.join(others)} as well: only what made it deals it out")
    writer = _Writer(folder, split, by)
    with writer:
        for name in PARTS:
            for record in records.read(folder / f"{name}.jsonl"):
                writer.put(record)
    manifests.write(folder, writer.ended(known.more, known.stale))
    return writer.rows


def rows(folder: Path, name: str) -> Iterator[Record]:
    """One part, a row at a time. Raises BadRecord with file and line."""
    return records.read(folder / f"{name}.jsonl")


def load(folder: Path) -> dict[str, list[Record]]:
    """A whole set in memory, for small ones."""
    manifests.of_dialogues(folder)
    return {name: list(rows(folder, name)) for name in PARTS}


class _Writer:
    """The three parts under new names, until all of them are whole."""

    def __init__(self, folder: Path, split: tuple[int, int], by: Dealt) -> None:
        self.rows = dict.fromkeys(PARTS, 0)
        self._folder = folder
        self._valid, self._test = split
        self._by = by
        self._sources: dict[str, str] = {}
        self._people: set[str] = set()
        self._files = ExitStack()

    def __enter__(self) -> None:
        self._outs = {
            name: self._files.enter_context((self._folder / f"{name}.new").open("w", encoding="utf-8"))
            for name in PARTS
        }

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def put(self, record: Record) -> None:
        key = record.split_key if self._by == "cluster" else "\0".join(each.content for each in record.messages)
        name = part(key, self._valid, self._test)
        self._outs[name].write(records.dumped(record))
        self.rows[name] += 1
        self._sources[record.source] = record.licence
        self._people.update(record.consent.people if record.consent else ())

    def ended(self, more: Mapping[str, Any], stale: str = "") -> Manifest:
        """The parts get their names; what they are."""
        for name in PARTS:
            (self._folder / f"{name}.new").replace(self._folder / f"{name}.jsonl")
        return Manifest(
            rows=self.rows,
            sha256=manifests.digests(self._folder, PARTS),
            split={"valid": self._valid, "test": self._test, "by": self._by},
            sources=dict(sorted(self._sources.items())),
            people=tuple(sorted(self._people)),
            stale=stale,
            more=more,
        )
