"""What somebody lets us choose among."""

from __future__ import annotations

import pytest

from bot.options import KINDS, OPTIONS, split


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("짜장면, 짬뽕", ["짜장면", "짬뽕"]),
        ("짜장면 짬뽕", ["짜장면", "짬뽕"]),
        ("짜장면/짬뽕/탕수육", ["짜장면", "짬뽕", "탕수육"]),
        ("치킨이랑 피자", ["치킨", "피자"]),
        ("산 아니면 바다", ["산", "바다"]),
        ("아아 vs 라떼", ["아아", "라떼"]),
        ("버스 탈까 지하철 탈까", ["버스 탈까", "지하철 탈까"]),
        ("빨간 사과, 노란 배", ["빨간 사과", "노란 배"]),
        ("사과, 사과, 배", ["사과", "배"]),
        ("하나\n둘\n셋", ["하나", "둘", "셋"]),
        ("사과, 바나나", ["사과", "바나나"]),
        ("빨강, 파랑, 노랑", ["빨강", "파랑", "노랑"]),
        ("치킨이랑 피자랑", ["치킨", "피자"]),
        ("짜장면이냐 짬뽕이냐", ["짜장면", "짬뽕"]),
        ("10,000원짜리랑 20,000원짜리", ["10,000원짜리", "20,000원짜리"]),
        ("1,500원, 2,000원", ["1,500원", "2,000원"]),
        ("100,200,300", ["100", "200", "300"]),
        ("사과 배 감", ["사과", "배", "감"]),
        ("사과와 배", ["사과", "배"]),
        ("귤과 배", ["귤", "배"]),
        ("노랑 파랑 빨강", ["노랑", "파랑", "빨강"]),
        ("나랑 너랑", ["나", "너"]),
        ("바나나랑 사과", ["바나나", "사과"]),
        ("사과랑 바나나", ["사과", "바나나"]),
        ("빨강이랑 노랑", ["빨강", "노랑"]),
        ("매운 떡볶이 순한 떡볶이", ["매운 떡볶이", "순한 떡볶이"]),
        ("산 / 바다 /", ["산", "바다"]),
        ("사과", []),
        (", ,", []),
        ("", []),
    ],
)
def test_options_are_parted_by_the_surest_sign_between_them(text: str, options: list[str]) -> None:
    assert split(text) == options


def test_there_is_an_end_to_the_options() -> None:
    assert len(split(",".join(map(str, range(500))))) == 50


@pytest.mark.parametrize("text", ["슬픈 영화", "점심 메뉴 하나"])
def test_what_only_looks_like_a_choice_is_none(text: str) -> None:
    assert [name for name, kind in KINDS.items() if kind is not OPTIONS and kind.accepts(text)] == []
