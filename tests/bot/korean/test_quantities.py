"""The quantities of a sentence: what each number counts, and for what each it is."""

from __future__ import annotations

import pytest

from bot.korean.counters import spelled
from bot.korean.quantities import EACH, read


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3만원짜리 두 개랑 5천원짜리 세 개", "MCMC"),
        ("8월 관리비 182300 3학년 5반 2024년", "M"),
        ("커피 4500 휴지 900", "MM"),
        ("월세 38에 관리비 7만 8천", "XM"),
        ("국어 88 영어 92 수학 100", "XXX"),
        ("다섯 명이서 30% 할인", "NP"),
        ("1.3키로 500ml 3시간 이틀", "GGTD"),
        ("세 번 검진에 33000 41000 28500원", "MMM"),
    ],
)
def test_each_number_counts_something(text: str, shape: str) -> None:
    assert read(text).shape == shape


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("한 근에 만팔천원", "근"),
        ("리터당 1620원", "리터"),
        ("하루 6시간", "D"),
        ("시급 10030원", "T"),
        ("매달 5만원", "O"),
        ("3000원씩", EACH),
        ("3000원", ""),
    ],
)
def test_what_one_of_something_costs_is_for_that(text: str, per: str) -> None:
    assert [each.per for each in read(text).quantities] == [per]


@pytest.mark.parametrize(
    ("text", "asked"),
    [("떡 5개에 3000원이면 한 개에 얼마", "1개"), ("300그램에 4500원이면 100그램당 얼마", "100그램"), ("3개 얼마", "")],
)
def test_what_the_answer_is_for_is_no_part_of_the_sum(text: str, asked: str) -> None:
    found = read(text).asked
    assert (f"{found}{found.unit}" if found else "") == asked


def test_a_hundred_million_and_thousands_are_thousands_of_ten_thousands() -> None:
    assert str(read("12억 8천").quantities[0]) == "1280000000"
    assert str(read("12억 8천만").quantities[0]) == "1280000000"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("사흘 동안", "3일  동안"),
        ("셋이서 나눠", "3명  나눠"),
        ("스무 포대", "20 포대"),
        ("삼남매", "3남매"),
        ("하루종일 두부 세모", "하루종일 두부 세모"),
    ],
)
def test_words_that_hold_a_number_are_written_in_digits(text: str, digits: str) -> None:
    assert spelled(text) == digits


def test_a_number_word_left_unread_is_noticed() -> None:
    assert read("배 3만원 세 개").is_whole
    assert not read("사과 둘 3만원").is_whole
