"""SQuAD 2.0's exact match and F1, by the definition of its official evaluation: overall, HasAns and NoAns.

`python -m training.qa FILE ANSWERS` scores answers by question id: {"id": "text"}, "" where there is none.
"""

from __future__ import annotations

import argparse
import json
import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from training import metrics
from training.told import told


@dataclass(frozen=True, slots=True)
class Question:
    """One question about a passage. `answers`: what people marked as its answer; none: the passage holds none.

    `starts`: where each of them begins in the passage, in characters.
    """

    id: str
    context: str
    text: str
    answers: tuple[str, ...]
    starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """Percentages over `total` questions."""

    exact: float
    f1: float
    total: int


@dataclass(frozen=True, slots=True)
class Report:
    """`has_answer` and `no_answer` are the same figures for the two kinds of questions; None where there are none."""

    overall: Scores
    has_answer: Scores | None
    no_answer: Scores | None


def read(file: Path) -> list[Question]:
    """Every question of a SQuAD 1.1 or 2.0 file."""
    articles = json.loads(file.read_text(encoding="utf-8"))["data"]
    return [
        _question(one, passage["context"])
        for article in articles
        for passage in article["paragraphs"]
        for one in passage["qas"]
    ]


def _question(one: dict[str, Any], context: str) -> Question:
    marked = one["answers"]
    texts, starts = (tuple(answer[key] for answer in marked) for key in ("text", "answer_start"))
    return Question(one["id"], context, one["question"], texts, starts)


def report(questions: Sequence[Question], answers: Mapping[str, str]) -> Report:
    """Score answers by question id; "" says that the passage holds none, and so does a missing one here.

    Of several marked answers the best match counts. Raises ValueError without questions.
    """
    if not questions:
        raise ValueError("no questions to score")
    pairs = list(_scored(questions, answers))
    return Report(
        _mean([(exact, f1) for _, exact, f1 in pairs]),
        _mean([(exact, f1) for has, exact, f1 in pairs if has]) if any(has for has, _, _ in pairs) else None,
        _mean([(exact, f1) for has, exact, f1 in pairs if not has]) if not all(has for has, _, _ in pairs) else None,
    )


def figures(questions: Sequence[Question], answers: Mapping[str, str], seed: int) -> dict[str, Any]:
    """The same as run records keep it: exact and f1, with _has and _none for the two kinds of questions."""
    found: dict[str, Any] = {}
    pairs = list(_scored(questions, answers))
    for kind, some in (
        ("", pairs),
        ("_has", [one for one in pairs if one[0]]),
        ("_none", [one for one in pairs if not one[0]]),
    ):
        for place, name in ((1, "exact"), (2, "f1")):
            if some:
                rows = [(100 * float(one[place]), 1.0) for one in some]
                found[name + kind] = metrics.bootstrap(rows, lambda sums: sums[0] / sums[1], seed).plain()
    return found


def _scored(questions: Sequence[Question], answers: Mapping[str, str]) -> Iterator[tuple[bool, float, float]]:
    """Whether there is an answer, exact match and F1 of every question."""
    for one in questions:
        yield bool(one.answers), *_best(answers.get(one.id, ""), one.answers)


def score(answer: str, marked: Sequence[str]) -> float:
    """F1 against the best of the marked answers, 0 to 1; none marked: whether nothing was answered."""
    return _best(answer, marked)[1]


def _best(answer: str, marked: Sequence[str]) -> tuple[float, float]:
    """Marked answers of which nothing is left when normalised don't count, as in the official script."""
    usable = [one for one in marked if normal(one)] or [""]
    return max(exact(answer, one) for one in usable), max(f1(answer, one) for one in usable)


def _mean(pairs: Sequence[tuple[float, float]]) -> Scores:
    count = len(pairs)
    return Scores(100 * sum(pair[0] for pair in pairs) / count, 100 * sum(pair[1] for pair in pairs) / count, count)


def exact(answer: str, marked: str) -> float:
    return float(normal(answer) == normal(marked))


def f1(answer: str, marked: str) -> float:
    """Of the words in common. Where either side has none: 1 if both have none."""
    ours, theirs = normal(answer).split(), normal(marked).split()
    if not ours or not theirs:
        return float(ours == theirs)
    common = (Counter(ours) & Counter(theirs)).total()
    if not common:
        return 0.0
    precision, recall = common / len(ours), common / len(theirs)
    return 2 * precision * recall / (precision + recall)


_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normal(text: str) -> str:
    """Lower case, without ASCII punctuation, then without English articles and extra white space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("answers", type=Path)
    given = asked.parse_args()
    print(json.dumps(asdict(report(read(given.file), json.loads(given.answers.read_text(encoding="utf-8")))), indent=1))


if __name__ == "__main__":
    told(main)
