"""What a reminder says, however it was asked for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.korean.quoting import quoted
from bot.router import Router

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("내일 아침 8시에 약 먹으라고 알려줘", "약 먹기"),
        ("30분 뒤에 빨래 꺼내라고 말해줘", "빨래 꺼내기"),
        ("한시간뒤에 전화하라고 알려죠", "전화하기"),
        ("12월 24일에 케이크 찾으라고 알려줘", "케이크 찾기"),
        ("세 시 반에 회의 있다고 알림 줘", "회의 있다"),
        ("3시에 치과라고 알려줘", "치과"),
        ("매주 월요일 9시에 주간보고 알림 설정해줘", "주간보고"),
        ("7시에 깨워줘", ""),
    ],
)
def test_the_words_of_the_wish_become_a_thing_to_do(said: str, told: str) -> None:
    call = ROUTER.find(said, NOW)
    assert call
    assert call.name == "remind"
    words = next((call.args[name] for name in ("what", "task", "saying") if name in call.args), "")
    assert quoted(words) == told


@pytest.mark.parametrize("text", ["친구가 예쁘다고 말해줘", "사랑한다고 말해줘", "아침에 일찍 일어나는 비결 알려줘"])
def test_without_a_time_or_a_task_it_is_talk(text: str) -> None:
    assert ROUTER.find(text, NOW) is None
