"""What is quoted before 라고, 자고 and 다고."""

from __future__ import annotations

import pytest

from bot.korean.quoting import quoted


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("약 먹으라고", "약 먹기"),
        ("물 마시라고", "물 마시기"),
        ("창문 열라고", "창문 열기"),
        ("불 끄라구", "불 끄기"),
        ("우유 사라고", "우유 사기"),
        ("일어나라고", "일어나기"),
        ("엄마한테 전화해보라고", "엄마한테 전화해보기"),
        ("밥 먹자고", "밥 먹기"),
        ("우유 사야 한다고", "우유 사야 한다"),
        ("민수는 바보라고", "민수는 바보"),
        ("남편은 의사라고", "남편은 의사"),
        ("내일 휴가라고", "내일 휴가"),
        ("비번은 1234라고", "비번은 1234"),
        ("302호 비번은 7이라고", "302호 비번은 7"),
        ("우리 집은 고양이라고", "우리 집은 고양이"),
        ("과학실은 3층이라고", "과학실은 3층"),
        ("라고", "라고"),
        ("사고", "사고"),
        ("", ""),
    ],
)
def test_the_thing_is_named_without_the_words_that_quote_it(said: str, meant: str) -> None:
    assert quoted(said) == meant
