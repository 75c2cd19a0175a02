"""What people thought of our answers -> samples to learn from: answers to follow, judged answers, pairs of answers.

Which turns may be learnt from at all, training/importers/own.py decides; whoever rated or corrected has to agree too.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.erasing import pseudonym
from training import liking
from training.importers.lines import Dropped
from training.importers.own import Consents, Conversation, Since, conversations, joint, opened
from training.liking import Judged, Pair, Taught
from training.records import Consent

ENOUGH = 200  # ratings below which preferences are too few to be learnt: only answers to follow are


@dataclass(frozen=True, slots=True)
class Samples:
    """`ratings`: how many 👍 and 👎 they were made from. `dropped`: what was left out, by reason.

    `agreed`: a digest of each agreement that they rest on, from which nobody can tell whose it is once it is deleted.
    """

    taught: tuple[Taught, ...] = ()
    judged: tuple[Judged, ...] = ()
    pairs: tuple[Pair, ...] = ()
    ratings: int = 0
    dropped: Dropped = field(default_factory=Dropped)
    agreed: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """What is learnt, whoever said it: the same for the same words and judgements."""
        told = [(one.prompt, one.answer, "") for one in self.taught]
        told += [(one.prompt, one.answer, str(one.good)) for one in self.judged]
        told += [(one.prompt, one.better, one.worse) for one in self.pairs]
        return hashlib.sha256(repr(sorted(map(repr, told))).encode()).hexdigest()

    @property
    def enough(self) -> bool:
        """Whether preferences can be learnt, not only answers to follow."""
        return self.ratings >= ENOUGH


def samples(file: Path, *, share: float = 0.05, seed: int = 7) -> Samples:
    """All that may be learnt from irang.db. At most `share` of what is kept of a kind is one person's, or 10.

    Raises ImportRefused for a file that is not the bot's database of this version.
    """
    dropped = Dropped()
    with opened(file) as db:
        consents = Consents(db)
        given = _Given(db, consents, dropped)
        found = [one for talks in conversations(db, consents) for one in _Found(talks, given, dropped).all()]
        agreed = _agreements(consents)
    taught = liking.once([one for one in found if isinstance(one, Taught)])
    judged = liking.once([one for one in found if isinstance(one, Judged)])
    pairs = liking.once([*(one for one in found if isinstance(one, Pair)), *liking.crossed(judged)])
    chance = Random(seed)
    taught, judged = liking.fair(taught, share, chance, dropped), liking.fair(judged, share, chance, dropped)
    pairs = liking.fair(pairs, share, chance, dropped)
    every: list[Taught | Judged | Pair] = [*taught, *judged, *pairs]
    people = {each for one in every for each in one.consent.people}
    rest = frozenset(digest for digest, person in agreed.items() if person in people)
    return Samples(tuple(taught), tuple(judged), tuple(pairs), given.counted, dropped, rest)


def withdrawn(file: Path, agreed: Collection[str]) -> int:
    """How many of these agreements no longer stand. Raises ImportRefused."""
    with opened(file) as db:
        return len(set(agreed) - _agreements(Consents(db)).keys())


def agreeing(file: Path) -> frozenset[str]:
    """Whoever agrees now that a model may learn from them, by pseudonym. Raises ImportRefused."""
    with opened(file) as db:
        return frozenset(_agreements(Consents(db)).values())


def _agreements(consents: Consents) -> dict[str, str]:
    """A digest of each agreement that stands now -> the pseudonym whose it is."""
    return {
        hashlib.sha256(f"{person} {place} {since.since}".encode()).hexdigest(): pseudonym(platform, person)
        for platform, person, place, since in consents.all()
    }


# ---- what people gave ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """Somebody's rating (👍, 👎) or better answer, and since when they agree to be learnt from."""

    value: str
    person: str
    since: Since


