"""Markdown in, a body of plain text and spans out: called at every edit of an answer that is being written."""

from __future__ import annotations

import re
from collections.abc import Iterable

import mdurl
from markdown_it.token import Token

from bot.markup.grammar import blocks, inline
from bot.markup.page import Page, clean
from bot.markup.table import aligned
from bot.messages import Body, SpanKind

_EMPHASIS: dict[str, SpanKind] = {"strong": "bold", "em": "italic", "s": "strike"}
_BLANK_LINE = re.compile(r"^[^\S\n]+$", re.MULTILINE)
_LINKABLE = re.compile(r"https?://[^\s/?#]|mailto:[^\s@]+@[^\s@]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]*")
_LONGEST_URL = 1_000  # half a Discord message: with a longer one no word of the label would fit beside it


def render(source: str) -> Body:
    """What a model wrote as people shall see it.

    Total: any string goes in, half-written Markdown too. Text without Markdown comes out as it went in, but for what
    `clean` takes away, whitespace at both ends of a line, and blank lines beyond one.
    """
    source = _BLANK_LINE.sub("", clean(source))
    reader = _Reader(source.split("\n"))
    for token in blocks(source):
        reader.block(token)
    return reader.page.body()


class _Reader:
    """Walks over the tokens and writes the page; `_indents` holds one indentation for each list item around."""

    def __init__(self, lines: list[str]) -> None:
        self.page = Page()
        self._lines = lines
        self._indents: list[str] = []
        self._after_marker = False
        self._links: list[tuple[Token, int]] = []

    def block(self, token: Token) -> None:
        match token.type:
            case "paragraph_open":
                self._new_block(token)
            case "inline":
                self._text(inline(token.content))
            case "heading_open":
                self._new_block(token)
                self.page.open("bold")
            case "heading_close":
                self.page.close("bold")
            case "list_item_open":
                self._new_block(token)
                self._begin_item(f"{token.info}{token.markup}" if token.info else "•")
            case "list_item_close":
                self._indents.pop()
                self._after_marker = False
            # inside a list a quote would begin in the middle of a line, which no platform shows
            case "blockquote_open" if not self._indents:
                self.page.open("quote")
            case "blockquote_close" if not self._indents:
                self.page.close("quote")
            case "fence" | "code_block":
                self._new_block(token)
                self._code(token)
            case "table":
                self._new_block(token)
                self.page.pre(aligned(token.content.split("\n"), _plain))
            case "hr":
                self._new_block(token)
                self.page.write("———")

    def _new_block(self, token: Token) -> None:
        """Go to a new line, below a blank one where the source has one above; an item's first block needs neither."""
        if self._after_marker:
            self._after_marker = False
            return
        first = token.map[0] if token.map else 0
        apart = first > 0 and not self._lines[first - 1].strip(" \t>")
        self.page.break_line(2 if apart else 1, "".join(self._indents))

    def _begin_item(self, marker: str) -> None:
        # The number as the model wrote it: counting on from the first would turn the dates "2024. 5. 1." into 2025.
        self.page.mark(marker)
        self._indents.append(" " * (len(marker) + 1))
        self._after_marker = True

    def _code(self, token: Token) -> None:
        """A first line that names no language is part of what was written."""
        first, _, _ = token.info.strip().partition(" ")
        if _LANGUAGE.fullmatch(first) and token.content.strip():
            return self.page.pre(token.content, first)
        return self.page.pre(f"{token.info.strip()}\n{token.content}")

    def _text(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            self._word(token)

    def _word(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special":
                self.page.write(token.content)
            case "softbreak" | "hardbreak":
                self.page.break_line(1, "".join(self._indents))
            case "code_inline":
                self.page.code(token.content)
            case "link_open":
                self._begin_link(token)
            case "link_close":
                self._end_link()
            case "image":
                self._image(token)
            case _:
                self._emphasis(token)

    def _emphasis(self, token: Token) -> None:
        kind = _EMPHASIS[token.tag]
        if token.nesting > 0:
            self.page.open(kind)
        else:
            self.page.close(kind)

    def _begin_link(self, token: Token) -> None:
        self._links.append((token, self.page.length))
        if url := _url(token, "href"):
            self.page.open("link", url)

    def _end_link(self) -> None:
        """A label that shows nothing gives way to the address; an address that can't be a link is written out."""
        token, start = self._links.pop()
        empty = self.page.length == start
        if url := _url(token, "href"):
            if empty:
                self.page.write(url)
            self.page.close("link")
        elif token.markup != "autolink":
            self._write_address(_shown(token, "href"), alone=empty)

    def _image(self, token: Token) -> None:
        label = clean(_plain_text(token.children or ())).strip()
        if url := _url(token, "src"):
            self.page.open("link", url)
            self.page.write(label or url)
            self.page.close("link")
            return
        self.page.write(label)
        self._write_address(_shown(token, "src"), alone=not label)

    def _write_address(self, address: str, *, alone: bool) -> None:
        if address:
            self.page.write(address if alone else f" ({address})")


def _url(token: Token, attribute: str) -> str:
    """The address, "" if it is none that may be linked."""
    url = clean(str(token.attrs.get(attribute, "")))
    return url if len(url) <= _LONGEST_URL and _LINKABLE.match(url) else ""


def _shown(token: Token, attribute: str) -> str:
    return mdurl.decode(str(token.attrs.get(attribute, "")))


def _plain(markdown: str) -> str:
    return " ".join(clean(_plain_text(inline(markdown))).split())


def _plain_text(tokens: Iterable[Token]) -> str:
    """A stretch of text that can hold no spans: a table's cell, an image's label. Addresses follow in brackets."""
    parts: list[str] = []
    links: list[Token] = []
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "image":
                parts.append(f"{_plain_text(token.children or ())} ({_shown(token, 'src')})")
            case "link_open":
                links.append(token)
            case "link_close":
                token = links.pop()
                if token.markup != "autolink":
                    parts.append(f" ({_shown(token, 'href')})")
            case _:
                parts.append(token.content)
    return "".join(parts)
