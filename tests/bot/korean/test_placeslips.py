"""Names with one jamo wrong."""

from __future__ import annotations

import pytest

from bot.korean.placenames import Kind
from bot.korean.placeslips import Slips


@pytest.fixture
def slips() -> Slips:
    kept = Slips()
    for name, kind in [("해운대", Kind.SHORT), ("수원시", Kind.FULL), ("지사면", Kind.FULL), ("부산", Kind.PROVINCE)]:
        kept.add(name, kind)
    return kept


@pytest.mark.parametrize("word", ["헤운대", "해운데", "해군대", "행운대", "해우대"])
def test_one_jamo_in_any_half_is_forgiven(slips: Slips, word: str) -> None:
    assert list(slips.near(word)) == [(Kind.SHORT, "해운대")]


@pytest.mark.parametrize(
    "word",
    [
        "해운대",  # no slip
        "헤운데",  # two syllables
        "망운대",  # two jamo
        "해운대구",  # another length
        "해xㅜ",
        "수원싀",  # a full name keeps its last syllable
        "지나면",  # verbs end in 면
        "부선",  # too short
        "",
    ],
)
def test_nothing_else_is(slips: Slips, word: str) -> None:
    assert list(slips.near(word)) == []


def test_a_full_name_may_be_wrong_before_its_ending(slips: Slips) -> None:
    assert list(slips.near("수언시")) == [(Kind.FULL, "수원시")]
