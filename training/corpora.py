"""Dialogue collections as their publishers have them -> what the embedded model learns from, and what was dropped."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.messages import Message

SMALLTALK = Path(__file__).resolve().parent / "smalltalk"  # our own dialogues


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation that ends with a reply. `source`: the collection's name; `kinds`: of each message, where known."""

    messages: tuple[Message, ...]
    source: str
    kinds: tuple[str, ...] = ()

    def kinded(self) -> Iterator[tuple[Message, str]]:
        """Each message with its kind; "": it is not known."""
        return zip(self.messages, self.kinds or [""] * len(self.messages), strict=True)

    @property
    def question(self) -> str:
        return self.messages[-2].content

    @property
    def reply(self) -> str:
        return self.messages[-1].content


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a collection gave, and how many of its rows were left out for which reason."""

    dialogues: tuple[Dialogue, ...]
    dropped: Counter[str]


# An assistant with commands of its own must not send people to other apps for weather, time or prices.
_ASK_THE_APP = re.compile(
    r"어플에 물어|어플을 실행|어플 ?사용|인터넷 검색|일기예보|시계를 보|뉴스를 보|포털|네이버|검색 ?해"
)
# Whoever writes this gets our own careful answer, not "행복하게 살아요".
_IN_DANGER = re.compile(r"죽고 ?싶|자살|자해|죽어 ?버리|죽을까|죽으면 ?(편|되)")
# songys' speaker introduces itself by another name.
_OTHER_NAME = re.compile(r"위로봇|위로해드리는 로봇")


def songys(file: Path) -> Corpus:
    """ChatbotData.csv: one question and one answer in a row, about everyday life, parting and love."""
    with file.open(encoding="utf-8", newline="") as rows:
        pairs = [(tidy(row["Q"]), tidy(row["A"])) for row in csv.DictReader(rows)]
    dropped: Counter[str] = Counter()
    kept: list[Dialogue] = []
    for said, answered in pairs:
        if reason := _songys_fault(said, answered):
            dropped[reason] += 1
            continue
        kept.append(pair(said, answered, "songys"))
    return Corpus(tuple(kept), dropped)


def _songys_fault(said: str, answered: str) -> str:
    if not said or not answered:
        return "empty"
    if _ASK_THE_APP.search(answered):
        return "sends people to another app"
    if _IN_DANGER.search(said):
        return "too light an answer to somebody in danger"
    if _OTHER_NAME.search(answered):
        return "introduces itself by another name"
    return ""


# The rest is encyclopaedic, political or claims to be a person or another program: nothing a small model should say.
CHATTERBOT_FILES = ("emotion", "food", "greetings", "humor")


def chatterbot(folder: Path) -> Corpus:
    """The Korean files of chatterbot-corpus that are small talk, each list read as alternatives to its first line.

    emotion.yml and humor.yml are made that way. In the other files a second line answers the first, and what follows is
    sometimes a further turn, sometimes not: only the first answer is taken.
    """
    dropped: Counter[str] = Counter()
    kept: list[Dialogue] = []
    for name in CHATTERBOT_FILES:
        for said, *answers in conversations((folder / f"{name}.yml").read_text(encoding="utf-8-sig")):
            usable = answers if name in ("emotion", "humor") else answers[:1]
            kept.extend(pair(said, answer, "chatterbot") for answer in usable if said and answer)
            dropped["not surely an answer to the line before"] += len(answers) - len(usable)
    return Corpus(tuple(kept), dropped)


_LINE = re.compile(r"^ *(?P<first>- )?- (?P<text>.*)$")


def conversations(yaml: str) -> Iterator[list[str]]:
    """The lists under `conversations:`, the only YAML that these files use: `- - first line`, then `  - next line`."""
    _, _, body = yaml.partition("conversations:")
    lines: list[str] = []
    for line in body.splitlines():
        found = _LINE.match(line)
        if found is None:
            if lines and line.strip():  # a sentence that goes on in the next line
                lines[-1] = tidy(f"{lines[-1]} {line}")
            continue
        if found["first"] and lines:
            yield lines
            lines = []
        lines.append(tidy(found["text"].strip().strip("'\"")))
    if lines:
        yield lines


def smalltalk(folder: Path = SMALLTALK) -> Corpus:
    """Our own dialogues: every *.jsonl of the folder, one {"messages": [{"role", "content", "kind"}, ...]} a line."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return Corpus(tuple(_ours(line) for line in lines), Counter())


def _ours(line: str) -> Dialogue:
    entries = json.loads(line)["messages"]
    messages = tuple(Message(entry["role"], tidy(entry["content"])) for entry in entries)
    return Dialogue(messages, "smalltalk", tuple(entry.get("kind", "") for entry in entries))


def pair(said: str, answered: str, source: str) -> Dialogue:
    return Dialogue((Message("user", said), Message("assistant", answered)), source)


def tidy(text: str) -> str:
    """NFC, and single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def letters(text: str) -> str:
    """What is compared: without letter case, spaces and punctuation. Another form would deal every set out anew."""
    return "".join(character for character in text.casefold() if character.isalnum())


def texts(dialogues: Iterable[Dialogue]) -> Iterator[str]:
    """Everything that is said, for training a tokenizer."""
    for dialogue in dialogues:
        for message in dialogue.messages:
            yield message.content
