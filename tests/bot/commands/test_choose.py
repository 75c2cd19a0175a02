"""골라줘: the options that are meant, as many as are asked for, and nothing of the sentence around them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.router import Router
from tests.bot.test_commands import answered, reply

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


def picked(text: str) -> list[str]:
    call = ROUTER.read(text, NOW).call
    assert call
    assert call.name == "choose"
    found = re.fullmatch("저라면 “(.+)”!", answered(call).text)
    return found[1].split(", ") if found else []


@pytest.mark.parametrize("text", ["뭐 먹을지 골라줘", "저녁 뭐 먹지 골라줘"])
def test_a_question_names_no_options(text: str) -> None:
    assert picked(text) == []


@pytest.mark.parametrize(
    ("text", "options", "many"),
    [
        ("철수 영희 민수 중에 두 명 뽑아줘", {"철수", "영희", "민수"}, 2),
        ("지수, 현우, 민지, 태호 중에서 랜덤으로 두 명 뽑아줘", {"지수", "현우", "민지", "태호"}, 2),
        ("세 명 뽑아줘 가 나 다 라 마", set("가나다라마"), 3),
        ("매운 떡볶이 순한 떡볶이 중에 골라줘", {"매운 떡볶이", "순한 떡볶이"}, 1),
        ("빨간 거 말고 파란 거랑 초록 거 중에 골라줘", {"파란 거", "초록 거"}, 1),
        ("강아지 고양이 중에 골라줘", {"강아지", "고양이"}, 1),
        ("치킨 피자 이 중에 골라줘", {"치킨", "피자"}, 1),
        ("점심 메뉴 좀 골라줘 김치찌개 돈까스 제육", {"김치찌개", "돈까스", "제육"}, 1),
        ("고딕 명조 둘 중에 하나만 집어줘", {"고딕", "명조"}, 1),
        ("점심 후보 네 개 중에 제비뽑기 해줘 쌀국수 백반 냉면 샐러드", {"쌀국수", "백반", "냉면", "샐러드"}, 1),
        ("사다리 대신 니가 뽑아줘 커피 쏠 사람 나 재훈이 형", {"나", "재훈이", "형"}, 1),
        ("1부터 10까지 하나 골라줘", set(map(str, range(1, 11))), 1),
    ],
)
def test_as_many_as_are_asked_for_are_picked_of_what_is_named(text: str, options: set[str], many: int) -> None:
    for _ in range(20):
        found = picked(text)
        assert set(found) <= options
        assert len(set(found)) == many


def test_another_wish_is_no_answer_to_what_to_choose_among() -> None:
    asked = reply("choose").expect
    kind = next(command for command in all_commands() if command.name == "choose").kind(asked.slot if asked else "")
    assert [text for text in ("선물 골라줘", "아 됐어", "짜장면 짬뽕") if kind.accepts(text)] == ["짜장면 짬뽕"]


def test_no_more_are_picked_than_anybody_reads() -> None:
    found = reply("choose", options="1부터 999999", count="999999").text
    assert found.count(",") == 49
