"""Dialogues -> rows of ids and labels, by the very renderer that serves them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.errors import IrangError
from bot.messages import Message
from model.prompt import Example, Renderer
from training.corpora import Dialogue
from training.labels import IGNORED, Scheme, labels, learns_to_stop, targets


class TrainingRefused(IrangError):
    """Training that would go wrong in silence; the text is one line that says what and how to mend it."""


@dataclass(frozen=True, slots=True)
class Row:
    """Ids and, for each, its label by the scheme (training.labels)."""

    ids: tuple[int, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Rows in the order of the dialogues; `dialogues` are the same as they went in; `dropped` counts by reason."""

    rows: tuple[Row, ...]
    dialogues: tuple[Dialogue, ...]
    dropped: Counter[str]


def render(
    dialogues: Iterable[Sequence[Message]],
    renderer: Renderer,
    scheme: Scheme,
    window: int,
    *,
    drop_unlabelled: bool = False,
) -> Rendered:
    """Every dialogue in at most `window` tokens. No answer is ever cut: whole turns are left out, the oldest first.

    Raises TrainingRefused for a row from which nothing or no stop token would be learnt, unless those may be dropped.
    """
    dropped: Counter[str] = Counter()
    rows: list[Row] = []
    kept: list[Dialogue] = []
    for messages in dialogues:
        fitted, example = fit(messages, renderer, window)
        if reason := _fault(example, scheme, renderer, window):
            dropped[reason] += 1
            continue
        rows.append(Row(example.ids, labels(example, scheme)))
        kept.append(Dialogue(fitted, ""))
    _refuse(dropped, drop_unlabelled)
    return Rendered(tuple(rows), tuple(kept), dropped)


def fit(messages: Sequence[Message], renderer: Renderer, window: int) -> tuple[tuple[Message, ...], Example]:
    """The newest whole turns that fit, up to the last answer, and their ids; the last turn alone may still be longer.

    System messages always stay.
    """
    system = [message for message in messages if message.role == "system"]
    talk = _answered([message for message in messages if message.role != "system"])
    while True:
        example = renderer.example([*system, *talk]) if talk else Example((), ())
        later = _next_question(talk)
        if len(example.ids) <= window or not later:
            return tuple(_nfc(message) for message in (*system, *talk)), example
        talk = talk[later:]


def _answered(talk: list[Message]) -> list[Message]:
    """Without questions at the end that nobody answered, and answers at the start to nothing."""
    while talk and talk[-1].role != "assistant":
        talk = talk[:-1]
    while talk and talk[0].role != "user":
        talk = talk[1:]
    return talk


def _next_question(talk: Sequence[Message]) -> int:
    """Where the second turn starts; 0 when there is none."""
    for at in range(1, len(talk)):
        if talk[at].role == "user" and talk[at - 1].role == "assistant":
            return at
    return 0


def _fault(example: Example, scheme: Scheme, renderer: Renderer, window: int) -> str:
    if not example.ids:
        return "no reply"
    if len(example.ids) > window:
        return "too long"
    if all(one == IGNORED for one in targets(labels(example, scheme), scheme)):
        return "no label"
    if not learns_to_stop(example, scheme, renderer.stop_ids):
        return "no stop token"
    return ""


def _refuse(dropped: Counter[str], drop_unlabelled: bool) -> None:
    if dropped["no stop token"]:
        raise TrainingRefused(
            f"{dropped['no stop token']} rows would never learn to stop: the chat template has to close every answer"
            " with the tokenizer's end token or another control token"
        )
    unlabelled = dropped["no label"] + dropped["no reply"]
    if unlabelled and not drop_unlabelled:
        raise TrainingRefused(
            f"{unlabelled} rows have no label: `irang data check` counts them;"
            " [data] drop_unlabelled = true leaves them out"
        )


def _nfc(message: Message) -> Message:
    return Message(message.role, unicodedata.normalize("NFC", message.content))
