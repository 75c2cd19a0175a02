"""JSON from outside is read strictly, and what is wrong with it is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.errors import SourceError
from bot.sources.reading import Reading, read


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "sent nothing"),
        (b" \n", "sent nothing"),
        (b"<!doctype html><p>Wartung", "sent HTML or XML instead of JSON"),
        (b"\xef\xbb\xbf  <xml/>", "sent HTML or XML instead of JSON"),
        (b'{"a": 1', "isn't whole JSON"),
        (b'{"a": NaN}', "isn't whole JSON"),
        (b"\xff\xfe", "isn't whole JSON"),
        (b"[" * 500_000, "isn't whole JSON"),
        (b"1" * 10_000, "isn't whole JSON"),
    ],
)
def test_what_is_no_json_is_named(body: bytes, fault: str) -> None:
    with pytest.raises(SourceError, match=fault):
        read("X", body)


def fault_of(body: bytes) -> str:
    try:
        read("X", body)
    except SourceError as error:
        return str(error)
    return ""


@given(some.binary(max_size=200))
def test_anything_is_json_or_a_source_error(body: bytes) -> None:
    assert fault_of(body)[:7] in {"", "X: sent"}


ROOT = read("X", b'{"a": {"b": [1, "2,500", null, true, "2026-11-20", 1e999]}}')


def test_a_field_is_found_by_its_way() -> None:
    assert [ROOT["a"]["b"][index].decimal() for index in (0, 1)] == [1, 2500]
    assert ROOT["a"]["b"][4].day() == date(2026, 11, 20)
    assert ROOT["a"].maybe("c") is None


@pytest.mark.parametrize(
    ("look", "fault"),
    [
        (lambda: ROOT["a"]["c"], "the answer lacks a.c"),
        (lambda: ROOT["a"]["b"][9], r"the answer lacks a.b\[9\]"),
        (lambda: ROOT["a"]["b"]["x"], "the answer lacks a.b.x"),
        (lambda: ROOT["a"]["b"][2].number(), r"a.b\[2\] is no number"),
        (lambda: ROOT["a"]["b"][3].number(), r"a.b\[3\] is no number"),
        (lambda: ROOT["a"]["b"][5].number(), r"a.b\[5\] is no number"),
        (lambda: ROOT["a"]["b"][0].text(), r"a.b\[0\] is no text"),
        (lambda: ROOT["a"].items(), "a is no list"),
        (lambda: ROOT["a"]["b"][1].day(), "is no date"),
        (lambda: ROOT["a"]["b"][1].moment(), "is no time"),
        (lambda: Reading("X", Decimal("1.5"), "a").whole(), "a is no whole number"),
        (lambda: Reading("X", []).text(), "the answer is no text"),
    ],
)
def test_what_is_missing_or_wrong_is_named(look: object, fault: str) -> None:
    assert callable(look)
    with pytest.raises(SourceError, match=f"X: .*{fault}"):
        look()


@pytest.mark.parametrize(
    ("text", "value"),
    [("70500", "70500"), ("70,500", "70500"), ("-.69", "-0.69"), ("+1.25", "1.25"), (" 3 ", "3"), ("-1,200", "-1200")],
)
def test_figures_in_texts_are_read(text: str, value: str) -> None:
    assert Reading("X", text).decimal() == Decimal(value)


@pytest.mark.parametrize("text", ["", "-", ".", "1.2.3", "1e5", "٣", "0x1", "--1", "," * 3, "1" * 41, "NaN", "1 2"])
def test_what_only_looks_like_a_figure_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="is no number"):
        Reading("X", text).decimal()
