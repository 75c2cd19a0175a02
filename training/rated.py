"""Samples of what people prefer as two data sets: NAME to be followed, NAME-likes with liked and disliked answers.

Every line is a record as in any other set, so that whoever deletes a person's words finds them here too. A pair is a
line of `better` and the same line of `worse`, whose consents are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from training import manifests, records
from training.clusters import PARTS, Clusters, part
from training.liking import Judged, Pair, Prompt, talk
from training.manifests import Manifest
from training.ratings import Samples
from training.records import Consent, Record

LICENCE = "private: of people who agreed to training, not to publication"
SPLIT = (10, 10)  # percent of valid and test


def likes(folder: Path) -> Path:
    """The second of the two sets."""
    return folder.with_name(f"{folder.name}-likes")


def save(folder: Path, samples: Samples, *, at: datetime | None = None) -> dict[str, int]:
    """Write both sets with manifests; how many rows each file has. What is alike falls into one part everywhere."""
    keys = _keys(samples)
    taught = {"": [_record(one.prompt, one.answer, keys, one.consent) for one in samples.taught]}
    judged: dict[str, list[Record]] = {
        "liked": [_record(one.prompt, one.answer, keys, one.consent) for one in samples.judged if one.good],
        "disliked": [_record(one.prompt, one.answer, keys, one.consent) for one in samples.judged if not one.good],
        "better": [_record(one.prompt, one.better, keys, one.consent) for one in samples.pairs],
        "worse": [_record(one.prompt, one.worse, keys, one.consent) for one in samples.pairs],
    }
    about = {
        "rules": "v2",
        "read": (at or datetime.now(UTC)).isoformat(timespec="seconds"),  # the state of irang.db that it is made of
        "ratings": samples.ratings,
        "agreed": sorted(samples.agreed),
        "dropped": dict(samples.dropped),
    }
    return _write(folder, taught, about) | _write(likes(folder), judged, about)


def pairs(folder: Path, parts: Iterable[str]) -> list[Pair]:
    """The pairs of these parts. `folder`: of the set to be followed."""
    both = [(_read(folder, "better", name), _read(folder, "worse", name)) for name in parts]
    return [
        Pair(better.messages[:-1], better.messages[-1].content, worse.messages[-1].content, (), _consent(better))
        for betters, worses in both
        for better, worse in zip(betters, worses, strict=True)
    ]


def judged(folder: Path, name: str) -> list[Judged]:
    """Liked and disliked answers of a part, in turns."""
    found = [(one, good) for kind, good in (("liked", True), ("disliked", False)) for one in _read(folder, kind, name)]
    made = [Judged(one.messages[:-1], one.messages[-1].content, good, (), _consent(one)) for one, good in found]
    return sorted(made, key=lambda one: hashlib.sha256(repr((one.prompt, one.answer)).encode()).digest())


def noted(folder: Path) -> tuple[Manifest, Manifest]:
    """What both sets say of themselves. Raises ImportRefused where one is gone."""
    return manifests.read(folder), manifests.read(likes(folder))


def _keys(samples: Samples) -> dict[tuple[Prompt, str], str]:
    """Each prompt and answer with the key of its cluster."""
    talks = [(one.prompt, one.answer) for one in samples.taught]
    talks += [(one.prompt, one.answer) for one in samples.judged]
    talks += [(one.prompt, answer) for one in samples.pairs for answer in (one.better, one.worse)]
    clusters = Clusters()
    for prompt, answer in talks:
        clusters.add(talk(prompt, answer))
    return dict(zip(talks, clusters.split_keys(), strict=True))


def _record(prompt: Prompt, answer: str, keys: Mapping[tuple[Prompt, str], str], consent: Consent) -> Record:
    return Record(talk(prompt, answer), "ratings", LICENCE, keys[prompt, answer], consent)


def _write(folder: Path, kinds: Mapping[str, Sequence[Record]], about: Mapping[str, Any]) -> dict[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    for kind, found in kinds.items():
        for name in PARTS:
            some = [one for one in found if part(one.split_key, *SPLIT) == name]
            rows[file_name(kind, name)] = len(some)
            records.write(folder / f"{file_name(kind, name)}.jsonl", some)
    people = {each for found in kinds.values() for one in found for each in _consent(one).people}
    manifest = Manifest(
        rows=rows,
        sha256=manifests.digests(folder, rows),
        split={"valid": SPLIT[0], "test": SPLIT[1], "by": "cluster"},
        sources={"ratings": LICENCE},
        people=tuple(sorted(people)),
        more=about,
    )
    manifests.write(folder, manifest)
    return rows


def file_name(kind: str, name: str) -> str:
    return f"{kind}-{name}" if kind else name


def _read(folder: Path, kind: str, name: str) -> list[Record]:
    return list(records.read(likes(folder) / f"{file_name(kind, name)}.jsonl"))


def _consent(record: Record) -> Consent:
    assert record.consent  # nothing is written here without one
    return record.consent
