"""No half characters, and not a character lost."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from model.detokenize import Spelling
from model.prompt import Renderer
from tests.model.tiny import tiny_tokenizer

RENDERER = Renderer(tiny_tokenizer())


def pieces(ids: list[int]) -> list[str]:
    spelling = Spelling(RENDERER.decode)
    return [spelling.add(id) for id in ids]


def test_a_character_is_shown_when_its_last_byte_is_there() -> None:
    assert pieces(RENDERER.encode("가a🙂")) == ["", "", "가", "a", "", "", "", "🙂"]


def test_decomposed_hangul_stays_as_the_model_wrote_it() -> None:
    decomposed = unicodedata.normalize("NFD", "한글")
    ids = [id for char in decomposed for id in RENDERER.encode(char)]
    assert "".join(pieces(ids)) == decomposed


def test_an_unfinished_character_at_the_end_is_dropped() -> None:
    assert "".join(pieces(RENDERER.encode("가나")[:-1])) == "가"


def test_bytes_that_are_no_character_lose_nothing_that_follows() -> None:
    first, *_ = RENDERER.encode("가")
    assert "".join(pieces([first, first, first, first, first, *RENDERER.encode("나다")])).endswith("나다")


@given(st.text())
def test_any_text_comes_out_whole(text: str) -> None:
    ids = RENDERER.encode(text)
    assert "".join(pieces(ids)) == RENDERER.settled(ids)


@given(st.lists(st.integers(0, 255)))
def test_any_bytes_come_out_as_the_tokenizer_reads_them(ids: list[int]) -> None:
    assert "".join(pieces(ids)) == RENDERER.settled(ids)
