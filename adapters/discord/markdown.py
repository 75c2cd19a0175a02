"""A body as Discord Markdown: what is rendered says exactly the body's text.

Discord's rules are those of its client's parser. Where a look and the exact text can't both be had, the look goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from bot.messages import Body, Span, SpanKind

_URL = r"(?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s]"
_MARK = r"[\\*_`\[]|\|(?=\|)|(?<=\|)\||~|<(?! )|@(?=everyone|here)"
_SPECIAL = re.compile(f"(?P<url>{_URL})|{_MARK}")
_INSIDE = re.compile(f"{_MARK}|:(?=//)")  # "http\\://" is no address
# What makes a heading, small print, a quote or a list out of a line
_BLOCK = re.compile(
    r"^[^\S\n]*(?:(?P<sign>#(?=#{0,2}(?:\s|$))|>(?=(?:>>)?(?:\s|$))|[-+](?=\s|$)|-(?=#(?:\s|$)))|\d+(?P<dot>\.)(?=\s|$))",
    re.MULTILINE,
)
_LANGUAGE = re.compile(r"[a-z0-9_+\-.#]+", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+")
_NOT_IN_ADDRESS = re.compile(r"[\s()<>*~|`\\\"'\[\]]")
_BLANK = re.compile(r"\s")
_MARKS: Mapping[SpanKind, str] = {"strike": "~~", "bold": "**", "italic": "_"}  # the outermost first


def emit(body: Body) -> str:
    """The source to send; its length is what Discord counts."""
    return "".join(_Page(body).parts())


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of one line that looks the same all over."""

    start: int
    end: int
    styles: frozenset[str]
    code: bool
    link: str


