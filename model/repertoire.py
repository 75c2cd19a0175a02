"""What a small model says where its own words would make little sense: answers that somebody wrote (exchanges.py).

Nearly the same was said before: that answer. Else, of the nearest to things of the same kind (kinds.py), the one that
the model itself finds likeliest (response selection: the model judges what it could not have written, ranking.py).
Does none of them convince it, words that show what was understood (listening.py). Of what is equally near, that is
said which people taught.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from random import Random
from threading import Lock

from bot.messages import Message
from model.ears import FILES as CLASSIFIERS
from model.ears import Ears
from model.exchanges import FILE as EXCHANGES
from model.exchanges import Anything, Exchange, Exchanges, Found, read
from model.listening import Listening
from model.mentions import mentions_else
from model.plainly import by_itself
from model.ranking import Ranking

FILES = (EXCHANGES, *CLASSIFIERS)

# The figures that these were chosen by stand in training/LOG.md.
NEAR = 0.5  # closeness from which two sayings ask for the same answer
NEARER = 0.65  # the same for a new subject in the middle of a talk, where much is about the talk
_ALIKE = 0.03  # so near to the nearest, another answer is as good: they take turns
LIKELY = -1.0  # mean log-probability of an answer that convinces the model
CONSIDERED = 16
_TELLING = 4  # letters of what can be understood without what came before it ("왜?" can't)

# Before what somebody says: what they quote, and who they are where several speak (bot/context.py).
_ABOUT = re.compile(r"\A(> .*\n)?([^:\n]{1,64}: )?(?=.)")


def bring_along(base: Path, copy: Path) -> None:
    """Give a folder whose model was made from `base` what that says and hears: its weights alone would say less."""
    for name in FILES:
        if (base / name).is_file():
            shutil.copyfile(base / name, copy / name)


class Repertoire:
    """`ranking`: the model's judgement; it is asked for one talk at a time."""

    def __init__(self, exchanges: Exchanges, listening: Listening, ranking: Ranking) -> None:
        self._exchanges = exchanges
        self._listening = listening
        self._ranking = ranking
        self._judging = Lock()

    @classmethod
    def load(cls, folder: Path, ranking: Ranking, adapter: Path | None = None) -> Repertoire | None:
        """A model folder's, with what its `adapter` was taught; None where nothing came with the model.

        Raises FolderError.
        """
        known = read(folder)
        if not known:
            return None
        known = [*(read(adapter) if adapter else ()), *known]
        exchanges = Exchanges([one for one in known if isinstance(one, Exchange)])
        listening = Listening([one for one in known if isinstance(one, Anything)], Ears.load(folder))
        return cls(exchanges, listening, ranking)

    def answer(self, messages: Sequence[Message], seed: int | None = None) -> str:
        """What is said to the last message; `seed` decides among equals. It takes time: not for an event loop."""
        chance = Random() if seed is None else Random(seed)
        talk = _talk(messages)
        if alarmed := self._alarmed(talk):
            return chance.choice(alarmed)
        if len(talk) > 1 and (bare := by_itself(talk[-1].content)):
            talk[-1] = replace(talk[-1], content=bare)
        found = self._fitting(self._exchanges.found(talk, CONSIDERED), talk)
        same = [(self._same(one, talk), one) for one in found]
        if nearest := max((close for close, _ in same), default=0.0):
            near = [one for close, one in same if close >= nearest - _ALIKE]
            taught = [one for one in near if one.taught]
            return chance.choice(sorted({one.answered for one in taught or near}))
        if plainly := self._listening.plainly(talk):
            return chance.choice(plainly)
        with self._judging:
            kind = self._listening.kind(talk)
            alike = self._fitting(self._exchanges.found(talk, CONSIDERED, kind), talk) if kind else found
            answers = list(dict.fromkeys(one.answered for one in alike))
            told = zip(self._ranking.likelihoods(_last_turns(talk), answers), answers, strict=True)
            likelihood, likeliest = max(told, default=(LIKELY - 1, ""))
        anything = self._listening.anything(talk)
        return likeliest if likelihood >= LIKELY or not anything else chance.choice(anything)

    def urgent(self, messages: Sequence[Message], seed: int | None = None) -> str:
        """What `answer` says to somebody in danger, "" to anybody else: it is known by words alone, and at once."""
        alarmed = self._alarmed(_talk(messages))
        return (Random() if seed is None else Random(seed)).choice(alarmed) if alarmed else ""

    def _alarmed(self, talk: Sequence[Message]) -> Sequence[str]:
        unanswered = takewhile(lambda one: one.role == "user", reversed(talk))
        return self._listening.alarmed([one.content for one in unanswered])

    def _fitting(self, found: Sequence[Found], talk: Sequence[Message]) -> list[Found]:
        """Without those that speak of somebody else's matter."""
        said, whole = talk[-1].content, " ".join(one.content for one in talk)
        return [
            one
            for one in found
            if one.to == said
            or not (mentions_else(one.answered, whole) or (one.said >= NEAR and self._listening.differ(said, one.to)))
        ]

    def _same(self, found: Found, messages: Sequence[Message]) -> float:
        """How near it is to having been said before; 0 when it is not."""
        if not found.begins:
            close = min(found.said, found.before)
            return close if close >= NEAR else 0.0
        in_a_talk = any(one.role == "assistant" for one in messages)
        said = messages[-1].content
        telling = sum(map(str.isalnum, said)) >= _TELLING or by_itself(said)
        if in_a_talk and not telling:
            return 0.0
        return found.said if found.said >= (NEARER if in_a_talk else NEAR) else 0.0


def _talk(messages: Sequence[Message]) -> list[Message]:
    """What people and the bot said, in their own words alone: no instructions, no names, no quotes."""
    talk = [replace(one, content=unicodedata.normalize("NFC", one.content)) for one in messages if one.role != "system"]
    return [replace(one, content=_ABOUT.sub("", one.content, count=1)) if one.role == "user" else one for one in talk]


def _last_turns(talk: Sequence[Message]) -> Sequence[Message]:
    """The question, with the exchange before it where that is whole."""
    return talk[-3:] if [one.role for one in talk[-3:]] == ["user", "assistant", "user"] else talk[-1:]
