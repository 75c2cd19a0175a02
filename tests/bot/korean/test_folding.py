"""The form that is kept and the form that is compared, under everything that keyboards and copy-paste bring along."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.folding import clean, match_key

INVISIBLE = [
    "\u115f",
    "\u1160",
    "\u3164",
    "\uffa0",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u202e",
]
anything = st.text(st.characters())  # with half surrogates, which platforms do send
korean = st.text(st.one_of(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from(" .?!~ㅋㅠ12ab")))


@given(anything)
def test_what_is_kept_can_be_written_anywhere(text: str) -> None:
    kept = clean(text)
    kept.encode()
    assert "\0" not in kept
    assert unicodedata.is_normalized("NFC", kept)
    assert clean(kept) == kept


@pytest.mark.parametrize("text", ["ㅎㅏ", "ㅋㅋㅋ", "①", "ﬁ", "ｈｉ", "㈜이랑", "가\u200d나", "👨‍👩‍👧", "a\u3164b"])
def test_what_is_kept_is_what_was_meant_and_not_a_look_alike(text: str) -> None:
    assert clean(text) == text


def test_half_surrogates_are_joined_or_replaced() -> None:
    assert clean("\ud83d\ude00") == "😀"
    assert clean("반\ud800쪽") == "반\ufffd쪽"
    assert clean("\ude00\ud83d") == "\ufffd\ufffd"


def test_long_and_empty_texts_are_kept_too() -> None:
    assert clean("") == clean(" \n\t ") == clean("\0") == ""
    assert clean(unicodedata.normalize("NFD", "각" * 10_000)) == "각" * 10_000


@given(anything)
def test_a_key_has_letters_and_digits_only(text: str) -> None:
    assert all(letter.isalnum() or unicodedata.category(letter).startswith("M") for letter in match_key(text))


@given(korean, st.lists(st.tuples(st.integers(0, 50), st.sampled_from([*INVISIBLE, " ", "\n", "!"])), max_size=5))
def test_nobody_s_spacing_and_nothing_invisible_changes_a_key(text: str, strewn: list[tuple[int, str]]) -> None:
    letters = list(text)
    for at, sign in strewn:
        letters.insert(at, sign)
    assert match_key("".join(letters)) == match_key(text)


@given(korean)
def test_a_key_is_the_same_for_letters_that_are_put_together_or_not(text: str) -> None:
    assert match_key(unicodedata.normalize("NFD", text)) == match_key(text) == match_key(text.upper())
    assert match_key(match_key(text)) == match_key(text)


@pytest.mark.parametrize("strewn", INVISIBLE)
def test_something_invisible_between_the_letters_of_a_syllable_does_not_hide_it(strewn: str) -> None:
    assert match_key(strewn.join(unicodedata.normalize("NFD", "초기화"))) == "초기화"


def test_wide_letters_and_circled_ones_are_letters() -> None:
    assert match_key("ＳＴＯＰ ①") == "stop1"
    assert match_key("") == match_key("?! \u3164…") == ""
