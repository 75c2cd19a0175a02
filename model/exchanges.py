"""What somebody wrote to be said: exchanges, and words for when none of them fits.

A model folder may hold exchanges.jsonl. A line is an exchange, {"before": "what the bot had said, or nothing", "said":
"…", "answered": "…", "kind": "of what is said"} (model/kinds.py), or what can be answered to anything of a kind, {"to":
"glad", "answered": "…"}; where not even the kind is known, "to": "statement" or "question". Who tells something hears
that their mood was understood, "to": "mood.embarrassed", "answered": "{told} 민망했겠어요.": what they told stands in
it, said back (bot/korean/echo.py). What is said "to": "danger" comes before all else, where somebody may mean to end
their life: that should not depend on what a small model knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.korean.echo import echo, is_told
from bot.messages import Message
from model.alarms import is_danger, is_grave, is_lost, is_unhappy
from model.folder import FolderError
from model.kinds import MOODS, Kinds
from model.nearest import Nearest

FILE = "exchanges.jsonl"

_MOOD = "mood."

_LARGEST = 16 << 20  # bytes of a file; ours has 1 MB, and is read and indexed within half a second
_LONGEST = 120  # characters that are compared
_CONTEXT = 0.5  # what the closeness of what came before counts, beside that of what is said
# Chance from which a kind is believed; to what is told at the start, wishing to hear more fits nearly always.
_LIKELY, _SURE = 0.5, 0.95
_TELLING = 4  # letters from which a text tells enough to know a mood by it
_FELT = 0.5  # chance from which a mood is believed
_ENDING = 64  # characters at the end of a text, by which a question is known
_FIRST = 64  # follow-ups whose "before" is looked at
_ASKS = re.compile(r"(\?|까|나요|니|냐|가요|어때|뭐야|뭘까|뭐지|할래|알아|추천.*|알려.*)[\s?!~.ㅋㅎㅠㅜ]*$")

_CHEERFUL = ("happy", "congrats", "proud", "praise", "excited", "fun", "tasty", "lucky", "calm", "cute")


@dataclass(frozen=True, slots=True)
class Exchange:
    """`before` is what the bot had said last; "" at the start of a dialogue. `kind`: of what is said, if known."""

    before: str
    said: str
    answered: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Anything:
    """An answer to anything of a kind, to any "statement" or "question", or to whoever may be in "danger"."""

    to: str
    answered: str


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that was given to something like this. `said` and `before`: how like it, 0 to 1.

    `begins`: it was given at the start of a dialogue; `before` says nothing then.
    """

    answered: str
    said: float
    before: float
    begins: bool


