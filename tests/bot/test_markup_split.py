"""Splitting: every part fits, nothing but whitespace goes, and the cut falls where a reader would put it."""

from __future__ import annotations

import pytest
import regex  # type: ignore[import-untyped]  # comes with transformers; knows Unicode's own rules
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markup import render, split
from bot.markup.graphemes import boundary
from bot.messages import Body, Span
from tests.markup_fuzz import LIMITS, SNIPPETS, Measure, faults, marked, report, survey, utf16

DOCUMENTS = st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=5)), max_size=25).map("".join)
LONG = st.tuples(DOCUMENTS, st.integers(1, 400)).map(lambda pair: (pair[0] * pair[1])[:10_000])
LETTERS = "가각ᄀ\u1161\u11a8\ua960\ud7b0\ud7cba\u0301👨👩❤👍\u200d\ufe0f\u20e3🏽🇰🇷🇺ไ \n"
MARKS = "\u302eำक\u094d\u093f"


def texts(source: str, length: int, measure: Measure = utf16) -> list[str]:
    return [part.text for part in split(render(source), length, measure)]


def test_a_short_text_is_one_part() -> None:
    assert split(render("**안녕**"), 4096, utf16) == [Body("안녕", (Span("bold", 0, 2),))]


@pytest.mark.parametrize("blank", ["", " ", "\n\u3000\t\n"])
def test_a_blank_text_gives_one_empty_part(blank: str) -> None:
    assert split(Body(blank), 10, utf16) == [Body("")]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("가나다라마바\n\n사아자. 차\n카 타파하", ["가나다라마바", "사아자. 차", "카 타파하"]),
        ("가나다라마바\n사아자. 차카타", ["가나다라마바", "사아자. 차카타"]),
        ("가나다라마바다. 사아 자차카", ["가나다라마바다.", "사아 자차카"]),
        ("가나다라다! 1. 나다라마바", ["가나다라다!", "1. 나다라마바"]),
        ("가나다라마바。사아자차카타", ["가나다라마바。", "사아자차카타"]),
        ("가나다라 마바사아자차카타", ["가나다라", "마바사아자차카타"]),
        ("가나다라마바사아자차카타파하", ["가나다라마바사아자차", "카타파하"]),
    ],
)
def test_the_cut_prefers_paragraph_line_sentence_and_word(source: str, parts: list[str]) -> None:
    assert texts(source, 10) == parts


def test_a_boundary_near_the_beginning_does_not_make_a_tiny_part() -> None:
    assert texts("가\n\n" + "나" * 20, 10)[0] == "가\n\n" + "나" * 7


def test_a_line_end_beats_a_word_boundary_only_in_the_later_half() -> None:
    assert texts("가\n나다 라마바사아자차", 10)[0] == "가\n나다"


def test_code_that_fits_the_next_message_goes_there_whole() -> None:
    parts = split(render("가" * 20 + "\n\n```py\nx = 1\ny = 2\nz = 3\n```"), 30, utf16)
    assert [part.text for part in parts] == ["가" * 20, "x = 1\ny = 2\nz = 3"]
    assert parts[1].spans == (Span("pre", 0, 17, "py"),)


def test_long_code_is_cut_at_a_line_end_and_stays_code_with_its_language() -> None:
    code = "\n".join(f"    line_{number}" for number in range(20))
    parts = split(render(f"```py\n{code}\n```"), 100, utf16)
    assert "\n".join(part.text for part in parts) == code
    assert {part.spans for part in parts} == {(Span("pre", 0, len(part.text), "py"),) for part in parts}


def test_a_blank_line_in_code_that_fits_is_no_place_for_a_cut() -> None:
    source = f"{'가' * 20}\n```\na = 1\n\nb = 2\n```\n{'하' * 30}"
    assert texts(source, 40)[0] == "가" * 20 + "\na = 1\n\nb = 2"


def test_a_sentence_does_not_end_before_a_mark_that_sits_on_its_stop() -> None:
    assert texts("가나다라마바。\u302e사아자차카타", 10)[0] == "가나다라마바。\u302e사아"


def test_a_span_goes_on_in_the_next_part() -> None:
    parts = split(render("**가나다라 마바사아**"), 5, utf16)
    assert parts == [Body("가나다라", (Span("bold", 0, 4),)), Body("마바사아", (Span("bold", 0, 4),))]


