"""Number words against the numbers they are, and what is none."""

from __future__ import annotations

from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.numbers import find_number, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("하나", "1"),
        ("한", "1"),
        ("세", "3"),
        ("넉", "4"),
        ("열", "10"),
        ("열두", "12"),
        ("열 둘", "12"),
        ("스무", "20"),
        ("스물다섯", "25"),
        ("아흔아홉", "99"),
        ("일곱", "7"),
        ("일흔일곱", "77"),
        ("여덜", "8"),
        ("백하나", "101"),
        ("영", "0"),
        ("구", "9"),
        ("십", "10"),
        ("이십이", "22"),
        ("백이십", "120"),
        ("천", "1000"),
        ("만", "10000"),
        ("일만", "10000"),
        ("만오천", "15000"),
        ("오만육천칠백", "56700"),
        ("십이만 삼천오백", "123500"),
        ("일억 이천만", "120000000"),
        ("구천구백구십구조", "9999000000000000"),
        ("3만 5천", "35000"),
        ("3만5000", "35000"),
        ("1억 2천만", "120000000"),
        ("2백만", "2000000"),
        ("1.5만", "15000"),
        ("1200만", "12000000"),
        ("0", "0"),
        ("007", "7"),
        ("1,250.5", "1250.5"),
        ("12,345,678", "12345678"),
        ("-5", "-5"),
        ("-1.5", "-1.5"),
        (" 12 ", "12"),
        ("１２", "12"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ],
)
def test_a_text_that_is_a_number(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            " ",
            "-",
            "반",
            "수백",
            "몇",
            "세상",
            "3 5",
            "1,25",
            "1.",
            ".5",
            "1,2345",
            "일이삼",
            "3이",
            "십십",
            "백천",
        ],
        *[
            "만만",
            "억",
            "조",
            "1억 3억",
            "십하나",
            "스물오",
            "열열",
            "스무한",
            "영만",
            "3천5000",
            "3만 50000",
            "-이",
            "--5",
        ],
        *["5개", "1" * 100, "٣", "1e5", "NaN", "Infinity"],
    ],
)
def test_a_text_that_is_none(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("만오천원 줘", "15000", "만오천"),
        ("만 이천 원", "12000", "만 이천"),
        ("스무개 주세요", "20", "스무"),
        ("사과 세 개", "3", "세"),
        ("두 사람이요", "2", "두"),
        ("로또 다섯 게임", "5", "다섯"),
        ("백열두 개", "112", "백열두"),
        ("3만 원", "30000", "3만"),
        ("3만 오늘", "30000", "3만"),
        ("2 이상", "2", "2"),
        ("1조 2천억 원", "1200000000000", "1조 2천억"),
        ("12,500원입니다", "12500", "12,500"),
        ("서울 5만명", "50000", "5만"),
        ("영하 -5도", "-5", "-5"),
        ("2026-12-25", "2026", "2026"),
        ("1,2,3", "1", "1"),
        ("100달러 환율", "100", "100"),
        ("사십 킬로", "40", "사십"),
        ("오층", "5", "오"),
        ("일곱 명", "7", "일곱"),
        ("스물일곱 개", "27", "스물일곱"),
        ("12만 8만5천 3만7천", "120000", "12만"),
        ("2천 네 명", "2000", "2천"),
        ("2천 4명", "2000", "2천"),
        ("742만 이번 달", "7420000", "742만"),
    ],
)
def test_the_first_number_of_a_text(text: str, value: str, written: str) -> None:
    found = find_number(text)
    assert found is not None
    assert found.value == Decimal(value)
    assert text[found.start : found.end] == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "일이 많아",
        "이 사람",
        "이번 주",
        "만일 그렇다면",
        "천사 같아",
        "이만 갈게",
        "천장",
        "세대",
        "두통",
        "다시 세어 봐",
        "오 마이 갓",
        "사원",
    ],
)
def test_words_that_only_look_like_numbers(text: str) -> None:
    assert find_number(text) is None


def test_a_long_run_of_digits_before_a_letter_is_no_work() -> None:
    began = process_time()
    assert number("9" * 50 + "가") is None
    assert number("9" * 50 + "한") is None
    assert number("9" * 40 + "백하나") is None
    assert process_time() - began < 0.1  # every cut of the run tried would take years


def test_the_search_goes_on_from_where_it_is_told() -> None:
    text = "사과 3개 배 열두 개"
    first = find_number(text)
    assert first is not None
    assert first.value == 3
    second = find_number(text, first.end)
    assert second is not None
    assert second.value == 12
    assert find_number(text, second.end) is None


DIGITS = "영일이삼사오육칠팔구"


def spelled(value: int) -> str:
    """A number above 0 in Sino-Korean words, by its places."""
    if value >= 10**4:
        size, name = next((10**power, name) for power, name in ((12, "조"), (8, "억"), (4, "만")) if value >= 10**power)
        return spelled(value // size) + name + (spelled(value % size) if value % size else "")
    places = zip(f"{value:04}", ("천", "백", "십", ""), strict=True)
    return "".join(
        ("" if digit == "1" and place else DIGITS[int(digit)]) + place for digit, place in places if digit != "0"
    )


@given(st.integers(1, 10**16 - 1))
def test_every_number_is_read_as_it_is_spelled(value: int) -> None:
    assert number(spelled(value)) == value


@given(st.integers(-(10**15), 10**15))
def test_every_number_is_read_from_its_digits(value: int) -> None:
    assert number(str(value)) == value
    assert number(f"{value:,}") == value


@given(st.text(st.sampled_from("일이삼십백천만억조하나열두세스물 0123,.-개원가"), max_size=80) | st.text())
def test_any_text_is_searched_without_a_fault(text: str) -> None:
    number(text)
    found = find_number(text)
    assert found is None or found.value == number(text[found.start : found.end])
