"""What a question is about, without what makes it a question."""

from __future__ import annotations

import pytest

from bot.asking import asks, subject


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("환불규정이 어떻게되나요", "환불규정"),
        ("환불 규정", "환불 규정"),
        ("토요일에는 몇 시에 문을 여나요?", "토요일 문을"),
        ("주차되나요", "주차"),
        ("가습기는어떻게청소해요?", "가습기 청소"),
        ("배송비가 얼마예요", "배송비"),
        ("와이파이 비밀번호 좀 알려주세요", "와이파 비밀번호"),
        ("What is the refund policy?", "refund policy"),
        ("뭐 해?", ""),
        ("할 수 있어요?", ""),
        ("", ""),
        ("?!", ""),
    ],
)
def test_the_subject_is_left(question: str, about: str) -> None:
    assert subject(question) == about


@pytest.mark.parametrize("text", ["연차는 며칠이에요", "주차되나요", "흡연?", "규정 알려줘", "왜 안 돼"])
def test_a_question_is_known_by_its_form(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["연락이 없네", "최고다", "환불 규정", "너 이름이 뭐야?", "당신은 누구예요", ""])
def test_a_statement_is_none(text: str) -> None:
    assert not asks(text)
