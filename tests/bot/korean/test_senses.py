"""What words have to do with."""

from __future__ import annotations

import unicodedata

import pytest

from bot.korean.senses import senses


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("앵무새가 말을 해", "고양이랑 놀았어"),
        ("컵이 깨졌어", "안경이 부서졌네요"),
        ("수학 시험 봤어", "기말고사 끝났다"),
        ("된장찌개 끓였어", "김치찌개 먹었다"),
    ],
)
def test_words_of_one_sense_have_it_in_common(one: str, another: str) -> None:
    assert {each for each in senses(one) if "." in each} & {each for each in senses(another) if "." in each}


@pytest.mark.parametrize("form", ["깨지다", "깨졌어", "깨져서", "깨지는", "깨진", "깨짐", "컵깨졌음ㅠ"])
def test_a_verb_is_known_in_its_forms(form: str) -> None:
    assert "breaking.things" in senses(form)


def test_areas_come_after_the_senses_and_each_once() -> None:
    found = senses("강아지랑 고양이")
    assert found.index("animal") > found.index("animal.pet")
    assert len(set(found)) == len(found)


def test_decomposed_letters_are_the_same() -> None:
    said = "강아지가 컵을 깨뜨렸어"
    assert senses(unicodedata.normalize("NFD", said)) == senses(said) != ()


@pytest.mark.parametrize("text", ["", " ", "ㅋ", "🙂", "a" * 5000, "가" * 5000, "\ud800"])
def test_any_text_may_have_none(text: str) -> None:
    assert isinstance(senses(text), tuple)
