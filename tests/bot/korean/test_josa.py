"""Particles against their plain definition: does the last syllable decompose into two letters or three?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.josa import Word, josa

FORMS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "아": ("아", "야"),
    "이에요": ("이에요", "예요"),
    "이라는": ("이라는", "라는"),
    "으로": ("으로", "로"),
}
NAMES_OF_DIGITS = dict(zip("0123456789", ["영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"], strict=True))
syllables = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
words = st.builds("{}{}".format, st.text(syllables, max_size=3), syllables)


def final(syllable: str) -> str:
    """The letter below the vowel, "" when there is none."""
    letters = unicodedata.normalize("NFD", syllable)
    return letters[2:]


def plainly(word: str, particle: str) -> str:
    below = final(NAMES_OF_DIGITS.get(word[-1], word[-1]))
    if particle == "으로" and below == "\u11af":  # ㄹ
        return word + "로"
    return word + FORMS[particle][0 if below else 1]


@given(words, st.sampled_from(sorted(FORMS)))
def test_a_word_takes_the_particle_that_its_ending_asks_for(word: str, particle: str) -> None:
    assert josa(word, particle) == plainly(word, particle)


@given(st.integers(0, 10**12), st.sampled_from(sorted(FORMS)))
def test_a_number_is_read_by_the_name_of_its_last_digit(number: int, particle: str) -> None:
    assert josa(str(number), particle) == plainly(str(number), particle)


@pytest.mark.parametrize("word", ["", "note", "GPU", "data", "week", "이랑!", "😀", "ㅋㅋ", "ᄒ", "힤", "가\u200b"])
def test_what_ends_in_neither_is_taken_to_end_in_a_vowel(word: str) -> None:
    assert josa(word, "은") == f"{word}는"


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("model", "model을 model로"),
        ("a-team", "a-team을 a-team으로"),
        ("config.json", "config.json을 config.json으로"),
        ("Irang", "Irang을 Irang으로"),
        ("chat", "chat을 chat으로"),
        ("app", "app을 app으로"),
        ("URL", "URL을 URL로"),
        ("VRAM", "VRAM을 VRAM으로"),
        ("LoRA", "LoRA를 LoRA로"),
        ("GitHub", "GitHub를 GitHub로"),
        ("5km", "5km를 5km로"),
        ("500ml", "500ml를 500ml로"),
        ("300kcal", "300kcal를 300kcal로"),
        ("10kg", "10kg을 10kg으로"),
    ],
)
def test_a_latin_word_is_read_as_korean_writes_it(word: str, shown: str) -> None:
    assert f"{josa(word, '을')} {josa(word, '으로')}" == shown


def test_an_unknown_particle_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        josa("이랑", "도")


@given(words, st.sampled_from(sorted(FORMS)))
def test_a_word_in_a_format_takes_the_particle_that_it_names(word: str, particle: str) -> None:
    assert ("{name:" + particle + "}").format(name=Word(word)) == josa(word, particle)
    assert f"{Word(word)}" == word


def test_a_quoted_word_takes_the_particle_of_the_word() -> None:
    assert f"{Word('무릉도원'):“이}" == "“무릉도원”이"
    assert f"{Word('아틀란티스'):“이라는}" == "“아틀란티스”라는"
