"""Reasoning never reaches a chat, and an answer's own words always do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.reasoning import ReasoningCut

LONGEST_TAG = len("</thought>")


def cut(*chunks: str, inside: bool = False, tags: tuple[str, ...] = ("think", "thought")) -> str:
    reasoning = ReasoningCut(tags, inside=inside)
    return "".join(reasoning.feed(chunk) for chunk in chunks) + reasoning.finish()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<think>음…</think>안녕", "안녕"),
        ("<think>음…</think>\n\n안녕", "안녕"),
        ("<THINK>음…</Think>안녕", "안녕"),
        ("<thought>a</thought>안녕<think>b</think>!", "안녕!"),
        ("안녕 <think>a</think> 또 봐", "안녕 또 봐"),
        ("안녕<think>a</think> 또 봐", "안녕 또 봐"),
        ("<think>끝나지 않는 생각", ""),
        ("<think>a<think>b</think>c</think>안녕", "안녕"),
        ("<think>a<thought>b</think>안녕", "안녕"),
        ("<think>a</thought>b</think>안녕", "안녕"),
        ("안녕</think> 잘 지내?", "안녕 잘 지내?"),
        ("<thinking>이건 다른 태그", "<thinking>이건 다른 태그"),
        ("1 < 2 <thin", "1 < 2 <thin"),
        ("<<think>a</think>b", "<b"),
        ("", ""),
    ],
)
def test_blocks_are_cut(said: str, shown: str) -> None:
    assert cut(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "`<think>`는 태그예요",
        "``a ` <think> b`` 그리고 `</think>`",
        "```xml\n<think>예</think>\n```\n끝",
        "   ````\n```\n<think>\n````\n",
    ],
)
def test_tags_in_code_are_an_example_and_stay(said: str) -> None:
    assert cut(said) == said
    assert cut(*said) == said


def test_code_ends_and_then_tags_count_again() -> None:
    assert cut("```\n<think>\n```\n<think>비밀</think>끝") == "```\n<think>\n```\n끝"
    assert cut("한 ` 개\n<think>비밀</think>끝") == "한 ` 개\n끝"
    assert cut("`a` <think>비밀</think>끝") == "`a` 끝"


def test_code_inside_reasoning_hides_no_closing_tag() -> None:
    assert cut("<think>```\n생각</think>끝") == "끝"


def test_a_stream_that_begins_inside_shows_only_what_follows() -> None:
    assert cut("생각 중</think>\n안녕", inside=True) == "안녕"
    assert cut("생각만 했다", inside=True) == ""


def test_names_of_tags_can_be_set() -> None:
    assert cut("<reason>x</reason><think>y", tags=("reason",)) == "<think>y"


TAGS = ["<think>", "</think>", "<THOUGHT>", "</thought>"]
PARTS = st.sampled_from([*TAGS, "<", ">", "/", "think", "`", "```", "\n", " ", "가", "a", "\u212a"])
STREAMS = st.lists(PARTS | st.text(max_size=3), max_size=20).map("".join)


@given(STREAMS, st.booleans(), st.data())
def test_chunks_do_not_matter(said: str, inside: bool, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(said)), max_size=8)))
    chunks = [said[start:end] for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True)]
    assert cut(*chunks, inside=inside) == cut(said, inside=inside) == cut(*said, inside=inside)


@given(st.text(alphabet="<>/thinkougT` \n가") | st.text())
def test_text_without_tags_passes_unchanged_and_at_once(said: str) -> None:
    if any(tag in said.lower() for tag in ("<think>", "</think>", "<thought>", "</thought>")):
        return
    reasoning, shown = ReasoningCut(), ""
    for read, char in enumerate(said, start=1):
        shown += reasoning.feed(char)
        held = said[len(shown) : read]
        assert not held or (held[0] == "<" and len(held) < LONGEST_TAG)
    assert shown + reasoning.finish() == said
