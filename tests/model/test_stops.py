"""A stop string ends an answer wherever the pieces are cut, and no part of it is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from model.stops import Stops

PIECES = st.lists(st.text("ab끝", max_size=4), max_size=12)
WORDS = st.lists(st.text("ab끝", min_size=1, max_size=4), max_size=3)


def shown(pieces: list[str], words: list[str]) -> str:
    stops = Stops(words)
    return "".join(stops.feed(piece) for piece in pieces) + stops.finish()


@given(PIECES, WORDS)
def test_what_is_shown_does_not_depend_on_the_pieces(pieces: list[str], words: list[str]) -> None:
    assert shown(pieces, words) == shown(list("".join(pieces)), words)


@given(PIECES, WORDS)
def test_no_stop_string_is_shown_and_nothing_before_it_is_lost(pieces: list[str], words: list[str]) -> None:
    text, seen = "".join(pieces), shown(pieces, words)
    assert text.startswith(seen)
    assert not any(word in seen for word in words)
    assert seen == text or any(text.startswith(word, len(seen)) for word in words)


def test_text_is_shown_as_soon_as_it_can_be_no_stop_string() -> None:
    stops = Stops(["</s>"])
    assert [stops.feed(piece) for piece in ("안녕", "<", "/b", "</", "s>", "more")] == ["안녕", "", "</b", "", "", ""]
    assert stops.met