class Exchanges:
    """Found by character n-grams of what is said and, in a follow-up, of what it follows."""

    def __init__(
        self, exchanges: Sequence[Exchange | Anything], kinds: Kinds | None = None, moods: Kinds | None = None
    ) -> None:
        self._kinds = kinds
        self._moods = moods
        pairs = [one for one in exchanges if isinstance(one, Exchange)]
        self._openings = [one for one in pairs if not one.before]
        self._followups = [one for one in pairs if one.before]
        self._opened = Nearest([one.said for one in self._openings])
        self._followed = Nearest([one.said for one in self._followups])
        self._anything = [one for one in exchanges if isinstance(one, Anything)]
        self.kinds = frozenset(one.to for one in self._anything)

    @classmethod
    def load(cls, folder: Path) -> Exchanges | None:
        """A model folder's; None where it has none. Raises FolderError."""
        known = read(folder)
        return cls(known, Kinds.load(folder), Kinds.load(folder, MOODS)) if known else None

    def found(self, messages: Sequence[Message], most: int, kind: str = "") -> list[Found]:
        """The nearest to the last message, the nearest first; follow-ups and openings in the middle of a talk.

        With a `kind` only what answers things of that kind.
        """
        said, before = messages[-1].content[:_LONGEST], _before(messages)
        near = _of_kind(self._openings, self._opened.closeness(said), kind)
        if is_lost(said):  # "불합격했어" is near "합격했어" by its letters alone
            near = [(one, close) for one, close in near if is_lost(one.said)]
        openings = [Found(one.answered, close, 0.0, begins=True) for one, close in near[:most]]
        both = [*openings, *(self._following(said, before, kind) if before else [])]
        return sorted(both, key=lambda one: (-one.said - _CONTEXT * one.before, one.answered))[:most]

    def kind(self, messages: Sequence[Message], sure: float = _LIKELY) -> str:
        """What kind of thing the last message is; "" when that is less likely than `sure`."""
        if self._kinds is None:
            return ""
        kind, chance = self._kinds.likeliest(messages[-1].content[-_LONGEST:], _before(messages))
        return kind if chance >= sure else ""

    def anything(self, messages: Sequence[Message]) -> list[str]:
        """What can be answered to the last message, whatever it means; not what was answered there before."""
        said = messages[-1].content
        asks = _ASKS.search(said[-_ENDING:])
        kind = self.kind(messages, _LIKELY if asks or _before(messages) else _SURE)
        fitting = self._felt(said) or self._to(kind) or self._to("question" if asks else "statement")
        answered = {one.content for one in messages if one.role == "assistant"}
        return [one for one in fitting if one not in answered] or fitting

    def danger(self, said: str) -> list[str]:
        """What is said to somebody who may mean to end their life; nothing to anybody else."""
        return self._to("danger") if is_danger(said) else []

    def _felt(self, said: str) -> list[str]:
        """What shows that the mood of what is told was understood; nothing where it isn't sure, and to what asks."""
        if self._moods is None or sum(map(str.isalnum, said)) < _TELLING or not is_told(said) or is_grave(said):
            return []
        mood, chance = self._moods.likeliest(said[-_LONGEST:], "")
        if chance < _FELT or (mood in _CHEERFUL and is_unhappy(said)):
            return []
        lines = self._to(_MOOD + mood)
        told = echo(said) if any("{" in line for line in lines) else None
        if told is None:
            return [line for line in lines if "{" not in line]
        ways = {"{told}": told.considered, "{noticed}": told.noticed}
        back = [
            line.replace(way, words)
            for line in lines
            for way, words in ways.items()
            if way in line and not _says_twice(words, line)
        ]
        return back or [line for line in lines if "{" not in line]

    def _to(self, to: str) -> list[str]:
        return [one.answered for one in self._anything if one.to == to]

    def _following(self, said: str, before: str, kind: str) -> list[Found]:
        near = _of_kind(self._followups, self._followed.closeness(said), kind)[:_FIRST]
        befores = Nearest([one.before for one, _ in near]).closeness(before[:_LONGEST])
        return [Found(one.answered, close, befores.get(at, 0.0), begins=False) for at, (one, close) in enumerate(near)]


def _says_twice(told: str, line: str) -> bool:
    """ "손이 떨린다니 떨리겠어요": the feeling had been named."""
    feeling = line.split()[-1]
    return "{" not in feeling and (told.split()[-1][0] == feeling[0] or feeling[:2] in told)


def _before(messages: Sequence[Message]) -> str:
    """What the bot said last; "": nothing yet."""
    return next((one.content for one in reversed(messages[:-1]) if one.role == "assistant"), "")


def _of_kind(known: Sequence[Exchange], closeness: dict[int, float], kind: str) -> list[tuple[Exchange, float]]:
    """The nearest first; of this kind, or of any ("")."""
    ordered = sorted(closeness.items(), key=lambda one: (-one[1], one[0]))
    return [(known[place], close) for place, close in ordered if kind in ("", known[place].kind)]


def read(folder: Path) -> list[Exchange | Anything]:
    """What stands in a model folder's file. Raises FolderError when there is no sense in it."""
    file = folder / FILE
    if not file.is_file():
        return []
    if file.stat().st_size > _LARGEST:
        raise FolderError(f"{file}: has {file.stat().st_size} bytes: at most {_LARGEST} are searched in time")
    return list(_parsed(file))


def _parsed(file: Path) -> Iterator[Exchange | Anything]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except ValueError:
        raise FolderError(f"{file}: not UTF-8") from None
    for number, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            raise FolderError(f"{file}:{number}: not JSON") from None
        match content:
            case {"before": str(before), "said": str(said), "answered": str(answered)} if said and answered:
                yield Exchange(before, said, answered, str(content.get("kind", "")))
            case {"to": str(to), "answered": str(answered)} if to and answered:
                yield Anything(to, answered)
            case _:
                raise FolderError(f'{file}:{number}: expected {{"before": "…", "said": "…", "answered": "…"}}')
