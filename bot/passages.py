"""A document becomes passages short enough to quote, cut where sentences end; and how they are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.documents import Document

SHORT, LONG = 400, 700  # characters of a passage; only the end of a section may be shorter

# Where a text may be cut, the best place first: after each of these.
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(
    r"(?:(?<=[^\d\s][.!?…])|(?<=[.!?…][\"'”’」』)])|。)\s+|\n(?=\s*(?:[-*•·○●▪|※]|\d+[.)]|[가-하][.)]|[①-⑳]))"
)
_LINE = re.compile(r"\n")
_WORD = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """A passage before anybody asked: `where` is the way to it through the document, "" when there is none."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that matches a question. `document`: its file, relative to the folder. A higher `score` fits better."""

    document: str
    where: str
    text: str
    score: float

    @property
    def source(self) -> str:
        """What people are told: "환불.md, 환불 규정 > 교환"."""
        return f"{self.document}, {self.where}" if self.where else self.document


def parts(document: Document) -> Iterator[Part]:
    """The document's passages, in its order."""
    for section in document.sections:
        page = f"p. {section.page}" if section.page else ""
        where = " > ".join(filter(None, (*section.headings, page)))
        for text in split(section.text):
            yield Part(where, text)


def split(text: str) -> list[str]:
    """Cut a text into stretches of at most LONG characters, the last one of any length, none within a word.

    Nothing but blank space between two stretches is lost. A "word" longer than LONG is none and is cut.
    """
    found, begin, end = [], 0, len(text)
    while end - begin > LONG:
        cut = _cut(text, begin)
        found.append(text[begin:cut].strip())
        begin = cut
    found.append(text[begin:].strip())
    return [stretch for stretch in found if stretch]


def quoted(passages: Sequence[Passage]) -> str:
    """The passages for a prompt: numbered, one line each with its source. Data: nothing in them begins a line.

    >>> print(quoted([Passage("환불.md", "기한", "이레 안에\\n됩니다.", 1.0)]))
    > [1] (환불.md, 기한) 이레 안에 됩니다.
    """
    lines = (
        f"> [{number}] ({_one_line(passage.source)}) {_one_line(passage.text)}"
        for number, passage in enumerate(passages, 1)
    )
    return "\n".join(lines)


def _cut(text: str, begin: int) -> int:
    """Where the stretch from `begin` shall end: the end of its first long paragraph, else of its last sentence …"""
    window = range(begin + SHORT, begin + LONG + 1)
    if paragraph := next(_borders(_PARAGRAPH, text, window), None):
        return paragraph
    for border in (_SENTENCE, _LINE, _WORD):
        if cuts := list(_borders(border, text, window)):
            return cuts[-1]
    words = list(_borders(_WORD, text, range(begin + 1, window.stop)))
    return words[-1] if words else begin + LONG


def _borders(border: re.Pattern[str], text: str, window: range) -> Iterator[int]:
    """The ends, within the window, of stretches that are followed by `border`."""
    # One letter earlier, because a border may look back at what stands before it.
    for match in border.finditer(text, max(window.start - 1, 0), min(window.stop + 1, len(text))):
        if match.start() in window:
            yield match.start()


def _one_line(text: str) -> str:
    return " ".join(text.split())