def test_an_address_that_leaves_no_room_is_dropped_and_its_label_kept() -> None:
    assert split(render("[이것](https://a.kr/abcdef)"), 10, marked) == [Body("이것")]


@pytest.mark.parametrize("letter", ["ᄀ\u1161\u11a8", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇰🇷", "a\u0301\u0302", "👍🏽", "1️⃣", "각"])
def test_a_letter_of_many_parts_stays_whole(letter: str) -> None:
    for part in texts(letter * 40, 23):
        assert part.replace(letter, "") == ""


def test_a_letter_longer_than_a_message_is_cut_all_the_same() -> None:
    parts = texts("a" + "\u0301" * 50, 20)
    assert [len(part) for part in parts] == [20, 20, 11]


def test_halves_of_a_surrogate_pair_are_never_parted() -> None:
    assert texts("😀😀😀", 1) == ["😀", "😀", "😀"]


def test_measuring_is_rare() -> None:
    calls: list[int] = []

    def counted(body: Body) -> int:
        calls.append(len(body.text))
        return utf16(body)

    parts = split(Body("가나다 라마바. " * 1100), 4096, counted)
    assert len(calls) <= 8 * len(parts)


def agreement(letters: list[str]) -> tuple[set[int], set[int]]:
    """Where we would cut and where Unicode allows it, but after spaces, which always stand alone here."""
    text = "".join(letters)
    inside = {at for at in range(1, len(text)) if not text[at - 1].isspace()}
    return {at for at in inside if boundary(text, at)}, {m.end() for m in regex.finditer(r"\X", text)} & inside


@settings(deadline=None)
@given(st.lists(st.sampled_from(LETTERS + MARKS)))
def test_no_boundary_lies_where_unicode_has_none(letters: list[str]) -> None:
    ours, allowed = agreement(letters)
    assert ours <= allowed


@settings(deadline=None)
@given(st.lists(st.sampled_from(LETTERS)))
def test_every_boundary_of_unicode_is_known(letters: list[str]) -> None:
    """But between a mark that takes room and an emoji behind a joiner, where nobody writes."""
    ours, allowed = agreement(letters)
    assert ours == allowed


@settings(deadline=None)
@given(DOCUMENTS, st.sampled_from(LIMITS), st.sampled_from([utf16, marked]))
def test_splitting_a_document_has_no_fault(source: str, length: int, measure: Measure) -> None:
    body = render(source)
    assert list(faults(body, split(body, length, measure), length, measure)) == []


@settings(max_examples=40, deadline=None)
@given(LONG, st.sampled_from((20, 2000, 4096)), st.sampled_from([utf16, marked]))
def test_splitting_a_long_document_has_no_fault(source: str, length: int, measure: Measure) -> None:
    body = render(source)
    assert list(faults(body, split(body, length, measure), length, measure)) == []


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ([Body("가나")], "lost"),
        ([Body("가나"), Body("다라마바사아")], "over the limit"),
        ([Body("가나", (Span("bold", 1, 5),)), Body("다라마"), Body("바사아")], "broken spans"),
    ],
)
def test_the_checker_sees_faults(parts: list[Body], fault: str) -> None:
    assert fault in list(faults(Body("가나 다라마바사아"), parts, 5, utf16))


def test_the_checker_sees_torn_letters() -> None:
    body = Body("가" * 20 + "\u11a8나")
    assert list(faults(body, [Body("가" * 20), Body("\u11a8나")], 20, utf16)) == ["broken letters"]


def test_two_thousand_random_documents_have_no_fault() -> None:
    counts, samples = survey(seed=1, inputs=2_000)
    assert not samples, report(2_000, counts)


def test_a_part_has_at_most_so_many_spans() -> None:
    body = render("\n".join(f"- **{number}번** 말" for number in range(25)))
    parts = split(body, 4096, utf16, 10)
    assert [len(part.spans) for part in parts] == [10, 10, 5]
    assert "\n".join(part.text for part in parts) == body.text


def test_one_letter_with_more_looks_than_allowed_keeps_its_text() -> None:
    spans = (Span("bold", 0, 1), Span("italic", 0, 1), Span("strike", 0, 1))
    assert [part.text for part in split(Body("가나", spans), 10, utf16, 2)] == ["가나"]
