"""Settings in people's own words."""

from __future__ import annotations

import pytest

from bot.commands.settings import COMMAND
from bot.set_words import set_words, switch


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("기억 꺼줘", "memory", "off"),
        ("메모리 켜 주세요", "memory", "on"),
        ("메모리오프", "memory", "off"),
        ("대화 기억하기 옵션 다시 활성화시켜 줘요", "memory", "on"),
        ("스트리밍 기능 좀 꺼", "streaming", "off"),
        ("실시간 출력 on", "streaming", "on"),
    ],
)
def test_what_only_switches_is_known_whole(text: str, name: str, value: str) -> None:
    assert switch(text) == {"name": name, "value": value}


@pytest.mark.parametrize(
    "text", ["불 꺼줘", "기억력이 나빠졌어", "기억 꺼내줘", "기억 꺼져 있어?", "메모리 얼마야", "켜줘"]
)
def test_what_is_about_something_else_switches_nothing(text: str) -> None:
    assert switch(text) is None


@pytest.mark.parametrize(
    ("text", "setting", "value"),
    [
        ("글자 찍히는 거 정신없으니까 다 쓰고 한 번에 보내줘", "streaming", "off"),
        ("답이 조금씩 실시간으로 나오게 해줘", "streaming", "on"),
        ("내 얘기 잊어버리지 말고 기억해 둬", "memory", "on"),
        ("대화 저장 안 하게 해 주세요", "memory", "off"),
        ("존댓말 오글거려 반말로 바꿔줘", "style", "casual"),
        ("반말 모드 그만, 다시 높임말", "style", "polite"),
        ("너 이제 해적 캐릭터야", "persona", "해적"),
        ("페르소나를 차분한 도서관 사서로 지정해줘", "persona", "차분한 도서관 사서"),
        ("우리 애가 볼 거라 뽀로로 같은 성격으로 해줘", "persona", "뽀로로"),
        ("캐릭터 없애고 원래대로 돌아와", "persona", ""),
        ("너 이제부터 셜록 홈즈야", "persona", "셜록 홈즈"),
        ("반말 하지마", "style", "polite"),
        ("존댓말 쓰지 마요", "style", "casual"),
    ],
)
def test_the_value_is_what_the_words_say(text: str, setting: str, value: str) -> None:
    assert set_words(text, setting) == {"name": setting, "value": value}


@pytest.mark.parametrize(
    ("text", "setting"),
    [("기억 켜져 있어?", "memory"), ("너 왜 반말이야", "style"), ("캐릭 뭐뭐 있어", "persona")],
)
def test_who_asks_changes_nothing(text: str, setting: str) -> None:
    assert set_words(text, setting) == {}


def test_nothing_is_forgotten_for_a_guess() -> None:
    """Memory that is turned off deletes what was said: only plain words do that without a button."""
    assert COMMAND.meant is not None
    assert COMMAND.meant("기억하는 거 찜찜해. 꺼", "memory") == {"name": "memory"}
