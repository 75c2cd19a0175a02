"""What one place may be called."""

from __future__ import annotations

import pytest

from bot.korean.atlas import drawn
from bot.korean.placenames import FORMER, RENAMED, WELL_KNOWN, Kind, plain, town_names, whole
from bot.korean.places import find


@pytest.mark.parametrize(
    ("town", "names"),
    [
        ("고잔동", {"고잔동": Kind.FULL, "고잔": Kind.INSIDE}),
        ("잠실제1동", {"잠실제1동": Kind.FULL, "잠실1동": Kind.FULL}),
        ("논현고잔동", {"논현동": Kind.COMPOUND, "고잔동": Kind.COMPOUND}),
        ("봉명2.송정동", {"봉명2동": Kind.PART, "송정동": Kind.PART}),
        ("면목제3.8동", {"면목3동": Kind.PART, "면목8동": Kind.PART}),
        ("숭의1,3동", {"숭의1동": Kind.PART, "숭의3동": Kind.PART}),
        ("종로5.6가동", {"종로5가": Kind.PART, "종로6가": Kind.PART, "종로56가동": Kind.FULL}),
        ("용산2가동", {"용산2가": Kind.PART, "용산2가동": Kind.FULL}),
        ("애월읍", {"애월읍": Kind.FULL, "애월": Kind.INSIDE}),
        ("흑산면홍도출장소", {"홍도": Kind.COMPOUND}),
        ("하면", {"하면": Kind.INSIDE}),
    ],
)
def test_a_town_has_these_names(town: str, names: dict[str, Kind]) -> None:
    assert names.items() <= dict(town_names(town)).items()


@pytest.mark.parametrize(
    ("part", "town"),
    [
        ("역삼1동", "역삼동"),
        ("잠실제1동", "잠실동"),
        ("잠실본동", "잠실동"),
        ("산본1동", "산본동"),
        ("성수1가제1동", "성수동"),
        ("면목제3.8동", "면목동"),
    ],
)
def test_a_numbered_town_is_part_of_one(part: str, town: str) -> None:
    assert whole(part) == town


@pytest.mark.parametrize("town", ["고잔동", "본동", "산본동", "명동", "용암.용정.방서동", "애월읍", "야음1장생포동"])
def test_another_town_is_part_of_none(town: str) -> None:
    assert whole(town) is None


def test_a_number_is_plain_without_je() -> None:
    assert plain("창신제1동") == plain("창신1동") == "창신1동"
    assert plain("홍제제3동") == "홍제3동"
    assert plain("제기동") == "제기동"


@pytest.mark.parametrize("word", WELL_KNOWN)
def test_every_well_known_word_is_sure(word: str) -> None:
    assert len(find(word)) == 1


@pytest.mark.parametrize("old", sorted({*RENAMED, *FORMER}))
def test_every_old_name_is_sure(old: str) -> None:
    assert len(find(old)) == 1


def test_a_table_without_a_place_that_has_old_names_is_refused() -> None:
    with pytest.raises(KeyError):
        drawn({"서울특별시": (37.55, 127.0)})
