"""Which Markdown is understood: CommonMark with tables and strikethrough, made safe for chats and for Korean.

Four deviations, each of which would lose or garble what a model wrote:
- link reference definitions and headings underlined with - or = are off: the first vanish, and the second turn the
  paragraph above into a heading as soon as a streamed list has shown its first "-";
- a quote needs a space after its ">", so that ">_<" stays a face;
- emphasis may end or begin between a sign and a Korean letter: **한국(Korea)**은;
- containers nest 6 deep, brackets 4: what is deeper stays literal (markdown-it would drop it, or take long).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.parser_inline import RuleFuncInlineType
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

_DEEPEST_LEVEL = 12  # a list and its item are two levels; below markdown-it's own 20, past which it drops text
_DEEPEST_BRACKET = 4  # markdown-it walks a run of [ once for each level that it may nest
_LONGEST_CACHED = 2_000

_WIDE_LETTER = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fff\u3040-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def blocks(source: str) -> list[Token]:
    """The blocks in order; a token of type "inline" holds a stretch of text for `inline`."""
    return _block_parser().parse(source)


def inline(content: str) -> tuple[Token, ...]:
    """A paragraph's text as tokens. An answer that is being written is read at every edit: old paragraphs are kept."""
    return _kept_inline(content) if len(content) <= _LONGEST_CACHED else _inline(content)


@lru_cache(maxsize=256)
def _kept_inline(content: str) -> tuple[Token, ...]:
    return _inline(content)


def _inline(content: str) -> tuple[Token, ...]:
    parser = _inline_parser()
    line = _Line(content, parser, {}, [])
    parser.inline.tokenize(line)
    for rule in parser.inline.ruler2.getRules(""):
        rule(line)
    return tuple(line.tokens)


@cache
def _inline_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST_BRACKET})
    parser.enable("strikethrough").disable("html_inline")
    parser.inline.ruler.at("link", _closable(link))
    parser.inline.ruler.at("image", _closable(image))
    return parser


@cache
def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable("table").disable(["reference", "lheading", "html_block", "normalize", "inline", "text_join"])
    rules = parser.block.ruler
    rules.at("table", _table, {"alt": ["paragraph"]})
    rules.at("blockquote", _shallow(_quote), {"alt": ["paragraph", "blockquote", "list"]})
    rules.at("list", _shallow(list_block), {"alt": ["paragraph", "blockquote"]})
    return parser


def _shallow(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    def shallow(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < _DEEPEST_LEVEL and rule(state, start, end, silent)

    return shallow


def _closable(rule: RuleFuncInlineType) -> RuleFuncInlineType:
    """Without link definitions, only what "](" follows can be a link: spares the search from each bracket."""

    def closable(state: StateInline, silent: bool) -> bool:
        hopeless = isinstance(state, _Line) and state.pos > state.last_link
        return not hopeless and rule(state, silent)

    return closable


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    sign = state.bMarks[start] + state.tShift[start]
    if state.src[sign + 1 : sign + 2] not in ("", " ", "\t", "\n", ">"):
        return False
    return blockquote(state, start, end, silent)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table as one token of its raw lines: markdown-it's own tokens drop the cells that a row has too many."""
    if not table(state, start, end, True):
        return False
    if silent:
        return True
    line = start + 2
    while line < end and _continues_table(state, line, end):
        line += 1
    token = state.push("table", "", 0)
    token.content = state.getLines(start, line, state.blkIndent, False)
    token.map = [start, line]
    state.line = line
    return True


def _continues_table(state: StateBlock, line: int, end: int) -> bool:
    if state.sCount[line] < state.blkIndent or state.isEmpty(line) or state.is_code_block(line):
        return False
    return not any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("blockquote"))


class _Line(StateInline):
    def __init__(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> None:
        super().__init__(src, md, env, outTokens)
        self.last_link = src.rfind("](")

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """CommonMark wants a space between a sign and a letter outside the emphasis; Korean particles leave none."""
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return scanned
        after = start + scanned.length
        left = self.src[start - 1] if start else " "
        right = self.src[after] if after < self.posMax else " "
        can_open = scanned.can_open or (bool(_WIDE_LETTER.match(left)) and not right.isspace())
        can_close = scanned.can_close or (bool(_WIDE_LETTER.match(right)) and not left.isspace())
        return Scanned(can_open, can_close, scanned.length)
