"""Questions about passages as windows of tokens, and a model's scores as answers marked in the passage.

A row is: question, end token, a stretch of the passage, end token. The question stands first because a causal model
reads from left to right: a token of the passage can only be weighed by a question that came before. For the same reason
"there is no answer" is scored at the last token, the only one that has read everything. (At the first one, where BERT's
way of doing it looks, a causal model has seen nothing and would say the same of every passage.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from transformers import PreTrainedTokenizerFast

from training.config import Questions
from training.qa import Question, score


@dataclass(frozen=True, slots=True)
class Window:
    """A question with a stretch of its passage.

    question   which one it is, by its place in the list
    ids        of the whole row
    first      where the passage begins in it
    places     the characters of the passage that each of its tokens stands for: start and end
    start,end  the tokens between which the answer lies, both included; the last token of the row: not in this window
    """

    question: int
    ids: tuple[int, ...]
    first: int
    places: tuple[tuple[int, int], ...]
    start: int
    end: int

    @property
    def silent(self) -> int:
        """The token that stands for "no answer here"."""
        return len(self.ids) - 1


@dataclass(frozen=True, slots=True)
class Marked:
    """The best answer found in a passage, and by how much "no answer" scored better than it."""

    text: str
    silence: float


def windows(
    questions: Sequence[Question], tokenizer: PreTrainedTokenizerFast, how: Questions, end: int
) -> Iterator[Window]:
    """All windows of all questions, in order. `end`: the end token's id."""
    known = ""
    for at, one in enumerate(questions):
        asked, _ = _encoded(tokenizer, one.text)
        if not at or one.context != known:  # questions about one passage stand together
            known, (passage, places) = one.context, _encoded(tokenizer, one.context)
        head = (*asked[: how.question], end)
        room = how.window - len(head) - 1
        answer = _answer(one, places)
        for begin in _begins(len(passage), room, how.stride):
            stretch = slice(begin, begin + room)
            ids = (*head, *passage[stretch], end)
            start, last = _within(answer, begin, len(passage[stretch]), len(head), len(ids) - 1)
            yield Window(at, ids, len(head), places[stretch], start, last)


def _encoded(tokenizer: PreTrainedTokenizerFast, text: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Ids and their characters. Words that look like a control token are words."""
    found = tokenizer(
        text, add_special_tokens=False, return_offsets_mapping=True, split_special_tokens=True, verbose=False
    )
    return tuple(found["input_ids"]), tuple((start, end) for start, end in found["offset_mapping"])


def _begins(length: int, room: int, stride: int) -> Iterator[int]:
    """Where windows begin: each has `stride` tokens in common with the one before; the last one reaches the end."""
    begin = 0
    yield begin
    while begin + room < length:
        begin += room - stride
        yield begin


def _answer(question: Question, places: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The tokens that cover the first marked answer; None where there is none."""
    if not question.answers:
        return None
    begins = question.starts[0]
    ends = begins + len(question.answers[0])
    covered = [at for at, (start, end) in enumerate(places) if start < ends and end > begins]
    return (covered[0], covered[-1]) if covered else None


def _within(answer: tuple[int, int] | None, begin: int, length: int, head: int, silent: int) -> tuple[int, int]:
    if answer is None or answer[0] < begin or answer[1] >= begin + length:
        return silent, silent
    return answer[0] - begin + head, answer[1] - begin + head


def marked(
    questions: Sequence[Question],
    rows: Sequence[Window],
    scores: Sequence[tuple[Sequence[float], Sequence[float]]],
    how: Questions,
) -> dict[str, Marked]:
    """The best answer to every question over its windows, by id. `scores`: of starts and of ends, for each window.

    What speaks for "no answer" is the least that any window has for it: one window that holds an answer is enough.
    """
    best: dict[int, tuple[float, str]] = {}
    silence: dict[int, float] = {}
    for row, (starts, ends) in zip(rows, scores, strict=True):
        nothing = starts[row.silent] + ends[row.silent]
        silence[row.question] = min(nothing, silence.get(row.question, nothing))
        found = _best_span(row, starts, ends, how)
        if found and found[0] > best.get(row.question, (float("-inf"), ""))[0]:
            first, last = found[1]
            text = questions[row.question].context[row.places[first][0] : row.places[last][1]].strip()
            best[row.question] = found[0], text
    return {
        one.id: Marked(best[at][1], silence[at] - best[at][0]) if at in best else Marked("", float("inf"))
        for at, one in enumerate(questions)
    }


def _best_span(
    row: Window, starts: Sequence[float], ends: Sequence[float], how: Questions
) -> tuple[float, tuple[int, int]] | None:
    """Score and tokens of the passage, the best of the `best` starts with the `best` ends."""
    reach = range(row.first, row.silent)
    firsts = nlargest(how.best, reach, key=starts.__getitem__)
    lasts = nlargest(how.best, reach, key=ends.__getitem__)
    pairs = [(a, b) for a in firsts for b in lasts if a <= b < a + how.longest]
    if not pairs:
        return None
    a, b = max(pairs, key=lambda pair: starts[pair[0]] + ends[pair[1]])
    return starts[a] + ends[b], (a - row.first, b - row.first)


def settled(found: Mapping[str, Marked], threshold: float) -> dict[str, str]:
    """Answers, "" where silence is better by more than the threshold."""
    return {id: one.text if one.silence <= threshold else "" for id, one in found.items()}


def threshold(questions: Sequence[Question], found: Mapping[str, Marked]) -> float:
    """The one with the best F1 on these questions, as the official script finds it."""
    order = sorted(questions, key=lambda one: found[one.id].silence)
    best, reached, chosen = 0.0, 0.0, float("-inf")  # relative to saying nothing at all
    for at, one in enumerate(order):
        answer = found[one.id]
        reached += score(answer.text, one.answers) - (not one.answers)
        last = at + 1 == len(order) or found[order[at + 1].id].silence > answer.silence
        if last and reached > best:
            best, chosen = reached, answer.silence
    return chosen
