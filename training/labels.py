"""Which tokens of a dialogue are learnt: four schemes, by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from model.prompt import Example

IGNORED = -100  # the label that torch's cross entropy leaves out

Scheme = Literal["all", "last_reply", "replies", "shift"]


def labels(example: Example, scheme: Scheme) -> tuple[int, ...]:
    """One label for each token, IGNORED where nothing is learnt.

    all         every token is its own label: the question teaches too
    replies     the bot's answers and their stop tokens, no opening control token
    last_reply  the same of the last answer alone
    shift       the labels of `all` moved one place to the left already, as the first bot had them
    """
    match scheme:
        case "all":
            return example.ids
        case "shift":
            return (*example.ids[1:], IGNORED)
        case "replies":
            return _where(example, replies(example))
        case "last_reply":
            return _where(example, list(replies(example))[-1:])


def targets(row: Sequence[int], scheme: Scheme) -> tuple[int, ...]:
    """What the model is asked behind each token. Labels of `shift` are that already and aren't moved a second time."""
    return tuple(row) if scheme == "shift" else (*row[1:], IGNORED)


def replies(example: Example) -> Iterator[range]:
    """Where each answer stands, its stop token included."""
    start: int | None = None
    for at, marked in enumerate((*example.reply, False)):
        if marked and start is None:
            start = at
        elif not marked and start is not None:
            yield range(start, at)
            start = None


def learns_to_stop(example: Example, scheme: Scheme, stop_ids: Collection[int]) -> bool:
    """Whether every answer that is learnt ends in a stop token which the model is asked for."""
    asked = targets(labels(example, scheme), scheme)
    learnt = list(replies(example))[-1 if scheme == "last_reply" else 0 :]
    return bool(learnt) and all(
        example.ids[one[-1]] in stop_ids and asked[one[-1] - 1] == example.ids[one[-1]] for one in learnt
    )


def _where(example: Example, places: Iterator[range] | Sequence[range]) -> tuple[int, ...]:
    learnt = {at for place in places for at in place}
    return tuple(id if at in learnt else IGNORED for at, id in enumerate(example.ids))
