"""Terms by which passages are found, the same for a text and for a question."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import terms as module
from bot.terms import folded, located, terms, tokenizer


@pytest.fixture
def _with_kiwi() -> None:
    pytest.importorskip("kiwipiepy", reason="an extra that is not installed")


@pytest.fixture(autouse=True)
def _without_kiwi(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "_with_kiwi" not in request.fixturenames:
        monkeypatch.setattr(module, "_kiwi_is_there", lambda: False)


def test_korean_is_found_by_pairs_of_syllables_and_other_scripts_by_words() -> None:
    assert terms("환불 규정: FAQ 2판") == ["환불", "불규", "규정", "faq", "2"]


def test_spacing_changes_no_pair() -> None:
    assert set(terms("환불 규정은")) == set(terms("환불규정은")) == set(terms("환 불 규 정 은"))


def test_decomposed_and_wide_letters_are_the_same() -> None:
    assert terms(unicodedata.normalize("NFD", "환불 규정")) == terms("환불 규정")
    assert terms("ＦＡＱ") == terms("faq") == ["faq"]


def test_an_english_plural_is_its_singular() -> None:
    assert terms("refunds boxes gas class USB") == ["refund", "boxe", "gas", "class", "usb"]


def test_a_pair_from_the_second_syllable_or_over_a_blank_is_not_firm() -> None:
    assert [(term.word, term.firm) for term in located("가습기 청소")] == [
        ("가습", True),
        ("습기", False),
        ("기청", False),
        ("청소", True),
    ]


@pytest.mark.usefixtures("_with_kiwi")
def test_kiwi_adds_the_stems_that_pairs_miss() -> None:
    assert "돌려보내" in terms("물건을 돌려보냈어요")
    assert "kiwi" in tokenizer()


def test_without_kiwi_the_index_says_so() -> None:
    assert "kiwi" not in tokenizer()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_a_term_is_one_word_that_needs_no_quoting(text: str) -> None:
    whole = folded(text)
    for term in located(whole):
        assert term.word.isalnum() or all(unicodedata.category(letter)[0] in "LMN" for letter in term.word)
        assert 0 <= term.start < term.end <= len(whole)
