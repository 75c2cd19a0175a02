"""Which entries of a list somebody means."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.listing import picked, renumbered


@dataclass
class Entry:
    text: str


ENTRIES = [Entry("우유 사기"), Entry("세탁소 들르기"), Entry("보고서 쓰기"), Entry("보고서 보내기")]


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("2", [2]),
        ("2번", [2]),
        ("두번째", [2]),
        ("1, 3", [1, 3]),
        ("1번이랑 3번", [1, 3]),
        ("3 1 3", [3, 1]),
        ("전부", [1, 2, 3, 4]),
        ("다", [1, 2, 3, 4]),
        ("모두 다", [1, 2, 3, 4]),
        ("우유 사기", [1]),
        ("세탁소", [2]),
        ("보고서 보내기", [4]),
        ("보고서", []),  # two of them: nobody can be sure
        ("청소", []),
        ("우유 말고 세탁소", [2]),
        ("1번 말고 2번", [2]),
        ("우유 말고", []),
        ("우유 말고 두유", []),
        ("9번", []),
        ("0", []),
        ("", []),
        ("  ", []),
    ],
)
def test_entries_are_named_by_number_by_words_or_all_at_once(said: str, places: list[int]) -> None:
    assert picked(ENTRIES, said) == [ENTRIES[place - 1] for place in places]


def test_an_empty_list_has_nothing_to_pick() -> None:
    assert picked([], "1번") == picked([], "전부") == []


def test_numbers_are_those_of_the_list_that_was_shown_though_it_has_changed() -> None:
    """Somebody else in the group has deleted the first of three meanwhile."""
    shown, now = "7 8 9", [8, 9]
    assert renumbered("2번", shown, now) == "1번"
    assert renumbered("1번이랑 3번", shown, now) == "2번"
    assert renumbered("1번", shown, now) == ""
    assert renumbered("4번", shown, now) == ""
    assert renumbered("전부", shown, now) == "전부"