class _Given:
    """Ratings and corrections by turn, of those alone who agreed before."""

    def __init__(self, db: sqlite3.Connection, consents: Consents, dropped: Dropped) -> None:
        self.counted = 0
        self._consents = consents
        self._dropped = dropped
        self._ratings = self._by_turn(db, "ratings", "value")
        self._corrections = self._by_turn(db, "corrections", "text")

    def ratings(self, turn: int) -> list[_Word]:
        return self._ratings.get(turn, [])

    def correction(self, turn: int) -> _Word | None:
        """The newest one."""
        return next(reversed(self._corrections.get(turn, [])), None)

    def _by_turn(self, db: sqlite3.Connection, table: str, column: str) -> Mapping[int, list[_Word]]:
        rows = db.execute(
            f"""select {table}.*, {table}.{column} as value, conversation from {table}
                join turns on turns.id = turn order by {table}.at"""  # noqa: S608 our own names
        )
        found: defaultdict[int, list[_Word]] = defaultdict(list)
        for row in rows.fetchall():
            since = self._consents.at(row["platform"], row["person"], row["conversation"], row["at"])
            if since is None:
                self._dropped[f"{table} of people without consent"] += 1
            else:
                person = pseudonym(row["platform"], row["person"])
                found[row["turn"]].append(_Word(row["value"], person, since))
        return found


class _Found:
    """The samples of one conversation."""

    def __init__(self, talks: Conversation, given: _Given, dropped: Dropped) -> None:
        self._talks = talks
        self._given = given
        self._dropped = dropped

    def all(self) -> Iterator[Taught | Judged | Pair]:
        for answers in self._answered():
            live = next((id for id in answers if self._talks.turns[id]["state"] == "live"), None)
            for id in answers:
                yield from self._of(id, live, len(answers) > 1)
            if live is not None:
                yield from self._retried(live, [id for id in answers if id != live])

    def _answered(self) -> Iterator[list[int]]:
        """The answers to each question: more than one where 다시 was said."""
        groups: defaultdict[tuple[int, str, str], list[int]] = defaultdict(list)
        for id, turn in self._talks.turns.items():
            if fault := self._talks.barred[id]:
                self._dropped[fault] += 1
            else:
                groups[turn["inbox"], turn["said"], turn["context"]].append(id)
        yield from groups.values()

    def _of(self, id: int, live: int | None, retried: bool) -> Iterator[Taught | Judged | Pair]:
        """What one answer teaches: by its correction, else by its ratings, else by being kept or not."""
        likes = self._likes(id)
        self._given.counted += len(self._given.ratings(id))
        better = self._given.correction(id)
        if better is not None:
            yield from self._corrected(id, better)
        elif likes:
            yield from self._judged(id, likes > 0, self._given.ratings(id))
        elif retried and live is not None:
            yield from self._judged(id, id == live, [])

    def _likes(self, id: int) -> int:
        """👍 less 👎."""
        return sum(1 if one.value == "👍" else -1 for one in self._given.ratings(id))

    def _corrected(self, id: int, better: _Word) -> Iterator[Taught | Judged | Pair]:
        prompt, whose = self._talks.talk(id)[:-1], self._whose(id, [better])
        answer = self._talks.turns[id]["answered"]
        yield Taught(prompt, better.value, *whose)
        yield Judged(prompt, better.value, True, *whose)
        yield Judged(prompt, answer, False, *whose)
        yield Pair(prompt, better.value, answer, *whose)

    def _judged(self, id: int, good: bool, words: Sequence[_Word]) -> Iterator[Taught | Judged]:
        *prompt, answer = self._talks.talk(id)
        whose = self._whose(id, words)
        yield Judged(tuple(prompt), answer.content, good, *whose)
        if good:
            yield Taught(tuple(prompt), answer.content, *whose)

    def _retried(self, live: int, discarded: Sequence[int]) -> Iterator[Pair]:
        """Unless the kept answer is disliked, or the one that was given up is liked."""
        if self._likes(live) < 0 or self._given.correction(live):
            return
        *prompt, kept = self._talks.talk(live)
        for id in discarded:
            if self._likes(id) <= 0:
                yield Pair(tuple(prompt), kept.content, self._talks.turns[id]["answered"], *self._whose(live, []))

    def _whose(self, id: int, words: Sequence[_Word]) -> tuple[tuple[str, ...], Consent]:
        """To whose share it counts, who asked last and who judged; and the consent of everybody in it."""
        turn = self._talks.turns[id]
        by = {pseudonym(turn["platform"], turn["person"]), *(one.person for one in words)}
        consent = self._talks.consent(id)
        agreed = [Since(consent.at, consent.version), *(one.since for one in words)]
        return tuple(sorted(by)), joint({*consent.people, *by}, agreed)
