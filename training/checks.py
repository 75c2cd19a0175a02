"""What is wrong with a set, before any training second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.messages import Message
from bot.moderation import Words
from training.cleaning.privacy import masked
from training.clusters import match_keys
from training.records import Record


@dataclass(slots=True)
class Findings:
    """`lengths`: dialogues by tens of characters; `leaking`: held-out rows that share keys with train."""

    rows: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    licences: Counter[tuple[str, str]] = field(default_factory=Counter)
    personal: Counter[str] = field(default_factory=Counter)
    abusive: int = 0
    duplicates: int = 0
    leaking: int = 0

    @property
    def stops(self) -> bool:
        """Whether nobody should train on it."""
        return bool(self.faults or self.leaking or any(not licence for _, licence in self.licences))


def check(parts: Mapping[str, Sequence[Record]], words: Words) -> Findings:
    found = Findings()
    seen: set[tuple[Message, ...]] = set()
    learnt = {key for record in parts.get("train", ()) for key in match_keys(record.messages)}
    for name, records in parts.items():
        for record in records:
            found.rows[name] += 1
            if fault := roles_fault(record.messages):
                found.faults[fault] += 1
            found.duplicates += record.messages in seen
            seen.add(record.messages)
            found.leaking += name != "train" and not learnt.isdisjoint(match_keys(record.messages))
            _read(record, words, found)
    return found


def roles_fault(messages: Sequence[Message]) -> str:
    """ "" when user and assistant take turns, behind one system message at most; the assistant has the last word."""
    talk = list(messages[1:] if messages and messages[0].role == "system" else messages)
    if not talk or talk[-1].role != "assistant":
        return "no reply at the end"
    expected = ["user", "assistant"] * (len(talk) // 2)
    return "" if [message.role for message in talk] == expected else "roles do not alternate"


def _read(record: Record, words: Words, found: Findings) -> None:
    text = "\n".join(message.content for message in record.messages)
    found.lengths[len(text) // 10 * 10] += 1
    found.licences[record.source, record.licence] += 1
    found.abusive += bool(words.found(text))
    masked(text, found.personal)
