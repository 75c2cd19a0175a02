"""Exchanges that somebody wrote, and how near each is to what is said.

A model folder may hold exchanges.jsonl. A line is an exchange, {"before": "what the bot had said, or nothing", "said":
"…", "answered": "…", "kind": "of what is said"} (model/ears.py), or what can be answered to anything of a kind, {"to":
"glad", "answered": "…"} (model/listening.py). An exchange that people taught names them by pseudonyms, "people": ["…"],
so that whoever wants their words deleted finds them (bot/erasing.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from heapq import nsmallest
from io import StringIO
from pathlib import Path

from bot.messages import Message
from model.alarms import is_lost
from model.folder import FolderError
from model.nearest import Nearest

FILE = "exchanges.jsonl"

LARGEST = 16 << 20  # bytes of a file; ours has 3 MB, and is read and indexed within a second
_LONGEST = 120  # characters that are compared
_CONTEXT = 0.5  # what the closeness of what came before counts, beside that of what is said
_FIRST = 64  # follow-ups whose "before" is looked at


@dataclass(frozen=True, slots=True)
class Exchange:
    """`before` is what the bot had said last; "" at the start of a dialogue. `kind`: of what is said, if known.

    `people`: who taught it, by liking the answer or with a better one; () for what came with the model.
    """

    before: str
    said: str
    answered: str
    kind: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anything:
    """An answer to anything of a kind, to any "statement" or "question", or to whoever may be in "danger"."""

    to: str
    answered: str


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that was given to something like this, `to`. `said` and `before`: how like it, 0 to 1.

    `begins`: it was given at the start of a dialogue; `before` says nothing then. `taught`: people want it so.
    """

    to: str
    answered: str
    said: float
    before: float
    begins: bool
    taught: bool = False


class Exchanges:
    """Found by character n-grams of what is said and, in a follow-up, of what it follows."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._openings = [one for one in exchanges if not one.before]
        self._followups = [one for one in exchanges if one.before]
        self._opened = Nearest([one.said[:_LONGEST] for one in self._openings])
        self._followed = Nearest([one.said[:_LONGEST] for one in self._followups])

    def found(self, messages: Sequence[Message], most: int, kind: str = "") -> list[Found]:
        """The nearest to the last message, the nearest first; follow-ups and openings in the middle of a talk.

        With a `kind` only what answers things of that kind.
        """
        said, before = messages[-1].content[:_LONGEST], before_last(messages)
        lost = is_lost(said)  # "불합격했어" is near "합격했어" by its letters alone
        near = _of_kind(self._openings, self._opened.closeness(said), kind, most, lost=lost)
        openings = [Found(one.said, one.answered, close, 0.0, True, bool(one.people)) for one, close in near]
        both = [*openings, *(self._following(said, before, kind) if before else [])]
        return sorted(both, key=lambda one: (-one.said - _CONTEXT * one.before, not one.taught, one.answered))[:most]

    def _following(self, said: str, before: str, kind: str) -> list[Found]:
        near = _of_kind(self._followups, self._followed.closeness(said), kind, _FIRST)
        befores = Nearest([one.before[:_LONGEST] for one, _ in near]).closeness(before[:_LONGEST])
        return [
            Found(one.said, one.answered, close, befores.get(at, 0.0), False, bool(one.people))
            for at, (one, close) in enumerate(near)
        ]


def before_last(messages: Sequence[Message]) -> str:
    """What the bot said last; "": nothing yet."""
    return next((one.content for one in reversed(messages[:-1]) if one.role == "assistant"), "")


def _of_kind(
    known: Sequence[Exchange], closeness: dict[int, float], kind: str, most: int, *, lost: bool = False
) -> list[tuple[Exchange, float]]:
    """The nearest first; of this kind, or of any (""); where somebody has `lost`, only what such were told."""
    fitting = (
        (-close, place)
        for place, close in closeness.items()
        if kind in ("", known[place].kind) and not (lost and not is_lost(known[place].said))
    )
    return [(known[place], -close) for close, place in nsmallest(most, fitting)]


def read(folder: Path) -> list[Exchange | Anything]:
    """What stands in a model folder's file. Raises FolderError when there is no sense in it."""
    file = folder / FILE
    if not file.is_file():
        return []
    if file.stat().st_size > LARGEST:
        raise FolderError(f"{file}: has {file.stat().st_size} bytes: at most {LARGEST} are searched in time")
    return list(_parsed(file))


def write(folder: Path, known: Iterable[Exchange | Anything]) -> None:
    """Put a model folder's file in its place."""
    (folder / FILE).write_text("".join(map(dumped, known)), encoding="utf-8")


def dumped(one: Exchange | Anything) -> str:
    """A line of the file."""
    content = {name: value for name, value in asdict(one).items() if name != "people" or value}
    return json.dumps(content, ensure_ascii=False) + "\n"


def _parsed(file: Path) -> Iterator[Exchange | Anything]:
    try:
        lines = StringIO(file.read_text(encoding="utf-8"))  # ends lines at "\n" alone: people write other ends too
    except ValueError:
        raise FolderError(f"{file}: not UTF-8") from None
    for number, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            raise FolderError(f"{file}:{number}: not JSON") from None
        match content:
            case {"before": str(before), "said": str(said), "answered": str(answered)} if said and answered:
                people = content.get("people")
                named = tuple(map(str, people)) if isinstance(people, list) else ()
                yield Exchange(before, said, answered, str(content.get("kind", "")), named)
            case {"to": str(to), "answered": str(answered)} if to and answered:
                yield Anything(to, answered)
            case _:
                raise FolderError(f'{file}:{number}: expected {{"before": "…", "said": "…", "answered": "…"}}')
