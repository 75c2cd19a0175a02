"""What Discord renders says exactly what the body says."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.discord.markdown import emit
from bot.messages import Body, Span, SpanKind

# ---- a small model of how Discord's client reads a message --------------------------------------

_INLINE = [
    ("code", re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")),
    ("em", re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])")),
    (
        "em",
        re.compile(r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"),
    ),
    ("strong", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("underline", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("strike", re.compile(r"~~([\s\S]+?)~~(?!_)")),
    ("spoiler", re.compile(r"\|\|([\s\S]+?)\|\|")),
]
_FENCE = re.compile(r"```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```", re.IGNORECASE)
_QUOTE = re.compile(r" *>>> [\s\S]*| *> [^\n]*(?:\n *> [^\n]*)*")
_LINE = re.compile(r"\s*#{1,3}\s+|\s*-#\s+| *(?:[*+-]|\d+\.)\s")
_LINK = re.compile(r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?\s*\)")
_AUTOLINK = re.compile(r"<([^: >]+:/[^ >]+)>")
_ADDRESS = re.compile(r"(?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s]")
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w+:|t:|/\w+:|id:)[^>]*>|@everyone|@here")


def shown(source: str, looks: set[str] | None = None, *, line_start: bool = True) -> str:
    """The text that people see; `looks` gathers the looks on the way."""
    seen: set[str] = looks if looks is not None else set()
    text = ""
    while source:
        if line_start and (quote := _QUOTE.match(source)):
            seen.add("quote")
            text += shown(re.sub(r"(?m)^ *> ?", "", quote.group()), seen)
            source, line_start = source[quote.end() :], False
        elif line_start and (block := _LINE.match(source)):
            text += "[block]"
            source, line_start = source[block.end() :], False
        elif escaped := re.match(r"\\([^0-9A-Za-z\s])", source):
            text += escaped[1]
            source, line_start = source[2:], False
        elif fence := _FENCE.match(source):
            seen.add(f"pre {fence[1] or ''}".strip())
            text += fence[2]
            source, line_start = source[fence.end() :], False
        elif address := _ADDRESS.match(source):
            seen.add(f"address {address.group()}")
            text += address.group()
            source, line_start = source[address.end() :], False
        elif auto := _AUTOLINK.match(source):
            seen.add(f"address {auto[1]}")
            text += auto[1]
            source, line_start = source[auto.end() :], False
        elif mention := _MENTION.match(source):
            text += "[mention]"
            source, line_start = source[mention.end() :], False
        elif link := _LINK.match(source):
            seen.add(f"link {link[2]}")
            text += shown(link[1], seen, line_start=False)
            source, line_start = source[link.end() :], False
        elif styled := _longest(source):
            kind, found = styled
            seen.add(kind)
            text += _code(found[2]) if kind == "code" else shown(found[1], seen, line_start=False)
            source, line_start = source[found.end() :], False
        else:
            text += source[0]
            line_start, source = source[0] == "\n", source[1:]
    return text


def _longest(source: str) -> tuple[str, re.Match[str]] | None:
    found = [(kind, match) for kind, rule in _INLINE if (match := rule.match(source))]
    return max(found, key=lambda each: each[1].end(), default=None)


def _code(text: str) -> str:
    return re.sub(r"^ *(?=`)|(?<=`) *$", "", text)


# ---- any text, any spans --------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *"*_~`|>#-+.1<@[]()\\: \n가aB!",
        *("**", "__", "~~", "```", "||", "# ", "- ", "> ", "-# ", "1. ", "http://a.b/c_d", "https://x.y", "<@1>"),
        *("@everyone", "[a](http://b)", "안녕", "snake_case", "<:e:1>", "~", "`", "word "),
    ]
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=14).map("".join)
_KINDS: list[SpanKind] = ["bold", "italic", "strike", "code", "pre", "quote"]


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    text = draw(_TEXTS)
    places = st.integers(0, len(text))
    span = st.builds(
        lambda kind, a, b: Span(kind, min(a, b), max(a, b), "py" if kind == "pre" else ""),
        st.sampled_from(_KINDS),
        places,
        places,
    )
    return Body(text, tuple(draw(st.lists(span, max_size=4))))


@settings(max_examples=300)
@given(bodies())
@example(Body("a*b", (Span("bold", 0, 1), Span("italic", 1, 3))))
@example(Body("http://a.b/c_d", (Span("bold", 12, 14),)))
@example(Body("a~", (Span("strike", 0, 2),)))
def test_whatever_it_is_people_read_exactly_the_text(body: Body) -> None:
    assert _squeezed(shown(emit(body))) == _squeezed(body.text)


def _squeezed(text: str) -> str:
    """Text without the blanks at the ends of lines, which nobody sees."""
    return re.sub(r"[^\S\n]+(?=\n|$)", "", text)


# ---- looks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "look"),
    [("bold", "strong"), ("italic", "em"), ("strike", "strike"), ("code", "code"), ("pre", "pre"), ("quote", "quote")],
)
def test_every_look_is_seen(kind: SpanKind, look: str) -> None:
    looks: set[str] = set()
    assert shown(emit(Body("앞 글자 뒤", (Span(kind, 2, 4),))), looks) == "앞 글자 뒤"
    assert looks == {look}


def test_bold_and_italic_may_overlap() -> None:
    body = Body("abcdef", (Span("bold", 0, 4), Span("italic", 2, 6)))
    assert emit(body) == "**ab_cd_**_ef_"


def test_a_korean_particle_may_follow_italic_text() -> None:
    assert emit(Body("강조는", (Span("italic", 0, 2),))) == "_강조_는"


def test_a_style_does_not_cross_a_line() -> None:
    assert emit(Body("가\n나", (Span("bold", 0, 3),))) == "**가**\n**나**"


def test_a_code_block_keeps_its_language_and_its_signs() -> None:
    body = Body("코드:\na*b_c\n끝", (Span("pre", 4, 9, "python"),))
    assert emit(body) == "코드:\n```python\na*b_c\n```\n끝"


def test_code_can_not_break_out_of_its_block() -> None:
    body = Body("```\n@everyone", (Span("pre", 0, 13),))
    looks: set[str] = set()
    assert shown(emit(body), looks) == body.text
    assert not looks


def test_code_with_a_backtick_gets_a_longer_fence() -> None:
    assert emit(Body("a`b", (Span("code", 0, 3),))) == "``a`b``"


def test_a_link_hides_its_address() -> None:
    assert emit(Body("여기 보세요", (Span("link", 0, 2, "https://a.b/c(d)"),))) == "[여기](https://a.b/c%28d%29) 보세요"


def test_an_address_that_is_its_own_label_stays_bare() -> None:
    assert emit(Body("https://a.b/x_y_z", (Span("link", 0, 17, "https://a.b/x_y_z"),))) == "https://a.b/x_y_z"


def test_a_label_that_looks_like_another_address_shows_both() -> None:
    body = Body("https://bank.kr", (Span("link", 0, 15, "https://evil.kr"),))
    assert emit(body) == r"https\://bank.kr (<https://evil.kr>)"


def test_an_address_of_another_kind_is_no_link() -> None:
    assert emit(Body("여기", (Span("link", 0, 2, "javascript:alert(1)"),))) == "여기"


@pytest.mark.parametrize("text", ["https://a.b/snake_case_name", "보기(https://a.b/c_d).", "**https://a.b"])
def test_a_bare_address_stays_clickable(text: str) -> None:
    looks: set[str] = set()
    assert shown(emit(Body(text)), looks) == text
    assert any(look.startswith("address https://a.b") for look in looks)


def test_a_bold_address_stays_clickable() -> None:
    assert emit(Body("https://a.b/c_d.", (Span("bold", 0, 15),))) == "**https://a.b/c_d**."


def test_nobody_is_called() -> None:
    assert emit(Body("@everyone <@123> <#4>")) == r"\@everyone \<@123> \<#4>"


def test_ordinary_korean_stays_as_it_is() -> None:
    text = "안녕~ 3-5시에 봐요! (a < b) #태그 -5도 1.5배 'x' \"y\""
    assert emit(Body(text)) == text


def test_a_quote_marks_each_of_its_lines() -> None:
    assert emit(Body("가\n나\n다", (Span("quote", 0, 3),))) == "> 가\n> 나\n다"