class _Page:
    """A body on its way into Markdown."""

    def __init__(self, body: Body) -> None:
        self.text = body.text
        spans = [span for span in body.spans if 0 <= span.start < span.end <= len(body.text)]
        self._quotes = [span for span in spans if span.kind == "quote"]
        self._fences = self._fenced(spans)
        self._widen_quotes()
        self._inline = _united([span for span in spans if self._shapes_a_line(span)])
        self._escaped = self._escapes()

    def parts(self) -> Iterator[str]:
        at = 0
        for fence in self._fences:
            yield from self._lines(at, fence.start)
            yield self._block(fence)
            at = fence.end
        yield from self._lines(at, len(self.text))

    # ---- blocks ------------------------------------------------------------------------------------

    def _fenced(self, spans: Sequence[Span]) -> list[Span]:
        """Code blocks without the newlines at their ends, which a fence would swallow; none that could break out."""
        fences: list[Span] = []
        for span in sorted((span for span in spans if span.kind == "pre"), key=lambda span: span.start):
            code = self.text[span.start : span.end]
            start = span.start + len(code) - len(code.lstrip("\n"))
            end = span.end - len(code) + len(code.rstrip("\n"))
            overlaps = bool(fences) and start <= fences[-1].end
            if code.strip() and "```" not in code and not overlaps:
                fences.append(Span("pre", start, end, span.value))
        return fences

    def _widen_quotes(self) -> None:
        """A code block is quoted as a whole or not at all."""
        for fence in (*reversed(self._fences), *self._fences):
            if self._quoted(fence.start, fence.end):
                self._quotes.append(Span("quote", fence.start, fence.end))

    def _block(self, fence: Span) -> str:
        language = fence.value if _LANGUAGE.fullmatch(fence.value) else ""
        begin = self._prefix(fence.start) if self._begins_line(fence.start) else ""
        newline = "\n" + self._prefix(fence.start)
        code = self.text[fence.start : fence.end].replace("\n", newline)
        return f"{begin}```{language}{newline}{code}{newline}```"

    def _begins_line(self, at: int) -> bool:
        return at == 0 or self.text[at - 1] == "\n"

    def _prefix(self, at: int) -> str:
        return "> " if self._quoted(at, at) else ""

    def _quoted(self, first: int, last: int) -> bool:
        """Does a quote touch the lines that hold `first` to `last`?"""
        if not self._quotes:
            return False
        start = self.text.rfind("\n", 0, first) + 1
        end = self.text.find("\n", last)
        end = max(len(self.text) if end < 0 else end, start + 1)
        return any(quote.start < end and quote.end > start for quote in self._quotes)

    # ---- lines -------------------------------------------------------------------------------------

    def _lines(self, start: int, end: int) -> Iterator[str]:
        for line in re.finditer(r"[^\n]*\n|[^\n]+", self.text[start:end]):
            at = start + line.start()
            stop = start + line.end()
            newline = "\n" if line.group().endswith("\n") else ""
            yield self._prefix(at) if self._begins_line(at) else ""
            pieces = self._strikable(list(self._pieces(at, stop - len(newline))))
            yield self._styled(pieces, tuple(_MARKS), "", pieces)
            yield newline

    def _pieces(self, start: int, end: int) -> Iterator[_Piece]:
        spans = [span for span in (self._within(span, start, end) for span in self._inline) if span]
        cuts = sorted({start, end, *(span.start for span in spans), *(span.end for span in spans)})
        for first, last in pairwise(cuts):
            here = [span for span in spans if span.start <= first < span.end]
            code = any(span.kind == "code" for span in here)
            link = next((span.value for span in here if span.kind == "link"), "")
            styles = frozenset() if code else frozenset(span.kind for span in here if span.kind in _MARKS)
            yield _Piece(first, last, styles, code, "" if code else link)

    def _strikable(self, pieces: Sequence[_Piece]) -> list[_Piece]:
        """The pieces, none struck out up to a "~": that rule knows no escapes, and "~~a\\~~~" would end too early."""
        kept: list[_Piece] = []
        for struck, group in groupby(pieces, key=lambda piece: "strike" in piece.styles):
            run = list(group)
            if struck and self.text[run[-1].end - 1] == "~":
                run = [replace(piece, styles=piece.styles - {"strike"}) for piece in run]
            kept += run
        return kept

    def _within(self, span: Span, start: int, end: int) -> Span | None:
        """The part of a span that lies in a line, without blanks at its ends, where marks don't work."""
        start, end = max(start, span.start), min(end, span.end)
        look = self.text[start:end]
        if not look.strip():
            return None
        start, end = start + len(look) - len(look.lstrip()), end - len(look) + len(look.rstrip())
        return Span(span.kind, start, end, span.value)

    def _styled(self, pieces: Sequence[_Piece], styles: Sequence[SpanKind], before: str, line: Sequence[_Piece]) -> str:
        """Pieces of a line with their marks, strike outside bold outside italic: so they always nest."""
        if not styles:
            same = groupby(pieces, key=lambda piece: (piece.code, piece.link))
            return "".join(self._plain(list(alike)) for _, alike in same)
        style, *inner = styles
        written = ""
        for has, group in groupby(pieces, key=lambda piece: style in piece.styles):
            run = list(group)
            mark = _MARKS[style] if has else ""
            text = self._styled(run, inner, before + written + mark, line)
            if has and style == "italic":
                mark = self._italic_mark(text, run, before + written, line)
            written += f"{mark}{text}{mark}"
        return written

    def _italic_mark(self, text: str, run: Sequence[_Piece], before: str, line: Sequence[_Piece]) -> str:
        """ "_" ends only before a blank or a sign (Korean counts as one), "*" must not touch another "*"."""
        end, styles = run[-1].end, run[-1].styles
        after = next((piece.styles for piece in line if piece.start == end), frozenset[str]())
        changes = (styles ^ after) & {"bold", "strike"}
        following = "" if changes else self.text[end : end + 1]
        word = following.isascii() and (following.isalnum() or following == "_")
        if not word and not before.endswith(("_", "~~")):
            return "_"
        star_follows = "bold" in changes or (changes and "bold" in styles)
        return "" if star_follows or before.endswith("*") or text != text.strip() else "*"

    def _plain(self, pieces: Sequence[_Piece]) -> str:
        start, end, first = pieces[0].start, pieces[-1].end, pieces[0]
        if first.code:
            return _code(self.text[start:end]) or self._escape(start, end, all_of_it=True)
        label = self._escape(start, end)
        if not first.link:
            return label
        address = _NOT_IN_ADDRESS.sub(
            lambda sign: "".join(f"%{byte:02X}" for byte in sign.group().encode()), first.link
        )
        address = address.replace("_", "%5F") if "italic" in first.styles else address
        if not _WEB.fullmatch(address):
            return label
        plain = self.text[start:end]
        return f"{label} (<{address}>)" if "://" in plain or "[" in plain or "]" in plain else f"[{label}]({address})"

    # ---- signs that must not act -------------------------------------------------------------------

    def _shapes_a_line(self, span: Span) -> bool:
        if span.kind in ("pre", "quote"):
            return False
        # An address that is its own label needs no link: Discord finds it
        itself = span.kind == "link" and self.text[span.start : span.end].rstrip("/") == span.value.rstrip("/")
        return not itself and not any(fence.start <= span.end and span.start <= fence.end for fence in self._fences)

    def _escapes(self) -> frozenset[int]:
        """Where a backslash goes."""
        found: set[int] = set()
        for block in _BLOCK.finditer(self.text):
            found.add(block.start("sign") if block["sign"] else block.start("dot"))
        struck = any(span.kind == "strike" for span in self._inline)
        for sign in _SPECIAL.finditer(self.text):
            if sign["url"] and not self._clickable(sign):
                found.update(inside.start() for inside in _INSIDE.finditer(self.text, *sign.span()))
            elif not sign["url"] and (sign.group() != "~" or struck or self._doubled(sign.start())):
                found.add(sign.start())
        return frozenset(found)

    def _doubled(self, at: int) -> bool:
        return "~" in (self.text[at - 1 : at], self.text[at + 1 : at + 2])

    def _clickable(self, url: re.Match[str]) -> bool:
        """May an address stay as it is? In Discord it swallows every sign up to the next blank or "<", ours as well."""
        start, end = url.span()
        around = [span for span in self._inline if span.start <= start < span.end]
        blank = _BLANK.search(self.text, end)
        stop = min([blank.start() if blank else len(self.text), *(span.end for span in around)])
        edges = {edge for span in self._inline for edge in (span.start, span.end)}
        fenced = any(start < fence.start <= stop or start < fence.end < stop for fence in self._fences)
        if fenced or end > stop or "<" in self.text[end:stop] or any(start < edge < stop for edge in edges):
            return False
        if not around:
            return True
        return all(span.kind == "bold" for span in around) and not set(url.group()) & set("*\\`~|")

    def _escape(self, start: int, end: int, *, all_of_it: bool = False) -> str:
        found = self._escaped
        if all_of_it:
            return "".join(f"\\{sign}" if sign in "\\*_`[]<>|~@:#-+." else sign for sign in self.text[start:end])
        return "".join(f"\\{sign}" if at in found else sign for at, sign in enumerate(self.text[start:end], start))


def _united(spans: Sequence[Span]) -> list[Span]:
    """Spans of which no two alike touch."""
    united: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.kind, span.value, span.start)):
        last = united[-1] if united else None
        if last and (last.kind, last.value) == (span.kind, span.value) and span.start <= last.end:
            united[-1] = replace(last, end=max(last.end, span.end))
        else:
            united.append(span)
    return united


def _code(text: str) -> str | None:
    """Inline code behind a fence that its text doesn't hold; None where Discord has no way to say it."""
    runs = {len(run) for run in re.findall("`+", text)}
    fence = next((mark for mark in ("`", "``") if len(mark) not in runs), None)
    if fence is None:
        return None
    return f"{fence}{' ' if text[0] == '`' else ''}{text}{' ' if text[-1] == '`' else ''}{fence}"
