"""Which passages answer a question: the best by BM25, if they cover what it is about."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate

from sqlite_utils import Database

from bot.asking import asks, subject
from bot.passages import Passage
from bot.terms import Term, located

# The part of a question's subject, weighed by rarity, that a passage must cover: see docs/knowledge.md for what
# was measured. Less will do where a word of it stands in the passage's title or headings.
FLOOR, FLOOR_OF_TOPIC = 0.5, 0.3

_ASKED = 500  # characters of a question that are looked at
_ROWS = 3000  # passages that the terms looked for may stand in, all together: each costs about a microsecond
_CANDIDATES = 40  # passages that are looked at more closely
_ONE_WORD = 2  # syllables; one such word in the midst of a text means little, unless somebody asks for it


@dataclass(frozen=True, slots=True)
class Sought:
    """The subject of a question: its words and its terms.

    `holding` and `rarity`: in how many passages a term stands and what weight follows from that, for those that stand
    in any.
    """

    words: Sequence[str]
    terms: Sequence[Term]
    holding: Mapping[str, int]
    rarity: Mapping[str, float]
    asked: bool

    def rarest(self) -> list[str]:
        """The terms to look for: as many of the rarest as can be looked for quickly, at least one."""
        words = sorted(self.holding, key=lambda word: self.holding[word])
        rows = accumulate(self.holding[word] for word in words)
        return [word for at, (word, sum_) in enumerate(zip(words, rows, strict=True)) if at == 0 or sum_ <= _ROWS]

    def fits(self, topic: str, firm: Set[str]) -> float:
        """How much of the subject a passage covers, from 0 to 1; 0 as well when that is too little to answer from."""
        covered, places = self._covered(firm)
        if any(_names(topic, word) for word in self.words):
            return covered if covered > FLOOR_OF_TOPIC else 0.0
        return covered if covered > FLOOR and (self.asked or places > _ONE_WORD) else 0.0

    def _covered(self, there: Set[str]) -> tuple[float, int]:
        """The part that is covered, rare characters counting for more, and how many characters that is."""
        unheard = max(self.rarity.values(), default=1.0)
        weights: dict[int, float] = {}
        found: set[int] = set()
        for term in self.terms:
            places = range(term.start, term.end)
            for place in places:
                weights[place] = min(weights.get(place, unheard), self.rarity.get(term.word, unheard))
            if term.word in there:
                found.update(places)
        whole = sum(weights.values())
        return sum(weights[place] for place in found) / whole if whole else 0.0, len(found)


def search(db: Database, question: str, limit: int) -> list[Passage]:
    """At most `limit` passages, the best first."""
    sought = _sought(db, question[:_ASKED])
    found = []
    for document, place, text, topic, firm, bm25 in _matching(db, sought.rarest()):
        if fits := sought.fits(topic, frozenset(firm.split())):
            found.append(Passage(document, place, text, round(fits * bm25, 6)))
    return sorted(found, key=lambda passage: -passage.score)[:limit]


def _names(topic: str, word: str) -> bool:
    """Whether a title or heading has the word: "영업시간" for 영업, "주차" for 주차요금."""
    return any(
        had.startswith(word) or (word.startswith(had) and len(word) - 2 >= len(had) > 1) for had in topic.split()
    )


def _sought(db: Database, question: str) -> Sought:
    about = subject(question)
    firm = [term for term in located(about) if term.firm]
    terms = [term for term in firm if not term.word.isdecimal()] or firm  # a number alone says little
    passages = db.execute("select count(*) from passages").fetchone()[0]
    counts = "select term, doc from passages_terms_df where term = ?"
    holding = dict(row for term in terms if (row := db.execute(counts, [term.word]).fetchone()))
    rarity = {word: _rarity(passages, rows) for word, rows in holding.items()}
    return Sought([word for word in about.split() if len(word) > 1], terms, holding, rarity, asks(question))


def _rarity(passages: int, holding: int) -> float:
    """BM25's weight of a term that stands in `holding` of the passages, in Lucene's form, which is never negative."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def _matching(db: Database, words: Sequence[str]) -> list[tuple[str, str, str, str, str, float]]:
    """Document, place, text, topic, firm terms and BM25 of passages with any of the words, the best by BM25 first."""
    if not words:
        return []
    any_of_them = " OR ".join(f'"{word}"' for word in words)  # words hold letters and digits only
    return db.execute(
        "select p.document, p.place, p.text, p.topic, p.firm, -found.rank from"
        " (select rowid, rank from passages_terms where passages_terms match ? order by rank limit ?) as found"
        " join passages p on p.id = found.rowid order by found.rank",
        [any_of_them, _CANDIDATES],
    ).fetchall()
