"""Several things to do in one line."""

from __future__ import annotations

import pytest

from bot.korean.items import are_plain, is_headed, items


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
        ("장보기 목록에: 우유, 계란", ["우유", "계란"]),
        ("살 것: 우유, 계란", ["우유", "계란"]),
        ("사야 할 것 목록에 우유, 계란", ["우유", "계란"]),
        ("준비물:\n여권\n충전기", ["여권", "충전기"]),
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


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("장보기 목록에 우유", "우유"),
        ("쇼핑리스트에 샴푸", "샴푸"),
        ("쇼핑 목록: 우유", "우유"),
        ("오늘 할 일: 보고서 제출", "보고서 제출"),
        ("내일: 치과", "내일: 치과"),
        ("장보기에 쓸 돈 뽑기", "장보기에 쓸 돈 뽑기"),
        ("쇼핑 목록에 있는 것 사기", "쇼핑 목록에 있는 것 사기"),
    ],
)
def test_the_name_of_the_list_is_no_thing_on_it(text: str, thing: str) -> None:
    assert items(text) == [thing]


@pytest.mark.parametrize("text", ["쇼핑 목록: 우유, 계란", "살 것: 우유", "오늘 할 일: 운동, 청소", "준비물: 여권"])
def test_a_list_may_have_its_name_before_it(text: str) -> None:
    assert is_headed(text)


@pytest.mark.parametrize(
    "text", ["내일: 치과", "회의 준비: 자료", "살 것 우유", "할 일: 다 했어", "준비물: 뭐 챙길까?"]
)
def test_other_words_before_a_colon_name_no_list(text: str) -> None:
    assert not is_headed(text)
