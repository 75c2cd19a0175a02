"""An answer that speaks of what nobody had spoken of is somebody else's."""

from __future__ import annotations

import pytest

from model.mentions import mentions_else


@pytest.mark.parametrize(
    ("answer", "talk"),
    [
        ("먼저 사과하기엔 자존심이 걸리는군요. 언니가 잘못한 거예요?", "형이랑 싸웠는데 먼저 사과하기 싫다"),
        ("예순둘의 새내기라니 정말 멋지세요.", "마흔다섯에 방송대 입학했습니다 주책일까요"),
        ("아껴 둔 푸딩을요? 화났겠어요.", "동생이 내 아이패드 액정 깨먹었어"),
        ("할머니가 감을요? 할머니 마음이 담겼네요.", "할머니가 김장김치 보내주셨는데 너무 맛있어"),
        ("사흘째면 꽤 신경 쓰이죠.", "눈 밑이 일주일째 파르르 떨려요"),
        ("백 군데나 넣으셨는데 조용하면 힘이 빠지시죠.", "이력서 서른 군데 넣었는데 연락이 없네요"),
    ],
)
def test_people_numbers_and_things_that_nobody_named(answer: str, talk: str) -> None:
    assert mentions_else(answer, talk)


@pytest.mark.parametrize(
    ("answer", "talk"),
    [
        ("양말을요? 강아지가 장난을 치고 싶었나 봐요.", "우리 강아지가 내 양말을 또 물어갔어"),
        ("만 보라니 멋져요! 다리는 안 아파요?", "오늘 만보 걸었다 칭찬해줘"),
        ("어머님이 많이 보고 싶겠어요.", "엄마 보고 싶다"),
        ("정말요? 대단해요!", "나 상 받았어"),
        ("고생 많았어요. 오늘은 일찍 쉬는 게 어때요?", "피곤하다"),
    ],
)
def test_what_was_named_may_be_spoken_of(answer: str, talk: str) -> None:
    assert not mentions_else(answer, talk)
