"""Several things to do in one line."""

from __future__ import annotations

import pytest

from bot.korean.items import are_plain, items


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("우유, 계란, 빵", ["우유", "계란", "빵"]),
        ("장보기 목록: 우유, 계란, 빵", ["우유", "계란", "빵"]),
        ("오늘 할 일: 운동, 공부, 청소", ["운동", "공부", "청소"]),
        ("우유 사기, 계란 사기", ["우유 사기", "계란 사기"]),
        ("운동, 공부 그리고 청소", ["운동", "공부", "청소"]),
        ("청소랑 빨래", ["청소", "빨래"]),
        ("숙제하기랑 방 청소하기", ["숙제하기", "방 청소하기"]),
        ("보고서, 이메일 답장, 회의록", ["보고서", "이메일 답장", "회의록"]),
        ("라면, 김치", ["라면", "김치"]),
        ("장보기 목록에 우유, 계란", ["우유", "계란"]),
        ("우유·계란·빵", ["우유", "계란", "빵"]),
        ("약 먹기랑 방 청소", ["약 먹기", "방 청소"]),
    ],
)
def test_a_list_is_several_things(text: str, parts: list[str]) -> None:
    assert items(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "엄마랑 통화",
        "민수랑 회의",
        "우유, 계란 사기",
        "비 오면, 우산 챙기기",
        "회의 준비: 자료 인쇄",
        "여행 준비 (여권, 환전, 숙소)",
        "서울, 부산 출장 준비",
        "보고서 3,000부 인쇄",
        "친구 만나서, 책 돌려주기",
        "빨래",
        "아기랑 산책",
        "우리 아기랑 산책",
        "이야기랑 노래",
        "전기와 수도 요금 내기",
        "화·목 운동",
        "월·수·금 운동",
        "서울·부산 출장",
    ],
)
def test_what_goes_together_stays_one(text: str) -> None:
    assert items(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "목록 보여줘, 빨리",
        "했어, 정말",
        "우유",
        "우유, 계란, 빵 추가하지 마",
        "우유, 계란 넣지 말고",
        "청소랑 빨래 취소",
        "청소, 빨래 삭제해",
        "우유, 계란 빼",
        "청소, 빨래, 설거지 다 했다",
        "청소, 빨래 다 했음",
    ],
)
def test_a_sentence_is_no_list(text: str) -> None:
    assert not are_plain(text)


@pytest.mark.parametrize("text", ["우유, 빼빼로", "운동하기, 술 마시지 말기", "약 사기, 구독 해지하기"])
def test_what_only_looks_like_a_sentence_is_a_thing(text: str) -> None:
    assert are_plain(text)
