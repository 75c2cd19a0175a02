"""The bytes of a text, Markdown or PDF file become sections of text; or one line says why they can't."""

from __future__ import annotations

import codecs
import logging
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import PurePath

from bot.errors import Unreadable
from bot.korean.folding import clean

LARGEST = 20 * 1024 * 1024  # bytes of a file, and characters of the text that unpacks from it
MOST_PAGES = 2000

_TEXT, _MARKDOWN, _PDF = {".txt", ".text"}, {".md", ".markdown"}, {".pdf"}
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)
_DECORATION = re.compile(r"[*`]|\s*\{#[^}]*\}\s*$")

# A broken PDF makes pypdf trip over what it expected to find: these are what it raises besides its own errors.
_TRIPPED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document: the headings over it, the outermost first, and its page from 1 (None: it has none)."""

    headings: tuple[str, ...]
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says."""

    title: str
    sections: tuple[Section, ...]


def parse(name: str, data: bytes) -> Document:
    """The document that `data` holds, read as the file's ending says.

    Raises Unreadable, whose text names no file: what is wrong, and how to mend it.
    """
    if len(data) > LARGEST:
        raise Unreadable(f"larger than {LARGEST // 2**20} MB: split it")
    path = PurePath(name)
    match path.suffix.lower():
        case ending if ending in _PDF:
            document = Document(clean(path.stem), tuple(_pages(data)))
        case ending if ending in _MARKDOWN:
            document = _markdown(clean(path.stem), decoded(data))
        case ending if ending in _TEXT:
            document = Document(clean(path.stem), (Section((), None, decoded(data)),))
        case _:
            raise Unreadable("expected a .txt, .md or .pdf file")
    if not any(section.text.strip() for section in document.sections):
        raise Unreadable("there is no text in it")
    return document


def decoded(data: bytes) -> str:
    """Text in UTF-8, in UTF-16 with its mark, or in CP949 (Korean Windows); raises Unreadable for anything else."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and (encoding != "cp949" or _mostly_korean(text)):
            return _tidy(text)
    raise Unreadable("neither UTF-8 nor CP949 text: save it as UTF-8")


def _mostly_korean(text: str) -> bool:
    """Many bytes that mean something else are CP949 as well, but then few of its characters are Hangul."""
    foreign = [letter for letter in text if letter > "\x7f"]
    return sum("가" <= letter <= "힣" for letter in foreign) * 2 >= len(foreign)


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return clean(_UNPRINTED.sub("", lines))


# ---- Markdown --------------------------------------------------------------------------------------


def _markdown(stem: str, text: str) -> Document:
    body = _FRONT_MATTER.sub("", text)
    lines = body.split("\n")
    marks = [*_headings(body), (len(lines), len(lines), 0, "")]
    sections = [Section((), None, "\n".join(lines[: marks[0][0]]))]
    path: list[tuple[int, str]] = []
    for (_, begins, level, heading), (ends, _, next_level, _) in pairwise(marks):
        path = [(outer, words) for outer, words in path if outer < level] + [(level, heading)]
        said = "\n".join(lines[begins:ends]).strip()
        if said or next_level <= level:  # a heading with nothing below it is a statement of its own
            sections.append(Section(tuple(words for _, words in path), None, said or heading))
    title = next((heading for _, _, level, heading in marks if level == 1), stem)
    return Document(title or stem, tuple(section for section in sections if section.text.strip()))


def _headings(body: str) -> Iterator[tuple[int, int, int, str]]:
    """First line, line after it, level (1-6) and words of each heading that stands in no list or quotation."""
    from markdown_it import MarkdownIt

    blocks = MarkdownIt("commonmark")
    blocks.core.ruler.disable("inline")
    tokens = blocks.parse(body)
    for opening, words in pairwise(tokens):
        if opening.type == "heading_open" and opening.level == 0 and opening.map:
            begins, ends = opening.map
            yield begins, ends, int(opening.tag[1:]), _DECORATION.sub("", words.content).strip()


# ---- PDF -------------------------------------------------------------------------------------------


def _pages(data: bytes) -> list[Section]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it complains of, our own line says

    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError
        if len(reader.pages) > MOST_PAGES:
            raise Unreadable(f"{len(reader.pages)} pages, at most {MOST_PAGES} are read: split it")
        pages = _texts(page.extract_text() for page in reader.pages)
    except (DependencyError, FileNotDecryptedError):
        raise Unreadable("the PDF is encrypted: save a copy without a password") from None
    except (PyPdfError, *_TRIPPED) as error:
        raise Unreadable(f"the PDF is damaged ({type(error).__name__}): export it anew") from None
    if not pages:
        raise Unreadable("the PDF holds pictures of pages only (a scan): let a text recognition (OCR) read it first")
    return pages


def _texts(pages: Iterator[str]) -> list[Section]:
    """The pages that have text, with their numbers."""
    sections, size = [], 0
    for number, text in enumerate(pages, 1):
        size += len(text)
        if size > LARGEST:
            raise Unreadable(f"more than {LARGEST:,} characters unpack from it: split it")
        if tidy := _tidy(text):
            sections.append(Section((), number, tidy))
    return sections
