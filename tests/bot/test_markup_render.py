"""The model's Markdown as people see it: what becomes bold, a list, code; what stays as it was written."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markup import render
from bot.markup.page import clean
from tests.markup_fuzz import SNIPPETS, well_formed

DOCUMENTS = st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=5)), max_size=25).map("".join)
# No letter that Markdown knows, and no digits, which may begin a list; no line may begin like indented code.
PLAIN = st.text(
    "가나각힣 ᄀ\u1161\u11a8é\u0301abZ ,.!?…“”'\"()\n\n\t\u3000\u00a0👨\u200d👩🇰🇷\u200b\x00\ud800\r"
).filter(lambda text: not re.search(r"^(?: {4}| {0,3}\t)", clean(text), re.MULTILINE))


def looks(source: str) -> tuple[str, list[tuple[str, str, str]]]:
    body = render(source)
    return body.text, [(span.kind, body.text[span.start : span.end], span.value) for span in body.spans]


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        (
            "**굵게** *기울여* ~~그어~~",
            "굵게 기울여 그어",
            [("bold", "굵게"), ("italic", "기울여"), ("strike", "그어")],
        ),
        ("## 제목\n글", "제목\n글", [("bold", "제목")]),
        ("## 제목 **둘**", "제목 둘", [("bold", "제목 둘")]),
        ("**`코드` 쓰기**", "코드 쓰기", [("code", "코드"), ("bold", "쓰기")]),
        ("**앞 `코드` 뒤**", "앞 코드 뒤", [("bold", "앞"), ("code", "코드"), ("bold", "뒤")]),
        ("- 하나\n- 둘\n  - 안\n    쪽", "• 하나\n• 둘\n  • 안\n    쪽", []),
        ("3. 셋\n4. 넷\n\n   글", "3. 셋\n4. 넷\n\n   글", []),
        ("하나\n\n\n\n둘\n셋", "하나\n\n둘\n셋", []),
        ("위\n---\n아래", "위\n———\n아래", []),
        ("> 인용\n> > 더\n\n글", "인용\n더\n\n글", [("quote", "인용\n더")]),
        ("> 위\n>\n> ```\n> x\n> ```\n> 밑", "위\n\nx\n밑", [("quote", "위"), ("pre", "x"), ("quote", "밑")]),
        ("&lt;b&gt; <b>굵게</b>", "<b> <b>굵게</b>", []),
        (r"\*별\*", "*별*", []),
    ],
)
def test_markdown_becomes_plain_text_and_spans(source: str, text: str, spans: list[tuple[str, str]]) -> None:
    shown, found = looks(source)
    assert (shown, [(kind, stretch) for kind, stretch, _ in found]) == (text, spans)


@pytest.mark.parametrize(
    "kept",
    ["2024. 5. 1.\n2024. 5. 2.", "1. 하나\n1. 또 하나", ">_< 아이", "안녕~~ 반가워", "3 * 4 * 5", "snake_case_name"],
)
def test_what_only_looks_like_markdown_stays_as_written(kept: str) -> None:
    assert looks(kept) == (kept, [])


@pytest.mark.parametrize("source", ["**한국(Korea)**은", "이것은**“말”**이다", "**'서울'**의"])
def test_bold_ends_between_a_sign_and_a_particle(source: str) -> None:
    assert [kind for kind, _, _ in looks(source)[1]] == ["bold"]


@pytest.mark.parametrize(
    ("source", "text", "url"),
    [
        ("[기상청](https://kma.go.kr/a)", "기상청", "https://kma.go.kr/a"),
        ("[`코드`](http://a.kr)", "코드", "http://a.kr"),
        ("[](http://a.kr)", "http://a.kr", "http://a.kr"),
        ("<https://a.kr>", "https://a.kr", "https://a.kr"),
        ("![그림](https://a.kr/p.png)", "그림", "https://a.kr/p.png"),
        ("[편지](mailto:a@b.kr)", "편지", "mailto:a@b.kr"),
    ],
)
def test_an_address_becomes_a_link(source: str, text: str, url: str) -> None:
    assert looks(source) == (text, [("link", text, url)])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("[이것](tg://user?id=1)", "이것 (tg://user?id=1)"),
        ("[이것](/한국)", "이것 (/한국)"),
        ("![그림](x.png)", "그림 (x.png)"),
        ("[이것](javascript:x)", "[이것](javascript:x)"),
        ("[가](https://a.kr/" + "a" * 2000 + ")", "가 (https://a.kr/" + "a" * 2000 + ")"),
        ("[a]: https://a.kr", "[a]: https://a.kr"),
    ],
)
def test_any_other_address_is_written_out(source: str, text: str) -> None:
    assert looks(source) == (text, [])


def test_code_keeps_its_indentation_and_language() -> None:
    assert looks("보기:\n```python\n    x = 1\n\n        y\n```\n끝") == (
        "보기:\n    x = 1\n\n        y\n끝",
        [("pre", "    x = 1\n\n        y", "python")],
    )


def test_code_that_is_still_being_written_reaches_to_the_end() -> None:
    assert looks("```python\nx = 1\n**y") == ("x = 1\n**y", [("pre", "x = 1\n**y", "python")])


def test_emphasis_that_is_still_open_is_literal() -> None:
    assert looks("이것은 **아직") == ("이것은 **아직", [])


def test_words_after_a_fence_that_name_no_language_are_code() -> None:
    assert looks("```안녕 이것은\n코드\n```") == ("안녕 이것은\n코드", [("pre", "안녕 이것은\n코드", "")])


def test_a_table_has_aligned_columns_and_loses_no_cell() -> None:
    text, spans = looks("| 이름 | 값 |\n|:--|--:|\n| 가나다 | 10 | **더** |\n| a | [b](http://c.kr) |")
    assert text.split("\n") == [
        "이름   |              값",
        "-------+-----------------+---",
        "가나다 |              10 | 더",
        "a      | b (http://c.kr)",
    ]
    assert spans == [("pre", text, "")]


def test_deep_nesting_stays_literal_rather_than_vanish() -> None:
    assert "끝" in render("> " * 60 + "끝").text
    assert "끝" in render("\n".join("  " * depth + "- 안" for depth in range(40)) + "끝").text


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "*",
        "**a ",
        "_",
        "~~a",
        "`",
        "a`b``",
        "> ",
        "- ",
        "[a](",
        "[](",
        "<",
        "&",
        "\\",
        "|a\n|-\n",
        "*_",
        "- a\n",
        "```\n",
    ],
)
def test_ten_thousand_signs_take_no_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    # Quadratic ones took 3 to 9 s; linear ones take 0.07 s at most. Best of three: garbage collection takes its own.
    assert min(_took(text) for _ in range(3)) < 1.0


def test_a_wide_table_with_many_short_rows_takes_no_time() -> None:
    table = "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|b\n" * 2000
    assert min(_took(table) for _ in range(3)) < 0.5  # markdown-it's own rule fills in 65,000 cells: 0.8 s
    assert len(render(table).text) < 20_000


def _took(text: str) -> float:
    began = time.process_time()
    render(text)
    return time.process_time() - began


@settings(deadline=None)
@given(DOCUMENTS)
def test_whatever_comes_in_the_spans_are_well_formed(source: str) -> None:
    assert well_formed(render(source))


@settings(deadline=None)
@given(st.text())
def test_any_string_renders(source: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", render(source).text)


@settings(max_examples=30, deadline=None)
@given(DOCUMENTS)
def test_every_prefix_of_a_document_renders(source: str) -> None:
    assert all(well_formed(render(source[:end])) for end in range(len(source) + 1))


@settings(deadline=None)
@given(PLAIN)
def test_text_without_markdown_renders_to_itself(source: str) -> None:
    lines = "\n".join(line.strip() for line in clean(source).split("\n"))
    assert render(source).text == re.sub(r"\n{3,}", "\n\n", lines).strip()
    assert render(source).spans == ()


@settings(deadline=None)
@given(st.text("가나 b*_~`#>|+-\n", max_size=60).filter(lambda text: "``" not in text and "~~~" not in text))
def test_no_letter_of_what_was_written_is_lost(source: str) -> None:
    """Fences aside: the word after one is a language and no text."""
    assert re.findall(r"[가나b]", render(source).text) == re.findall(r"[가나b]", source)
