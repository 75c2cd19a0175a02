"""Folding keeps every letter's place, and a spelling becomes what it says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.disguise import begun, fold, layout, literal, spellings, whole


@given(st.text())
def test_folding_moves_no_letter(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert len(fold(composed)) == len(composed)
    assert fold(fold(composed)) == fold(composed)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ＦuСk", "fuck"), ("싯", "ㅅㅣㅅ"), ("\uffb5\uffdc", "ㅅㅣ"), ("시\u3164발", "시\u200b발"), ("é①　", "e1 ")],
)
def test_look_alikes_are_made_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_spelling_names_every_stretch() -> None:
    assert spellings("[시씨]발(놈|)") == [("시씨", "발", "놈"), ("시씨", "발")]
    assert spellings("(a|b[cd])") == [("a",), ("b", "cd")]
    assert literal("a(b|c)") == [("a", "(", "b", "|", "c", ")")]


def test_keys_of_the_wrong_layout_are_those_one_would_press() -> None:
    assert layout([("시씨", "발")]) == [tuple("tlqkf")]
    assert layout([("닭", "과", "뷁")]) == [tuple("ekfrrhkqnpfr")]
    assert layout([("좆",)]) == []


def test_every_beginning_of_a_word_is_one() -> None:
    words = spellings("개(새끼|놈)")
    for text in ("개새끼", "개애새애끼", "ㄱㅐㅅㅐㄲㅣ", "개ㅅㅐ끼", "개\u200b새\u200b끼", "개놈", "개노옴", "개노ㅁ"):
        assert whole(words).fullmatch(text)
        assert all(begun(words).match(text[:length]) for length in range(1, len(text) + 1))
