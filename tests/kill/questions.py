"""What is asked, what the model answers, and how a text that people see is told from an unfinished one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TIME = "지금 몇 시야"  # a command, answered without the model
_TOLD_TIME = "지금은 "
_APOLOGY = "죄송해요, 이 말에는"
_ASKED = re.compile(r"#(\d+)#(\d+)#")
_BEGIN = re.compile(r"〔(\d+)·(\d+)〕")
_END = re.compile(r"〔/(\d+)·(\d+)〕")


@dataclass(frozen=True, slots=True)
class Question:
    """A numbered message whose answer has so many paragraphs."""

    number: int
    paragraphs: int

    @property
    def text(self) -> str:
        return f"{self.number}번 질문이야 #{self.number}#{self.paragraphs}#"


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of the bot's, as people see it at the end. `history` is all that it ever said."""

    text: str
    stoppable: bool  # it has the button that only an answer in the making has
    history: tuple[str, ...]


def asked_in(prompt: str) -> Question | None:
    """The question in a prompt's last message."""
    found = _ASKED.search(prompt)
    return Question(int(found[1]), int(found[2])) if found else None


def answer(question: Question) -> str:
    """The same answer each time, naming the question in every paragraph."""
    number = question.number
    return "\n\n".join(
        f"〔{number}·{part}〕 이것은 {number}번 질문에 대한 답의 {part}째 문단이에요. "
        + "가나다라 마바사 " * (12 if question.paragraphs > 1 else 1)
        + f"〔/{number}·{part}〕"
        for part in range(1, question.paragraphs + 1)
    )


def pieces(text: str, count: int) -> Iterator[str]:
    """The text in about so many stretches."""
    size = max(1, -(-len(text) // count))
    return (text[at : at + size] for at in range(0, len(text), size))


def begun(text: str) -> list[int]:
    """The questions whose paragraphs begin in this text."""
    return [int(number) for number, _ in _BEGIN.findall(text)]


def ended(text: str) -> list[tuple[int, int]]:
    """Question and paragraph, for each that ends in this text."""
    return [(int(number), int(part)) for number, part in _END.findall(text)]


def tells_time(text: str) -> bool:
    return text.startswith(_TOLD_TIME)


def apologises(text: str) -> bool:
    return text.startswith(_APOLOGY)
