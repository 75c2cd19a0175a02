"""Hangul taken apart, put together, and typed on either layout."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.jamo import CODAS, NUCLEI, ONSETS, composed, decomposed, hangul, latin

syllables = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
plain = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda sign: not re.match("[A-Za-z가-힣ㄱ-ㅣ]", sign)))


@pytest.mark.parametrize(
    ("korean", "keys"),
    [
        ("안녕", "dkssud"),
        ("닭이 닭도", "ekfrdl ekfreh"),
        ("값 갑시", "rkqt rkqtl"),
        ("왜 웬 의", "dho dnps dml"),
        ("까빠싸짜따얘예", "RkQkTkWkEkdOdP"),
        ("있었겠", "dlTdjTrpT"),
        ("뷁", "qnpfr"),
        ("ㅋㅋ ㅠㅠ", "zz bb"),
    ],
)
def test_every_syllable_has_its_keys(korean: str, keys: str) -> None:
    assert latin(korean) == keys
    assert hangul(keys) == korean


@given(syllables)
def test_what_is_typed_on_the_wrong_layout_is_all_there(text: str) -> None:
    assert hangul(latin(text)) == text


@given(plain)
def test_what_lies_on_both_layouts_stays(text: str) -> None:
    assert hangul(text) == latin(text) == text


def test_shift_changes_seven_letters_only() -> None:
    assert hangul("DKSSUD") == "안녕"
    assert hangul("rk") == "가"
    assert hangul("Rk") == "까"


@pytest.mark.parametrize(("keys", "jamo"), [("hello", "ㅗ디ㅣㅐ"), ("ok", "ㅐㅏ"), ("hk", "ㅘ"), ("zzz", "ㅋㅋㅋ")])
def test_keys_that_make_no_syllable_are_jamo(keys: str, jamo: str) -> None:
    assert hangul(keys) == jamo
    assert latin(jamo) == keys


def test_all_syllables_come_apart_and_together_again() -> None:
    every = [composed(onset, nucleus, coda) for onset in ONSETS for nucleus in NUCLEI for coda in CODAS]
    assert every == [chr(code) for code in range(0xAC00, 0xD7A4)]
    assert all(composed(*decomposed(syllable)) == syllable for syllable in every)
    assert decomposed("닭") == ("ㄷ", "ㅏ", "ㄺ")


def test_what_is_no_jamo_makes_no_syllable() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        composed("ㅏ", "ㅏ")
