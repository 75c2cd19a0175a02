"""Companies are found by what people call them, and ordinary words are no companies."""

from __future__ import annotations

import unicodedata

import pytest

from bot.sources.companies import _entries, find_company


def names(text: str) -> list[str]:
    return [company.name for company in find_company(text)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("삼성전자", "005930"),
        ("삼전", "005930"),
        ("삼성 전자", "005930"),
        ("005930", "005930"),
        ("하이닉스", "000660"),
        ("하닉", "000660"),
        ("sk하이닉스", "000660"),
        ("에스케이 하이닉스", "000660"),
        ("현차", "005380"),
        ("현대자동차", "005380"),
        ("네이버", "035420"),
        ("naver", "035420"),
        ("NAVER", "035420"),
        ("카카오", "035720"),
        ("엘지전자", "066570"),
        ("LG전자", "066570"),
        ("엔솔", "373220"),
        ("엘지에너지솔루션", "373220"),
        ("셀트", "068270"),
        ("포스코", "005490"),
        ("기아", "000270"),
        ("KT&G", "033780"),
        ("KT", "030200"),
        ("s-oil", "010950"),
        ("카뱅", "323410"),
        ("삼바", "207940"),
        ("씨제이", "001040"),
    ],
)
def test_a_name_means_one_company(said: str, code: str) -> None:
    assert [company.code for company in find_company(said)] == [code]


def test_a_family_name_means_several() -> None:
    assert names("삼성")[:2] == ["삼성전자", "삼성바이오로직스"]
    assert len(names("삼성")) > 5
    assert {"현대차", "현대모비스", "현대건설"} <= set(names("현대"))
    assert "HMM" not in names("현대")


def test_the_beginning_of_one_name_is_enough() -> None:
    assert names("아모레퍼") == ["아모레퍼시픽"]


@pytest.mark.parametrize(
    ("said", "name"),
    [("현모비", "현대모비스"), ("대건", "대우건설"), ("한타", "한국타이어앤테크놀로지"), ("카게", "카카오게임즈")],
)
def test_an_abbreviation_that_fits_one_company_is_it(said: str, name: str) -> None:
    assert names(said) == [name]


@pytest.mark.parametrize("said", ["삼에", "삼업", "현업", "삼자", "한전자"])
def test_an_abbreviation_that_fits_none_or_several_is_none(said: str) -> None:
    assert names(said) == []


@pytest.mark.parametrize(
    ("said", "name"),
    [("삼송전자", "삼성전자"), ("셀트리언", "셀트리온"), ("네이바", "NAVER"), ("두산에너빌러티", "두산에너빌리티")],
)
def test_one_wrong_letter_in_a_long_name_is_forgiven(said: str, name: str) -> None:
    assert names(said) == [name]


ORDINARY = (
    "날씨 오늘 내일 시간 미국 애플 테슬라 비트코인 우리집 친구 주식 코스피 사람 학교 강아지 고양이 사과 현업 기분 대박 "
    "나 apple git sky lgtm 1234 👍"
)


@pytest.mark.parametrize("said", [*ORDINARY.split(), "", " ", "ㅋㅋ", "?"])
def test_ordinary_words_are_no_companies(said: str) -> None:
    assert names(said) == []


def test_short_names_are_not_guessed_at() -> None:
    assert names("기여") == names("농싱") == []


def test_decomposed_letters_are_read() -> None:
    assert names(unicodedata.normalize("NFD", "삼전")) == ["삼성전자"]


def test_the_list_is_whole() -> None:
    entries = _entries()
    assert len(entries) >= 60
    assert len({entry.company.code for entry in entries}) == len(entries)
    assert all(len(entry.company.code) == 6 and entry.company.code.isdigit() for entry in entries)
    keys = [key for entry in entries for key in entry.keys]
    assert len(keys) == len(set(keys))  # no alias means two companies
    assert all(names(entry.company.name) == [entry.company.name] for entry in entries)
