"""Trains the baselines and measures them on answers that they never saw: one run each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model.nearest import SIZES
from training import metrics, provenance, records
from training.baselines.frequent import MostFrequent
from training.baselines.ngram import NGram
from training.baselines.retrieval import Retrieval
from training.baselines.seq2seq import Size, train
from training.baselines.shape import Baseline
from training.corpora import Dialogue, songys
from training.judging import timed
from training.runs import Run
from training.samples import OPENERS
from training.splits import percentile, split

ORDER = 6


@dataclass(frozen=True, slots=True)
class Rows:
    """songys by its answers: no answer of `valid` or `test` occurs in `train`; `random`: questions drawn at random.

    Which rows are held out is a matter of hashes, not of a seed.
    """

    train: tuple[Dialogue, ...]
    valid: tuple[Dialogue, ...]
    test: tuple[Dialogue, ...]
    random: tuple[Dialogue, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """`settings` are what made it; `epochs` as run records keep them, none for what only counts."""

    name: str
    baseline: Baseline
    settings: dict[str, Any]
    comment: str
    epochs: list[dict[str, float]] = field(default_factory=list)


def rows_of(file: Path) -> Rows:
    """Five percent of the answers to validate on, five to test on, and five percent of the other questions."""
    parts = split(songys(file).dialogues)
    learnt = [one for one in parts.train if percentile("valid", one.reply) >= 5]
    valid = [one for one in parts.train if percentile("valid", one.reply) < 5]
    return Rows(tuple(learnt), tuple(valid), parts.strict, parts.random)


def rows_of_set(folder: Path) -> Rows:
    """A data set's own parts, so that baselines stand in one table with the runs on it; few have a random split."""
    parts = {part: tuple(_dialogues(folder / f"{part}.jsonl")) for part in ("train", "valid", "test")}
    random = folder / "random.jsonl"
    return Rows(**parts, random=tuple(_dialogues(random)) if random.is_file() else ())


def _dialogues(file: Path) -> Iterator[Dialogue]:
    for record in records.read(file):
        yield Dialogue(record.messages, record.source)


def version(source: Path) -> str:
    """A file's SHA-256; a set's as training.finetune has it: over those of learning, choosing and testing."""
    if source.is_file():
        return hashlib.sha256(source.read_bytes()).hexdigest()
    return provenance.data_hash(source / f"{part}.jsonl" for part in ("train", "valid", "test"))


def trained(rows: Rows, seed: int, size: Size) -> Iterator[Trained]:
    """The four, the simplest first."""
    yield Trained("most frequent reply", MostFrequent(rows.train), {}, "one answer to everything")
    settings = {"order": ORDER}
    comment = "interpolated Kneser-Ney over characters; its answers are drawn"
    yield Trained("6-gram", NGram(rows.train, ORDER, seed), settings, comment)
    comment = "TF-IDF over character n-grams: the answer to the nearest question"
    yield Trained("retrieval", Retrieval(rows.train), {"sizes": list(SIZES)}, comment)
    lstm = train(rows.train, rows.valid, seed, size)
    comment = "two LSTMs with attention over characters; the best epoch; the likeliest character at each step"
    yield Trained("LSTM seq2seq", lstm, asdict(size), comment, lstm.epochs)


def runs(
    source: Path, seed: int, now: Callable[[], datetime] = lambda: datetime.now(UTC), size: Size | None = None
) -> Iterator[Run]:
    """A finished run for each baseline, measured on `Rows.test`. `source`: songys' CSV, or a folder of data/sets/."""
    rows = rows_of(source) if source.is_file() else rows_of_set(source)
    data = "songys" if source.is_file() else source.name
    parts = {name: len(getattr(rows, name)) for name in Rows.__slots__}
    digest = version(source)
    for one in trained(rows, seed, size or Size()):
        yield Run(
            id=f"baseline-{one.name.lower().replace(' ', '-')}-{data}",
            name=one.name,
            config={
                **one.settings,
                "rows": parts,
                "held_out": "by answer" if source.is_file() else "the set's test part",
                "tokenizer": "characters",
            },
            seed=seed,
            data=data,
            data_hash=digest,
            revision=provenance.revision(),
            hardware=provenance.processor(),
            scheme="all" if isinstance(one.baseline, NGram) else "replies",
            base="none",
            at=now().isoformat(timespec="seconds"),
            epochs=one.epochs,
            metrics=measured(one.baseline, rows, seed),
            samples=[{"said": said, "answered": one.baseline.answer(said).text} for said in OPENERS],
            state="done",
            comment=one.comment,
        )


def measured(baseline: Baseline, rows: Rows, seed: int) -> dict[str, Any]:
    """On the answers never seen; the random questions, whose answers may be known, only in bits."""
    written = list(timed(rows.test, lambda one: baseline.answer(one.question)))
    figures = metrics.judged(baseline.told(rows.test), written, seed)
    if known := baseline.told(rows.random):
        figures["bits_per_character_random"] = metrics.bits_per_character(known, seed).plain()
    return figures
