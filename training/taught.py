"""What people taught, word for word: it goes into what an improved copy says (model/exchanges.py).

A repertoire's answers come before the model's own words: what only its weights have learnt would hardly be heard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from bot.consents import covers_words
from bot.messages import Message
from model.ears import Ears
from model.emergencies import urgency
from model.exchanges import LARGEST, Anything, Exchange, Exchanges, dumped, read, write
from model.listening import Listening
from model.repertoire import NEARER
from training import rated, records
from training.clusters import PARTS
from training.contenders import Contender
from training.exchanges import for_danger_alone
from training.records import Record


def teach(copy: Path, taught: Contender, data: Path, agreeing: Collection[str]) -> int:
    """Put the answers to follow of the set `data` into `copy`, which was made from `taught`; how many exchanges it got.

    Held-out answers are among them: those are for measuring weights. What `taught` has from people already stays while
    all of these are `agreeing` (pseudonyms), unless it was answered anew or disliked since. A version that speaks in
    its own words alone goes on doing so. Raises FolderError.
    """
    base = [one for one in read(taught.folder) if isinstance(one, Anything) or not one.people]
    if not base:
        return 0
    new = list(_Lessons(taught.folder, base).of(data))
    anew, disliked = {(one.before, one.said) for one in new}, set(_disliked(data))
    earlier = [
        one
        for one in _taught(taught.adapter or taught.folder)
        if set(one.people) <= set(agreeing)
        and (one.before, one.said) not in anew
        and (one.said, one.answered) not in disliked
    ]
    learnt = _fitting([*new, *earlier], LARGEST - sum(map(_bytes, base)))
    adapter = (copy / "adapter_config.json").is_file()  # which is served over the base's own
    write(copy, learnt if adapter else [*learnt, *base])
    return len(learnt)


class _Lessons:
    """Answers to follow as exchanges of a model folder."""

    def __init__(self, folder: Path, base: Sequence[Exchange | Anything]) -> None:
        self._known = Exchanges([one for one in base if isinstance(one, Exchange)])
        self._listening = Listening([], Ears.load(folder))

    def of(self, data: Path) -> Iterator[Exchange]:
        """Each once; nothing that is said to somebody in danger, who has to meet the same words always, and nothing of
        who agreed to a text that did not speak of it."""
        rows = (record for name in PARTS for record in records.read(data / f"{name}.jsonl"))
        found = (self._exchange(row) for row in rows if row.consent is None or covers_words(row.consent.version))
        yield from (one for one in dict.fromkeys(found) if not (for_danger_alone(one) or urgency(one.said)))

    def _exchange(self, record: Record) -> Exchange:
        *talk, answer = record.messages
        before = talk[-2].content if len(talk) > 1 and not self._stands_alone(talk[-1]) else ""
        people = record.consent.people if record.consent else ()
        return Exchange(before, talk[-1].content, answer.content, self._listening.kind(talk), people)

    def _stands_alone(self, said: Message) -> bool:
        """Whether it is understood without what came before: the base knows it as a beginning, and would say that."""
        return any(one.said >= NEARER for one in self._known.found([said], 1))


def _taught(folder: Path) -> list[Exchange]:
    return [one for one in read(folder) if isinstance(one, Exchange) and one.people]


def _disliked(data: Path) -> Iterator[tuple[str, str]]:
    """What was said, and an answer to it that somebody did not like."""
    for name in PARTS:
        yield from ((one.prompt[-1].content, one.answer) for one in rated.judged(data, name) if not one.good)


def _fitting(exchanges: Sequence[Exchange], room: int) -> list[Exchange]:
    """The first of them, up to so many bytes."""
    sizes = accumulate(map(_bytes, exchanges))
    return [one for one, size in zip(exchanges, sizes, strict=True) if size <= room]


def _bytes(one: Exchange | Anything) -> int:
    return len(dumped(one).encode())
